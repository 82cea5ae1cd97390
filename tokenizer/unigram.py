"""Unigram pieces (Kudo 2018) learned by SentencePiece from word counts, over the symbols of bytes.

SentencePiece is given each word once with its count, as it counts words itself. Pieces are of bytes, as in the
byte-level BPE: every byte is a piece, so nothing is unknown, and U+2581, SentencePiece's blank, stays what it is.
"""

import io
from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
from tokenizers import Tokenizer, decoders, models

from filters.arrow import Array, array, at_most, binaries, binary_length, integers
from tokenizer.presets import Preset
from tokenizer.pretokens import byte_symbols, pre_tokenizer
from tokenizer.save import write
from tokenizer.specials import SPECIALS

# The suffix array takes 20 bytes and more for each symbol, and EM goes over all of them: the most frequent words of
# 8 MB, some minutes.
MAX_BYTES = 8_000_000
_PIECE_BYTES = 48  # SentencePiece's 16 characters, of three bytes each
_LONGEST = 1024  # bytes of a word: EM takes time by the square of it
_NEVER = -1e6  # log probability of a special token: bytes alone are likelier, so text never becomes one

Pieces = list[tuple[str, float]]


def learn_pieces(words: Array, counts: np.ndarray, wanted: int) -> Pieces:
    """Pieces (byte symbols) and their log probabilities, 256 bytes among them; fewer than `wanted` of a small corpus.

    `words` (binary, distinct, in any order), `counts` int64. Of more than `MAX_BYTES` the least frequent are left out.
    Raises ValueError if there is too little to learn from.
    """
    import sentencepiece  # noqa: PLC0415  (only where it trains)

    written = io.BytesIO()
    try:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=_rows(words, counts),
            input_format="tsv",
            model_writer=written,
            model_type="unigram",
            vocab_size=wanted + 1,  # with its own unknown piece
            hard_vocab_limit=False,
            character_coverage=1.0,
            required_chars="".join(byte_symbols()),
            max_sentencepiece_length=_PIECE_BYTES,
            max_sentence_length=2 * _LONGEST,  # a symbol takes up to two bytes
            split_by_unicode_script=False,  # the words are cut already
            split_by_number=False,
            split_by_whitespace=False,
            add_dummy_prefix=False,
            normalization_rule_name="identity",
            remove_extra_whitespaces=False,
            bos_id=-1,
            eos_id=-1,
            num_threads=1,  # the order of float additions is part of the result
            minloglevel=2,
        )
    except (RuntimeError, OSError) as error:  # it raises either for what it finds in the text
        reason = str(error).splitlines()[0]
        raise ValueError(f"SentencePiece learned nothing from the sample ({reason}): give more text") from error
    model = sentencepiece.SentencePieceProcessor(model_proto=written.getvalue())
    numbers = (number for number in range(model.get_piece_size()) if number != model.unk_id())
    found = {model.id_to_piece(number): float(model.get_score(number)) for number in numbers}
    least = min(found.values())
    found |= {symbol: least for symbol in byte_symbols() if symbol not in found}
    longer = sorted((p for p in found if len(p) > 1), key=lambda p: (-found[p], p))[: wanted - 256]
    return [(piece, found[piece]) for piece in [*sorted(byte_symbols()), *longer]]


def unlearned(words: Array, counts: np.ndarray) -> int:
    """The sum of counts of words that are too long, or too rare for `MAX_BYTES`."""
    return int(counts.sum()) - int(_taken(words, counts).column("count").to_numpy().sum())


def _rows(words: Array, counts: np.ndarray) -> Iterator[str]:
    """`symbols<TAB>count`, the most frequent first, of equals by their bytes."""
    symbols = dict(enumerate(byte_symbols()))
    for batch in _taken(words, counts).to_batches(max_chunksize=1 << 16):
        for word, count in zip(binaries(batch.column("word")), integers(batch.column("count")), strict=True):
            yield f"{word.decode('latin-1').translate(symbols)}\t{count}"


def _taken(words: Array, counts: np.ndarray) -> pa.Table:
    """What is learned from: `word`, `count`, `size`, in order."""
    table = pa.table({"word": words, "count": array(counts), "size": binary_length(words)})
    table = table.filter(at_most(table.column("size"), _LONGEST))
    table = table.sort_by([("count", "descending"), ("word", "ascending")])
    return table.slice(0, int(np.searchsorted(np.cumsum(table.column("size").to_numpy()), MAX_BYTES, "right")))


def save(folder: str, pieces: Pieces, preset: Preset, specials: Sequence[str] = SPECIALS) -> None:
    """Write the files of a Unigram model: see `tokenizer.save.write`."""
    vocabulary = [*((name, _NEVER) for name in specials), *pieces]
    built = Tokenizer(models.Unigram(vocab=vocabulary, unk_id=None, byte_fallback=False))
    built.pre_tokenizer = pre_tokenizer(preset)
    built.decoder = decoders.ByteLevel()
    write(folder, built, specials)
