"""How each stage is built, a module a stage."""
