"""One text in many languages, by which tokenizers are fair to them or not."""

import gzip
from functools import cache
from importlib.resources import files

import orjson

DECLARATION = files("tokenizer") / "udhr.jsonl.gz"  # scripts/make_udhr


@cache
def declaration() -> dict[str, str]:
    """Articles 1 to 30 of the Universal Declaration of Human Rights (United Nations 1948) by language."""
    rows = map(orjson.loads, gzip.decompress(DECLARATION.read_bytes()).splitlines())
    return {row["language"]: row["text"] for row in rows}
