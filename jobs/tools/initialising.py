"""A first recipe for files that are there, written beside what it says of them."""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.errors import RecipeError
from corpus.judging import strings
from corpus.planning import inputs, recipe
from corpus.survey import candidates, recipe_text, sample
from corpus.survey.recipe_text import Draft


@dataclass(frozen=True, kw_only=True)
class Request:
    """Files, folders or patterns; and the recipe, "" for one in this folder by the first path's name."""

    paths: Sequence[str]
    out: str


def init(request: Request) -> Iterator[str]:
    """Lines as they come. Raises RecipeError: nothing that can be read, or a recipe that is there already."""
    out = request.out or f"{_name(request.paths[0])}.toml"
    if not out.endswith(".toml"):
        raise RecipeError(f"--out: {out!r} is no name of a recipe: let it end in .toml")
    if os.path.lexists(out):
        raise RecipeError(f"{out} is there already and stays as it is: name another by --out")
    found = candidates.at(request.paths)
    yield from found.passed
    sources = []
    for one in found.candidates:
        sizes = ", ".join(
            f"{count:,} {name} of {size:,} bytes" for name, (count, size) in candidates.sizes(one.files).items()
        )
        yield f"{one.name}: {sizes}"
        sources.append((one, sample.of(one)))
    name = os.path.basename(out).removesuffix(".toml")
    draft = Draft(name=name, folder=os.path.dirname(os.path.abspath(out)), sources=sources)
    if not draft.used:
        why = "; ".join([*found.passed, *(f"{one.name}: {own.wrong}" for one, own in sources)])
        raise RecipeError(f"nothing there gives a document ({why}): give other files, or write a recipe by hand")
    yield "guessed, and said in the recipe:"
    yield from (f"  {line}" for line in recipe_text.guesses(draft))
    _publish(out, recipe_text.text(draft))
    read = recipe.load(out)
    inputs.listing(read)
    yield from _losses(draft, out)
    yield f"wrote {out}; next: gristmill plan {out} --estimate, gristmill run {out}"


def _losses(draft: Draft, out: str) -> Iterator[str]:
    """What its filters would drop of the sample."""
    rules = strings.rules_of(out)
    for one, own in draft.used:
        counts = sample.losses(one, own, rules)
        kept = counts.pop("", 0)
        if counts:
            rules_ = ", ".join(f"{rule} {count}" for rule, count in counts.most_common(3))
            word = "WARNING " if not kept else ""
            yield f"{word}source {one.name}: its filters keep {kept} of {own.documents} sampled documents ({rules_})"


def _publish(out: str, text: str) -> None:
    try:
        with open(out, "x", encoding="utf-8") as file:  # never over one that came meanwhile
            file.write(text)
    except FileExistsError as error:
        raise RecipeError(f"{out} is there already and stays as it is: name another by --out") from error
    except OSError as error:
        raise RecipeError(f"{out} cannot be written: {error.strerror}; name another by --out") from error


def _name(path: str) -> str:
    """Of a recipe for what lies there."""
    plain = (
        os.path.basename(os.path.abspath(path).rstrip("/"))
        if "://" not in path
        else path.rstrip("/").rpartition("/")[2]
    )
    return re.sub(r"[^\w-]+", "-", plain.partition(".")[0]).strip("-") or "corpus"
