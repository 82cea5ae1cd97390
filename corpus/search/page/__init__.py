"""The page of `gristmill serve`: a form and its answers, without a script."""
