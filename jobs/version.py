"""The version of Gristmill; `pyproject.toml` reads it here, and a checkout or a zip has no other metadata."""

__version__ = "0.1.0"
