"""The [tokenizer] and [fertility] tables."""

from dataclasses import dataclass, fields
from typing import Annotated, Any, ClassVar, Literal

from annotated_types import Ge, Interval

from filters import language_keys
from filters.strict import STRICT
from tokenizer.presets import DEFAULT, PRESETS, Name
from tokenizer.sizes import AMBIGUOUS_ADVICE, AMBIGUOUS_SIZES
from tokenizer.specials import special_tokens

_BYTES = 256
MOST = 4_000_000  # tokens: as many distinct words as are learned from (jobs.stages.train)


@dataclass(frozen=True, kw_only=True)
class TokenizerTable:
    """The [tokenizer] table: what is trained on the corpus, or the tokenizer at `path` that is there already."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    model: Literal["bpe", "unigram"] = "bpe"
    """What is trained: byte-level BPE or Unigram."""
    preset: Name = DEFAULT
    """How text is cut before it is merged, and a size: the pattern of a published model (tokenizer.presets)."""
    vocab_size: Annotated[int, Interval(ge=1, le=MOST)] | None = None
    """Tokens in all, special ones included, 4,000,000 at the most (published ones have up to 1,000,000); unsaid it is
    the preset's: qwen 32,768, bloom 250,680, gpt2 50,257, gpt4 100,277, llama3 128,256."""
    alpha: Annotated[float, Interval(ge=0, le=1)] = 0.3
    """Exponent over the sizes of languages in the training sample: a language's share ~ its bytes^alpha
    (corpus.vocabulary.sampling). BLOOM's tokenizer took 0.3 (make_ratios_thomas.ipynb of bigscience-workshop); 1 leaves
    shares as they are."""
    code_share: Annotated[float, Interval(ge=0, le=1)] | None = None
    """Share of source code in the training sample; unsaid it is what it is of the corpus."""
    sample_bytes: Annotated[int, Ge(0)] = 10_000_000_000
    """Bytes of text to train on; 0: the whole corpus, every document once."""
    reserved: tuple[str, ...] = ()
    """Special tokens by name, ids from 2: sentinels, turns of a chat."""
    reserved_unnamed: Annotated[int, Interval(ge=0, le=1 << 20)] = 0
    """How many more special tokens to reserve, <|reserved_0|> and so on."""
    path: str = ""
    """A tokenizer.json, a folder with one, or the root of a release, from the recipe's folder: it is used and none is
    trained."""
    end: str = "<|endoftext|>"
    """End-of-document token of the tokenizer at path; GPT-2's and GPT-NeoX's name for it is the default."""
    padding: str = ""
    """Padding token of the tokenizer at path; "": it has none."""
    encoder: Literal["gigatoken", "tokenizers"] = "gigatoken"
    """What encodes. The slow one, `tokenizers`, gives the same ids as `gigatoken`, or it is a defect."""

    def __post_init__(self) -> None:
        own = {"path", "end", "padding", "encoder"}
        for known in fields(self):
            set_to = getattr(self, known.name)
            if self.path and known.name not in own and set_to != known.default:
                raise ValueError(
                    f"{known.name} is for training, but path names a tokenizer that is there: take one out"
                )
            if not self.path and known.name in ("end", "padding") and set_to != known.default:
                raise ValueError(f"{known.name} names a token of the tokenizer at path, but there is no path")
        least = _BYTES + len(special_tokens(self.reserved, self.reserved_unnamed))
        if self.size < least:
            raise ValueError(f"vocab_size {self.size}: 256 bytes and the special tokens alone are {least}")
        if self.size in AMBIGUOUS_SIZES:
            raise ValueError(f"vocab_size {self.size}: {AMBIGUOUS_ADVICE}")

    @property
    def size(self) -> int:
        """Tokens in all, of one that is trained."""
        return self.vocab_size or PRESETS[self.preset].vocab_size


def made(table: TokenizerTable, learned: int) -> int:
    """Tokens in all where so many merges or pieces were learned."""
    return learned + len(special_tokens(table.reserved, table.reserved_unnamed)) + _BYTES * (table.model == "bpe")


@dataclass(frozen=True, kw_only=True)
class Fertility:
    """The [fertility] table: how well the tokenizer fits each language, and what stops the run."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    sample_bytes: Annotated[int, Ge(1)] = 4_000_000
    """Bytes of text of each language that are encoded by every tokenizer: some 1,000 documents, 2 s of `tokenizers`."""
    reference: str = "eng_Latn"
    """Language, an id or tag, that parity is against."""
    parallel: str = ""
    """A folder of <language>.txt, one text in many languages, from the recipe's folder; "": the Declaration of Human
    Rights."""
    against: tuple[str, ...] = ()
    """Tokenizers to compare with: a tokenizer.json, a folder with one, or the root of a release, from the recipe's
    folder."""
    previous: str = ""
    """An earlier release by its root, or a tokenizer as in against: the gate is against this one; "": no gate."""
    max_worse: Annotated[float, Ge(0)] = 0.1
    """Largest growth of a language's tokens over the previous tokenizer's; more stops the run. BLOOM's test: at most 10
    % more (Scao et al. 2022)."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "reference", language_keys.only(self.reference))
