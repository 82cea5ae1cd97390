"""What Arrow raises for what is damaged, and what of it is the system's own word."""

from typing import Final

import pyarrow as pa

DAMAGED: Final = (pa.ArrowException, UnicodeDecodeError, OSError)


def of_system(error: Exception) -> bool:
    """Whether it is no damage: no permission, no such host."""
    return isinstance(error, OSError) and bool(error.errno)


def first_line(error: Exception) -> str:
    return (str(error).splitlines() or ["unreadable"])[0]
