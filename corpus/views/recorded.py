"""Views as a manifest has them."""

from collections.abc import Mapping
from typing import Any

from corpus.views.recipe_table import Denoiser, View


def views(params: Mapping[str, Any]) -> tuple[View, ...]:
    """Of the parameters of a stage `views`."""
    return tuple(_view(raw) for raw in params["views"])


def _view(raw: Mapping[str, Any]) -> View:
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in raw.items()}
    return View(**{**values, "denoisers": tuple(Denoiser(**one) for one in raw["denoisers"])})
