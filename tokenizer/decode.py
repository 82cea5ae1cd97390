"""Ids to text, with whatever tokenizer a release holds."""

import numpy as np
from tokenizers import Tokenizer


class Decoder:
    """Decodes with the bytes of a tokenizer.json."""

    def __init__(self, data: bytes) -> None:
        self._tokenizer = Tokenizer.from_buffer(data)

    def text(self, ids: np.ndarray) -> str:
        """Special tokens by name; bytes of a character that the ids cut in two become U+FFFD."""
        return str(self._tokenizer.decode(ids.tolist(), skip_special_tokens=False))
