"""What is to be trained: a small TOML file, one of the presets beside this module or the user's own."""

from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import orjson
from annotated_types import Ge, Gt, Interval
from pydantic import TypeAdapter, ValidationError

from corpus.errors import RecipeError
from corpus.planning import layers

_STRICT: dict[str, Any] = {"extra": "forbid", "strict": True}
_PRESETS = resources.files("corpus.launch") / "presets"

Positive = Annotated[int, Gt(0)]
Count = Annotated[int, Ge(0)]
Rate = Annotated[float, Gt(0)]


@dataclass(frozen=True, kw_only=True)
class RampUp:
    """Of the global batch: from `start` sequences by `increment` to the whole, over `samples`."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    start: Positive
    increment: Positive
    samples: Positive


@dataclass(frozen=True, kw_only=True)
class Flags:
    """Arguments of one trainer that this module has no field for, as that trainer spells them."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Model:
    """Shape, batches and schedule. Lengths are tokens; batches and samples are sequences."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    name: str
    layers: Positive
    hidden: Positive
    heads: Positive
    sequence_length: Positive
    positions: Count = 0  # learned position embeddings; 0: none (ALiBi, rotary), any length goes
    micro_batch: Positive
    global_batch: Positive
    ramp_up: RampUp | None = None
    train_samples: Positive
    lr: Rate
    min_lr: Annotated[float, Ge(0)]
    warmup_samples: Count = 0
    decay_samples: Positive
    weight_decay: Annotated[float, Ge(0)] = 0.1
    clip: Rate = 1.0
    betas: tuple[float, float] = (0.9, 0.95)
    epsilon: Rate = 1e-8
    precision: Literal["bf16", "fp16"] = "bf16"
    zero_stage: Annotated[int, Interval(ge=0, le=3)] = 0
    seed: Count = 1234  # Megatron's own
    pad_vocab_to: Count = 0  # rows of the embedding; 0: the next multiple of divisible_by x TP
    divisible_by: Positive = 128  # Megatron's and NeoX' own make_vocab_size_divisible_by
    partition: Literal["layers", "layers+embedding"] = "layers"  # what pipeline stages share out evenly
    eval_interval: Positive = 1000
    eval_iters: Positive = 10
    save_interval: Positive = 1000
    megatron: Flags = field(default_factory=Flags)
    bloom: Flags = field(default_factory=Flags)
    neox: dict[str, Any] = field(default_factory=dict)  # keys of its YAML

    @property
    def train_tokens(self) -> int:
        return self.train_samples * self.sequence_length


def presets() -> list[str]:
    return sorted(entry.name.removesuffix(".toml") for entry in _PRESETS.iterdir() if entry.name.endswith(".toml"))


def load(name: str) -> Model:
    """A preset by name, or a file. Raises RecipeError: file, key, what is wrong."""
    if name in presets():
        with resources.as_file(_PRESETS / f"{name}.toml") as path:
            return _read(str(path))
    if not name.endswith(".toml") or not Path(name).is_file():
        raise RecipeError(f"--model {name}: no such file or preset; presets: {', '.join(presets())}")
    return _read(name)


def _read(path: str) -> Model:
    try:
        return TypeAdapter(Model).validate_json(orjson.dumps(layers.read(path)), strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        raise RecipeError(f"{path}: {place}: {first['msg']}, got {first['input']!r}") from error
    except TypeError as error:  # orjson: dates and other TOML types that JSON lacks
        raise RecipeError(f"{path}: {error}") from error
