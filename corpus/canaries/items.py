"""Cases for decontamination: items of the recipe's own suites in eight forms."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random

from corpus.canaries import names
from corpus.canaries.case import Case, Check
from corpus.canaries.request import Tried
from corpus.canaries.texts import prose
from corpus.contamination.items import Item

_WORDS, _LETTERS = 10, 24  # of a question that can be told without its answer, and without one of its words


def _part(text: str) -> str:
    words = text.split()
    return " ".join(words[: int(len(words) * 0.6)])


def _edited(text: str) -> str:
    words = text.split()
    return " ".join("zorgle" if number == len(words) // 2 else word for number, word in enumerate(words))


def _wrapped(text: str) -> str:
    return re.sub(r"(.{30}\S*) ", r"\1\n", text)


FORMS: Mapping[str, Callable[[Item, Callable[[], str]], str]] = {
    "as it is": lambda item, _: f"{item.question}\n{item.answer}",
    "capitals and blanks": lambda item, _: f"{item.question} {item.answer}".upper().replace(" ", "  "),
    "lines wrapped again": lambda item, _: _wrapped(f"{item.question} {item.answer}"),
    "own paragraph": lambda item, text: f"{text()}\n\n{item.question}\n\n{item.answer}\n\n{text()}",
    "within a paragraph": lambda item, text: f"{text()} {item.question} {item.answer} {text()}",
    "question alone": lambda item, text: f"{text()} {item.question}",
    "60 % of the question": lambda item, text: f"{text()} {_part(item.question)}",
    "one word changed": lambda item, text: f"{text()} {_edited(item.question)} {item.answer}",
}


def usable(item: Item) -> bool:
    """Whether its question can be told by itself."""
    return len(item.question.split()) >= _WORDS or (len(item.question) >= _LETTERS and " " not in item.question.strip())


def cases(random: Random, tried: Tried, items: Sequence[Item]) -> Iterator[Case]:
    """An item is in fewer documents than would make it a common phrase."""
    language = tried.language
    left = {number: max(1, tried.suites // 2) for number in range(len(items))}
    order = [number for number in range(len(items)) if usable(items[number])]
    for form, make in FORMS.items():
        for number in range(tried.table.cases):
            chosen = next((one for one in order if left[one]), None)
            if chosen is None:
                return
            left[chosen] -= 1
            order.remove(chosen)
            order.append(chosen)
            item = items[chosen]
            text = f"{prose(random, language, 700)}\n{make(item, lambda: prose(random, language, 200))}"
            about = {"suite": item.suite, "task": item.task, "item": item.id}
            check = Check(stage=names.CONTAMINATION, kind=form, about=about)
            yield Case(name=f"contamination/{form}/{number:03}", text=text, checks=(check,))
