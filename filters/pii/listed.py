"""Lists of words as text that people read and wrap."""


def listed(text: str, between: str = "|") -> tuple[str, ...]:
    """The words, white space around them and line feeds left out."""
    return tuple(word for part in text.replace("\n", " ").split(between) if (word := part.strip()))
