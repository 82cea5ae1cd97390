"""Where documents come from: what recipes declare, what lies there, what was done to it."""
