"""How a model is spread over machines: tensor, pipeline, context and data parallelism, nodes and their GPUs."""

from dataclasses import dataclass

from corpus.errors import RecipeError

_KEYS = ("tp", "pp", "cp", "dp", "nodes", "gpus")
_GPUS = 8  # of a node, unless the layout says: DGX and HGX machines, BLOOM's and NeoX-20B's


@dataclass(frozen=True, kw_only=True)
class Layout:
    """`gpus` are a node's."""

    tp: int
    pp: int
    dp: int
    nodes: int
    gpus: int
    cp: int = 1

    @property
    def world(self) -> int:
        return self.tp * self.pp * self.cp * self.dp


def parse(text: str) -> Layout:
    """`tp=4,pp=12,dp=8[,cp=2][,nodes=48][,gpus=8]`. Raises RecipeError for anything else."""
    found: dict[str, int] = {}
    for piece in text.split(","):
        key, _, value = piece.strip().partition("=")
        if key not in _KEYS or key in found or not value.isdecimal() or int(value) < 1:
            raise RecipeError(
                f"--layout {text}: {piece!r} is not one of {', '.join(_KEYS)} with a whole number above zero, "
                "each once: tp=4,pp=12,dp=8"
            )
        found[key] = int(value)
    tp, pp, cp, dp = (found.get(key, 1) for key in ("tp", "pp", "cp", "dp"))
    world = tp * pp * cp * dp
    gpus = found.get("gpus", min(_GPUS, world))
    return Layout(tp=tp, pp=pp, cp=cp, dp=dp, gpus=gpus, nodes=found.get("nodes", -(-world // gpus)))
