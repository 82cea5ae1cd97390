"""What the plan says of the encoder, for a terminal: nothing where it is the fast one."""

from corpus.stages.recipe import Recipe
from corpus.stages.train import TRAIN
from corpus.vocabulary import tokenizer_file
from tokenizer import encode, given
from tokenizer.libraries import FAST, SLOW, without_fast_path

_SPEED = "about a twentieth of the speed"


def lines(recipe: Recipe) -> list[str]:
    """A line where texts will be encoded slowly. Raises RecipeError for a tokenizer that is not there."""
    table = recipe.tokenizer
    if table.encoder == SLOW:
        return [f"encoder {SLOW}: [tokenizer] encoder says so; {_SPEED} of {FAST}"]
    if table.path:
        address = tokenizer_file.address(recipe.base, table.path, TRAIN.name)
        found = encode.fast(given.parse(tokenizer_file.read(address, "[tokenizer] path")))
        why = f"path {table.path}" if found is None else ""
    else:
        why = without_fast_path(table.model, table.preset)
    return [f"encoder {SLOW}: {FAST} has no fast path for [tokenizer] {why}; {_SPEED}"] if why else []
