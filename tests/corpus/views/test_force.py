"""The sentence that the docs show in three forms (Wang et al. 2022), as the page has it."""

import re
from pathlib import Path

from corpus.views import merge
from corpus.views.recipe_table import View
from tests.corpus.views import made

PAGE = Path(__file__).parents[3] / "docs" / "views.md"
SEED = 7
WORDS = ["May", "the", "force", "be", "with", "you"]


def forms(objective: str, **keys: object) -> tuple[str, str]:
    """Inputs and targets in words."""
    view = View(**{"name": "force", "objective": objective, "sequence_length": 16, **keys})  # type: ignore[arg-type]
    maker = made.made(view, seed=SEED)
    known = {made.FIRST + n: word for n, word in enumerate(WORDS)} | {made.END: "<end>"}
    known |= {number: name for name, number in maker.ids.items()}
    found = maker.examples(made.block([[made.FIRST + n for n in range(len(WORDS))]]))
    ((inputs, targets),) = made.split(found)
    assert [known[one] for one in merge.tokens_of(maker, found.block.tokens[: len(inputs)], found.block.tokens[len(inputs) :])] == WORDS  # fmt: skip  # noqa: E501
    return " ".join(known[one] for one in inputs), " ".join(known[one] for one in targets)


def test_the_page_shows_what_is_made() -> None:
    shown = dict(re.findall(r"^(causal|prefix|span) +\| (.*)$", PAGE.read_text("utf-8"), re.MULTILINE))
    made_ = {
        "causal": forms("causal"),
        "prefix": forms("prefix"),
        "span": forms("span", density=0.3, mean_span=1.0, sentinel="<M{}>"),
    }
    assert {name: tuple(part.strip() for part in line.split("|")) for name, line in shown.items()} == made_
