"""Numbers as a page writes them."""

_UNITS = ("B", "kB", "MB", "GB", "TB", "PB")


def number(count: float) -> str:
    """With commas."""
    return f"{count:,}"


def percent(part: float, whole: float) -> str:
    """A share; "-" of nothing."""
    if not whole:
        return "-"
    share = 100 * part / whole
    return f"{share:.1f} %" if share >= 0.05 or not part else "< 0.1 %"


def size(count: float) -> str:
    """Bytes, in units of a thousand."""
    for unit in _UNITS[:-1]:
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" or count >= 100 else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} {_UNITS[-1]}"


def short(value: float) -> str:
    """Four digits."""
    return f"{value:.4g}"


def edge(value: float) -> str:
    """A mark of an axis: three digits, or commas."""
    return f"{value:,.0f}" if value >= 1_000 else f"{value:.3g}"


def plural(count: int, one: str, many: str = "") -> str:
    """1 source, 1,200 sources, 3 entries.

    >>> plural(1, "source"), plural(3, "entry", "entries")
    ('1 source', '3 entries')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def listed(names: list[str], most: int = 4) -> str:
    """The first of some names, and how many more there are.

    >>> listed(["a", "b", "c"], 2)
    'a, b and 1 more'
    """
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most:,} more"
