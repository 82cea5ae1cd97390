"""How the text of an HTML page is taken."""

from dataclasses import dataclass
from typing import Literal

Extractor = Literal["main", "trafilatura", "all"]


@dataclass(frozen=True, kw_only=True)
class Extraction:
    """What of a page is its text. Only `extractor` and `formulas` matter where all text is taken."""

    extractor: Extractor = "main"
    comments: bool = False
    tables: bool = True
    links: bool = False
    formulas: bool = True
