"""From a recipe and its inputs to a plan."""
