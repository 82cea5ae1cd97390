"""Canaries: cases whose right outcome is known, made by a seed, that the recipe's own stages are tried on."""
