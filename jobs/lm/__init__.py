"""Language models, trained."""
