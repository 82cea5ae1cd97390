"""Ids back to text, by `tokenizers` itself."""

import numpy as np

from tokenizer.given import open_json


class Decoder:
    """Of the bytes of a tokenizer.json. Raises ValueError if they are none."""

    def __init__(self, data: bytes) -> None:
        self._tokenizer = open_json(data)

    @property
    def vocab_size(self) -> int:
        return int(self._tokenizer.get_vocab_size(with_added_tokens=True))

    def id(self, token: str) -> int | None:
        found = self._tokenizer.token_to_id(token)
        return None if found is None else int(found)

    def decode(self, ids: np.ndarray) -> str:
        return str(self._tokenizer.decode(ids.tolist(), skip_special_tokens=False))

    def encode(self, text: str) -> list[int]:
        return list(self._tokenizer.encode(text, add_special_tokens=False).ids)

    @property
    def adds_nothing(self) -> bool:
        """Whether it leaves a text's ids alone where it is asked to add special tokens."""
        return list(self._tokenizer.encode("a").ids) == self.encode("a")
