"""Reserved tokens that views need: no text encodes to them, so where one stands it says what it was reserved for."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from corpus.views.denoising import sentinels
from corpus.views.recipe_table import View

_UNNAMED = "<|reserved_{}|>"  # what [tokenizer] reserved_unnamed makes


def names(view: View) -> list[str]:
    """Of all that a view needs."""
    marks = [view.prefix_token, view.middle_token, view.suffix_token] if view.objective == "fim" else []
    tokens = [*(way.token for way in view.ways), view.separator]
    return list(dict.fromkeys(name for name in (*marks, *tokens, *sentinels(view)) if name))


def fault(views: Iterable[View], known: Collection[str]) -> str:
    """What is missing of the special tokens that are `known`, and how to ask for it; "" if nothing is."""
    views = list(views)
    most = max((len(sentinels(view)) for view in views if view.sentinel == _UNNAMED), default=0)
    for view in views:
        missing = [name for name in names(view) if name not in known]
        if missing:
            own = sentinels(view)
            few = ", ".join(missing[:3]) + (f" ... {missing[-1]}" if len(missing) > 3 else "")
            unnamed = view.sentinel == _UNNAMED and set(missing) <= set(own)
            ask = f"reserved_unnamed = {most}" if unnamed else f"reserved = [{_listed(missing)}]"
            return (
                f"view {view.name!r} needs {len(missing)} special tokens that the tokenizer has not ({few}): put "
                f"{ask} under [tokenizer], or name those of the tokenizer at path"
            )
    return ""


def _listed(missing: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in missing[:3]) + (", ..." if len(missing) > 3 else "")


def ids(view: View, of: Callable[[str], int | None]) -> Mapping[str, int]:
    """Of all that a view needs. Raises ValueError for one that the tokenizer lacks."""
    found = {name: of(name) for name in names(view)}
    missing = [name for name, known in found.items() if known is None]
    if missing:
        raise ValueError(fault([view], [name for name in found if name not in missing]))
    return {name: known for name, known in found.items() if known is not None}
