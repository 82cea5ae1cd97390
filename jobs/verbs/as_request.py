"""Arguments of the command line as the dataclass that a tool is given."""

import argparse
from dataclasses import fields
from typing import TypeVar

T = TypeVar("T")


def as_request(kind: type[T], arguments: argparse.Namespace) -> T:
    """Each field of a dataclass from the argument of its name."""
    return kind(**{field.name: getattr(arguments, field.name) for field in fields(kind)})  # type: ignore[arg-type]
