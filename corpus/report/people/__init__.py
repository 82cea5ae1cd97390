"""Of whom texts speak: groups, ratios, strata."""
