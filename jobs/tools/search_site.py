"""The page that searches a release, as a function of requests: what `gristmill serve` answers, without its sockets.

A page of another site may send requests to this one from a reader's browser, and may point a name of its own at the
loopback address (DNS rebinding). So the address has a secret, `Host` must be a name of this machine's own, forms send a
token, and `Origin`, where a browser gives it, must be the page's.
"""

import datetime
import hmac
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from urllib.parse import parse_qs

from corpus.errors import CorpusError, RecipeError
from corpus.query.opened import Opened
from corpus.search import pattern, texts
from corpus.search.page import render
from corpus.search.page.render import Asked, Shown, View
from corpus.search.ranked.ranking import Query
from corpus.stages.bm25 import BM25
from corpus.withdrawal import inbox
from corpus.withdrawal.requests import BASES, ROLES
from jobs.engine.failures import explain
from jobs.engine.session import Session
from jobs.tools import searching

MOST_BYTES = 64 << 10  # of the body of a request: a query has a hundredth of it
_MOST_FIELDS = 16
_MOST_CHARS = 1000  # of a phrase
_COUNTS = (10, 30, 100)
_FORM = "application/x-www-form-urlencoded"
_UNREAD = "the form cannot be read: send it from the page"
_HTML, _CSS = "text/html; charset=utf-8", "text/css; charset=utf-8"
_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A request: `path` as it stands there; names of headers in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An answer."""

    status: HTTPStatus
    kind: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=lambda: _HEADERS)


@dataclass(frozen=True, kw_only=True)
class Site:
    """`request` names the release and is the form of all searches; `hosts`: what a browser may call this machine."""

    request: searching.Request
    session: Session
    hosts: frozenset[str]
    inbox: str  # a file
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    @property
    def base(self) -> str:
        """What all addresses begin with."""
        return f"/{self.secret}/"

    def answer(self, sent: Sent) -> Reply:
        """Whatever is sent, something is answered."""
        if refused := self._refused(sent):
            return refused
        place = sent.path.removeprefix(self.base)
        known = ("search", "flag") if sent.method == "POST" else ("", "style.css")
        if place not in known:
            return _plain(HTTPStatus.NOT_FOUND, "there is no such page")
        if sent.method == "POST":
            return self._posted(place, _fields(sent.body))
        return self._page(Asked()) if place == "" else Reply(status=HTTPStatus.OK, kind=_CSS, body=render.style())

    def _refused(self, sent: Sent) -> Reply | None:
        host, posted = sent.headers.get("host", "").lower(), sent.method == "POST"
        foreign = (
            sent.headers.get("origin", f"http://{host}") != f"http://{host}"
            or sent.headers.get("sec-fetch-site", "same-origin") != "same-origin"
        )
        kind = sent.headers.get("content-type", "").partition(";")[0].strip().lower()
        checks = (
            (host not in self.hosts, HTTPStatus.MISDIRECTED_REQUEST, "use the address of the page as it was printed"),
            (
                not _equal(sent.path[: len(self.base)], self.base),
                HTTPStatus.NOT_FOUND,
                "there is no such page: use the address as it was printed, all of it",
            ),
            (posted and foreign, HTTPStatus.FORBIDDEN, "another site has sent this: open the page itself"),
            (posted and kind != _FORM, HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "only forms are read"),
        )
        return next((_plain(status, line) for wrong, status, line in checks if wrong), None)

    def _posted(self, place: str, fields: dict[str, str] | None) -> Reply:
        if fields is None:
            return _plain(HTTPStatus.BAD_REQUEST, _UNREAD)
        if not _equal(fields.pop("token", ""), self._proof("form")):
            return _plain(HTTPStatus.FORBIDDEN, "the form is not of this page: open the page again")
        return self._searched(fields) if place == "search" else self._flagged(fields)

    def _proof(self, what: str) -> str:
        """What only this page can have given out."""
        return hmac.new(self.secret.encode(), what.encode(), "sha256").hexdigest()

    def _page(self, asked: Asked, status: HTTPStatus = HTTPStatus.OK, **said: Sequence[str]) -> Reply:
        """The form alone, with what is said above it. An error of the release is said too."""
        try:
            return self._html(self._view(self._opened()), asked, status, **said)
        except (CorpusError, OSError) as error:
            return _plain(HTTPStatus.INTERNAL_SERVER_ERROR, _said(error))

    def _html(self, view: View, asked: Asked, status: HTTPStatus = HTTPStatus.OK, **said: Sequence[str]) -> Reply:
        body = render.html(replace(view, **said), asked, self.base, self._proof("form"))  # type: ignore[arg-type]
        return Reply(status=status, kind=_HTML, body=body)

    def _opened(self) -> Opened:
        """Anew for each request: what was withdrawn meanwhile is not shown."""
        return searching.opened_for(self.request)

    def _view(self, opened: Opened) -> View:
        return View(
            name=opened.release,
            sources=sorted(texts.sources(opened.stages)),
            ranked=BM25 in opened.stages,
            counts=_COUNTS,
            most_chars=_MOST_CHARS,
            roles=ROLES,
            bases=BASES,
            footer="Personal data in what is shown is replaced as the recipe says. Requests for removal go to "
            f"{self.inbox}; nothing is removed until a person runs gristmill withdraw.",
        )

    def _searched(self, fields: Mapping[str, str]) -> Reply:
        asked = _asked(fields)
        if asked is None:
            return _plain(HTTPStatus.BAD_REQUEST, _UNREAD)
        try:
            opened = self._opened()
            view = self._view(opened)
        except (CorpusError, OSError) as error:
            return _plain(HTTPStatus.INTERNAL_SERVER_ERROR, _said(error))
        try:
            return self._html(self._found(opened, view, asked), asked)
        except RecipeError as error:  # what was asked for is none
            return self._html(view, asked, HTTPStatus.BAD_REQUEST, errors=[str(error)])
        except (CorpusError, OSError) as error:
            return self._html(view, asked, HTTPStatus.INTERNAL_SERVER_ERROR, errors=[_said(error)])

    def _found(self, opened: Opened, view: View, asked: Asked) -> View:
        request = replace(
            self.request,
            phrase=asked.q,
            lang=[one.strip() for one in asked.lang.replace(";", ",").split(",") if one.strip()],
            source=[asked.source] if asked.source else [],
            hits=asked.n,
        )
        if asked.how == "ranked":
            passages, sums, unsearched = searching.ranked(opened, request, Query(asked.q), self.session)
            shown: list[Shown] = [render.passage(one, self._proof(one.id)) for one in passages]
            head = (
                f"{sums.fitting:,} of {sums.passages:,} passages have a word of the query "
                f"({sums.documents:,} documents); {len(shown):,} shown"
            )
            return replace(view, hits=shown, sums=[head, *_not_searched(unsearched)])
        wanted = pattern.of(asked.q, regex=False)
        hits, total = searching.exact(opened, request, wanted, self.session)
        shown = [render.place(one, self._proof(one.id)) for one in hits]
        head = (
            f"{total.occurrences:,} times, overlapping ones included, in {total.holding:,} of {total.documents:,} "
            f"documents; {len(shown):,} shown"
        )
        return replace(
            view, hits=shown, sums=[head, *_not_searched(total.unsearched)], notes=[*searching.notes(wanted)]
        )

    def _flagged(self, fields: Mapping[str, str]) -> Reply:
        id_ = fields.get("id", "")
        if set(fields) != {"id", "proof", "role", "basis"} or not _equal(fields["proof"], self._proof(id_)):
            return _plain(HTTPStatus.FORBIDDEN, "this document was not shown here: search for it first")
        day = datetime.datetime.now(datetime.UTC).date().isoformat()  # of the request; no table has it
        try:
            new = inbox.put(self.inbox, {"id": id_, "role": fields["role"], "basis": fields["basis"], "date": day})
        except RecipeError as error:
            return self._page(Asked(), HTTPStatus.BAD_REQUEST, errors=[str(error)])
        except OSError as error:
            return self._page(Asked(), HTTPStatus.INTERNAL_SERVER_ERROR, errors=[explain(error)])
        what = "is written to" if new else "stands already in"
        return self._page(Asked(), notes=[f"The request to remove {id_} {what} {self.inbox}. Nothing is removed yet."])


def _not_searched(lines: Sequence[str]) -> Iterator[str]:
    return (f"not searched: {line}" for line in lines)


def _said(error: Exception) -> str:
    return str(error) if isinstance(error, CorpusError) else explain(error)


def _fields(body: bytes) -> dict[str, str] | None:
    """Of a form, each once; None for what is none."""
    try:
        read = parse_qs(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError:
        return None
    return {name: values[0] for name, values in read.items()} if all(len(one) == 1 for one in read.values()) else None


def _asked(fields: Mapping[str, str]) -> Asked | None:
    if set(fields) - {"q", "how", "lang", "source", "n"} or len(fields.get("q", "")) > _MOST_CHARS:
        return None
    how, count = fields.get("how", "exact"), fields.get("n", str(_COUNTS[0]))
    if how not in ("exact", "ranked") or count not in {str(one) for one in _COUNTS}:
        return None
    own = {name: fields.get(name, "") for name in ("q", "lang", "source")}
    return Asked(how=how, n=int(count), **own)


def _equal(one: str, other: str) -> bool:
    """In a time that says nothing of where they differ."""
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode())


def _plain(status: HTTPStatus, line: str) -> Reply:
    return Reply(status=status, kind="text/plain; charset=utf-8", body=f"{line}\n".encode())
