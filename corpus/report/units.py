"""In which unit a signal is measured: by the last words of its name, which filters choose so."""

_UNITS = {
    "ratio": "share, 0 to 1",
    "score": "score, 0 to 1",
    "bytes": "bytes",
    "chars": "characters",
    "words": "words",
    "sentences": "sentences",
    "perplexity": "perplexity",
    "entries": "listed entries",
    "distinct": "distinct listed words",
    "deviation": "standard deviation",
    "disagrees": "1 where it disagrees",
    "contested": "1 where it is contested",
    "blocked": "1 where it is listed",
    "per_word": "per word",
    "braces": "braces",
}


def unit(signal: str) -> str:
    """Of `<filter>.<signal>`.

    >>> unit("length.mean_word_chars"), unit("words.hashes_per_word"), unit("my.own.thing")
    ('mean word characters', 'hashes per word', 'thing')
    """
    name = signal.rpartition(".")[2]
    if name in _UNITS:
        return _UNITS[name]
    for end in sorted(_UNITS, key=len, reverse=True):
        if name.endswith(f"_{end}"):
            return f"{name.removesuffix(end).replace('_', ' ').strip()} {_UNITS[end]}"
    return name.replace("_", " ")
