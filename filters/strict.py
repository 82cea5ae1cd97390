"""How tables of a recipe are read: no unknown key, no value of another type."""

from typing import Any

# What pydantic reads in a dataclass's __pydantic_config__.
STRICT: dict[str, Any] = {"extra": "forbid", "strict": True}
