"""From the text of a condition to its tree: `language = 'deu_Latn' and length.words < 50`.

    condition   := conjunction ("or" conjunction)*
    conjunction := negation ("and" negation)*
    negation    := "not" negation | comparison
    comparison  := sum (("=" | "!=" | "<>" | "<" | "<=" | ">" | ">=") sum | "is" ["not"] "null" |
                   ["not"] ("like" STRING | "in" "(" sum ("," sum)* ")" | "in" LIST | "between" sum "and" sum))?
    sum         := product (("+" | "-") product)*
    product     := unary (("*" | "/") unary)*
    unary       := "-" unary | "(" condition ")" | NUMBER | STRING | "true" | "false" | COLUMN

Words of the language are told in any case. STRING stands in single quotes, a quote in it twice; COLUMN is a name with
dots, in double quotes where it has other signs. A STRING beside a date is a date: `date >= '2024-01-31'`.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final, NoReturn

import pyarrow as pa

from corpus.errors import RecipeError
from corpus.query.expressions import (
    Among,
    Binary,
    Column,
    Holds,
    Kind,
    Like,
    Literal_,
    Negative,
    Node,
    Not,
    Unknown,
)
from corpus.query.tokens import tokens
from filters.meant import hint

_COMPARISONS: Final = ("=", "!=", "<", "<=", ">", ">=")
_DEEPEST = 50  # brackets, `not` and minus signs within each other: far below what Python's stack holds
_MOST = 400  # operators in a row: a tree of so many levels is gone through far below the depth of Python's stack
_SAYS: Final[Mapping[Kind, str]] = {
    "number": "a number",
    "string": "a text",
    "truth": "true or false",
    "date": "a date",
    "list": "a list of texts",
}


def parse(text: str, columns: Mapping[str, Kind]) -> Node:
    """The condition over these columns. Raises RecipeError in one line: what is wrong, and what may be meant."""
    return _Parser(text, columns).whole()


def date(text: str) -> datetime:
    """`2024-01-31`, with a time if wanted; UTC where no zone stands. Raises ValueError."""
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


class _Parser:
    def __init__(self, text: str, columns: Mapping[str, Kind]) -> None:
        self._columns = columns
        self._tokens = tokens(text)
        self._at = 0
        self._depth = 0
        self._joined = 0

    def whole(self) -> Node:
        found = self._truth(self._condition(), "--where")
        if self._kind != "end":
            self._fail("and, or, or the end")
        return found

    @property
    def _kind(self) -> str:
        return self._tokens[self._at][0]

    def _is(self, *words: str) -> bool:
        kind, text = self._tokens[self._at]
        return kind in ("word", "sign") and text in words

    def _take(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1][1]

    def _taken(self, word: str) -> bool:
        if self._is(word):
            self._at += 1
            return True
        return False

    def _expect(self, word: str) -> None:
        if not self._taken(word):
            self._fail(repr(word))

    def _fail(self, wanted: str) -> NoReturn:
        kind, text = self._tokens[self._at]
        stands = "it ends" if kind == "end" else f"{text!r} stands"
        raise RecipeError(f"--where: {stands} where {wanted} belongs")

    def _deeper(self, read: Callable[[], Node]) -> Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise RecipeError(f"--where has more than {_DEEPEST} brackets within each other: write it flatter")
        found = read()
        self._depth -= 1
        return found

    def _join(self, operator: str, left: Node, right: Node, kind: Kind) -> Node:
        self._joined += 1
        if self._joined > _MOST:
            raise RecipeError(f"--where has more than {_MOST} operators: write `NAME in (...)` for many values")
        return Binary(operator, left, right, kind)

    def _condition(self) -> Node:
        return self._chain(self._conjunction, "or")

    def _conjunction(self) -> Node:
        return self._chain(self._negation, "and")

    def _chain(self, read: Callable[[], Node], word: str) -> Node:
        found = read()
        while self._taken(word):
            found = self._join(word, self._truth(found, word), self._truth(read(), word), "truth")
        return found

    def _negation(self) -> Node:
        if self._taken("not"):
            return Not(self._truth(self._deeper(self._negation), "not"))
        return self._comparison()

    def _comparison(self) -> Node:
        left = self._sum()
        if self._is(*_COMPARISONS):
            return self._compared(self._take(), left, self._sum())
        if self._taken("is"):
            negated = self._taken("not")
            self._expect("null")
            return Not(Unknown(left)) if negated else Unknown(left)
        negated = self._is("not") and self._tokens[self._at + 1][1] in ("like", "in", "between") and self._taken("not")
        found = self._among(left)
        if found is None:
            return left
        return Not(found) if negated else found

    def _among(self, left: Node) -> Node | None:
        if self._taken("like"):
            if left.kind != "string":
                raise RecipeError(f"--where: like compares texts, and {_named(left)} is {_SAYS[left.kind]}")
            if self._kind != "string":
                self._fail("a text in single quotes")
            return Like(left, _unquoted(self._take()))
        if self._taken("between"):
            low = self._sum()
            self._expect("and")
            high = self._sum()
            return Binary("and", self._compared(">=", left, low), self._compared("<=", left, high), "truth")
        if self._taken("in"):
            return self._in_list(left) if self._kind in ("name", "quoted") else self._in_values(left)
        return None

    def _in_list(self, left: Node) -> Node:
        inner = self._column(self._take())
        if inner.kind != "list" or not isinstance(left, Literal_) or left.kind != "string":
            raise RecipeError(f"--where: in takes ('a', 'b'), or a text before a list; {_named(inner)} is no list")
        return Holds(left.value.as_py(), inner)

    def _in_values(self, left: Node) -> Node:
        self._expect("(")
        values = [self._alike("in", left, self._sum())[1]]
        while self._taken(","):
            values.append(self._alike("in", left, self._sum())[1])
        self._expect(")")
        return Among(left, tuple(values))

    def _compared(self, operator: str, left: Node, right: Node) -> Node:
        left, right = self._alike(operator, left, right)
        if left.kind == "list" or (left.kind == "truth" and operator not in ("=", "!=")):
            raise RecipeError(f"--where: {_named(left)} is {_SAYS[left.kind]}, which {operator} does not compare")
        return Binary(operator, left, right, "truth")

    def _alike(self, operator: str, left: Node, right: Node) -> tuple[Node, Node]:
        """Both, a text beside a date as a date."""
        if left.kind == "date":
            right = _as_date(right)
        elif right.kind == "date":
            left = _as_date(left)
        if left.kind != right.kind:
            raise RecipeError(
                f"--where: {_named(left)} is {_SAYS[left.kind]} and {_named(right)} {_SAYS[right.kind]}: "
                f"{operator} compares what is of one kind"
            )
        return left, right

    def _sum(self) -> Node:
        return self._arithmetic(self._product, "+", "-")

    def _product(self) -> Node:
        return self._arithmetic(self._unary, "*", "/")

    def _arithmetic(self, read: Callable[[], Node], *signs: str) -> Node:
        found = read()
        while self._is(*signs):
            operator = self._take()
            found = self._join(operator, self._number(found, operator), self._number(read(), operator), "number")
        return found

    def _unary(self) -> Node:
        if self._taken("-"):
            return Negative(self._number(self._deeper(self._unary), "-"))
        if self._taken("("):
            found = self._deeper(self._condition)
            self._expect(")")
            return found
        if self._is("true", "false"):
            return Literal_(pa.scalar(self._take() == "true"), "truth")
        if self._kind == "number":
            text = self._take()
            value = int(text) if text.isdigit() and len(text) < 19 else float(text)  # 10^18 and above as doubles
            return Literal_(pa.scalar(value), "number")
        if self._kind == "string":
            return Literal_(pa.scalar(_unquoted(self._take())), "string")
        if self._kind not in ("name", "quoted"):
            self._fail("a column, a number or a text in single quotes")
        return self._column(self._take())

    def _column(self, name: str) -> Node:
        return column(name.strip('"'), self._columns)

    def _truth(self, node: Node, where: str) -> Node:
        if node.kind != "truth":
            raise RecipeError(f"--where: {_named(node)} is {_SAYS[node.kind]}, and {where} wants what is true or false")
        return node

    def _number(self, node: Node, where: str) -> Node:
        if node.kind != "number":
            raise RecipeError(f"--where: {_named(node)} is {_SAYS[node.kind]}, and {where} wants numbers")
        return node


def column(name: str, columns: Mapping[str, Kind]) -> Column:
    """The column of this name. Raises RecipeError with what may be meant, and what there is."""
    if name not in columns:
        raise RecipeError(f"no column {name!r}{hint(name, columns)}; there are: {', '.join(columns)}")
    return Column(name, columns[name])


def _as_date(node: Node) -> Node:
    if not isinstance(node, Literal_) or node.kind != "string":
        return node
    try:
        return Literal_(pa.scalar(date(node.value.as_py()), pa.timestamp("s", tz="UTC")), "date")
    except (ValueError, OverflowError) as error:
        raise RecipeError(f"--where: {node.value.as_py()!r} is no date: write one as '2024-01-31'") from error


def _unquoted(text: str) -> str:
    return text[1:-1].replace("''", "'")


def _named(node: Node) -> str:
    if isinstance(node, Column):
        return node.name
    return repr(node.value.as_py()) if isinstance(node, Literal_) else "what is computed"
