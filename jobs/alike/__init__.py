"""Documents that are alike, found by keys: candidates, components, election, shared windows."""
