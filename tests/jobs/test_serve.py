"""The page of `gristmill serve`: what it answers, what it refuses, and that a flag is a request for withdrawal."""

import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import orjson
import pytest

from corpus.errors import RecipeError
from corpus.search.hits import Hit
from corpus.search.page import render
from corpus.search.page.render import Asked, View
from corpus.search.snippet import Snippet
from corpus.withdrawal import inbox
from jobs.engine.session import Session
from jobs.tools import searching, serving
from jobs.tools.search_site import MOST_BYTES, Reply, Sent, Site
from tests.conftest import Gristmill
from tests.jobs.test_ranked import indexed as indexed  # noqa: PLC0414  (a fixture)
from tests.jobs.test_search_verb import corpus_of

HOST = "127.0.0.1:8765"
FORM = {"host": HOST, "content-type": "application/x-www-form-urlencoded", "origin": f"http://{HOST}"}


def site_of(root: Path, inbox_: Path) -> Site:
    request = searching.Request(
        release=str(root), root=None, tag="", phrase="", regex=False, ranked=False, lang=(), source=(), table="corpus",
        hits=0, format="text",
    )  # fmt: skip
    return Site(request=request, session=Session(2), hosts=frozenset([HOST]), inbox=str(inbox_))


@pytest.fixture
def site(indexed: Path, tmp_path: Path) -> Site:
    return site_of(indexed, tmp_path / "inbox.jsonl")


def page(site: Site) -> Reply:
    return site.answer(Sent(method="GET", path=site.base, headers={"host": HOST}))


def token(site: Site) -> str:
    found = re.search(r'name="token" value="(\w+)"', page(site).body.decode())
    assert found
    return found[1]


def posted(site: Site, place: str, **fields: str) -> tuple[int, str]:
    body = urlencode({"token": token(site), **fields}).encode()
    reply = site.answer(Sent(method="POST", path=site.base + place, headers=FORM, body=body))
    return reply.status, reply.body.decode()


def test_the_page_is_a_form_that_runs_nothing_and_asks_nobody(site: Site) -> None:
    reply = page(site)
    assert reply.status == 200
    assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
    text = reply.body.decode()
    assert "<script" not in text
    assert not re.search(r"https?://", text)
    style = site.answer(Sent(method="GET", path=f"{site.base}style.css", headers={"host": HOST}))
    assert style.kind.startswith("text/css")
    assert b"url(" not in style.body


def test_exact_search_counts_what_the_verb_counts(site: Site, indexed: Path) -> None:
    status, text = posted(site, "search", q="der", how="exact", lang="de", source="manuals", n="30")
    assert status == 200
    wanted = [row for row in corpus_of(indexed) if row["source"] == "manuals" and row["language"] == "deu_Latn"]
    count = sum(row["text"].count("der") for row in wanted)
    assert f"{count:,} times, overlapping ones included, in " in text
    assert text.count("<article") == min(count, 30)
    assert text.count("<mark>der</mark>") >= min(count, 30)


def test_ranked_search_marks_words_of_the_query(site: Site) -> None:
    status, text = posted(site, "search", q="the desktop", how="ranked", lang="", source="", n="10")
    assert status == 200
    assert text.count("<article") == 10
    assert "passages have a word of the query" in text
    assert re.search(r"<mark>(?i:the)</mark>", text)


def test_without_the_index_ranked_search_says_what_to_do(finished: Path, tmp_path: Path) -> None:
    own = site_of(finished / "out", tmp_path / "inbox.jsonl")
    assert "the recipe has no [bm25]" in page(own).body.decode()
    status, text = posted(own, "search", q="mill", how="ranked", lang="", source="", n="10")
    assert status == 400
    assert "add the table [bm25] to the recipe" in text


@pytest.mark.parametrize("how", ["exact", "ranked"])
@pytest.mark.parametrize("query", ["jane.roe@mail-server.net", "write to jane", "mail-server"])
def test_personal_data_is_on_no_page(site: Site, how: str, query: str) -> None:
    _, text = posted(site, "search", q=query, how=how, lang="", source="", n="100")
    shown = text.replace(f'value="{query}"', "")  # the form keeps what was asked
    for secret in ("jane.roe", "roe@", "mail-server", "901820", "DE89"):
        assert secret not in shown


HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>&amp;{{ 7*7 }}\u202e"


def test_all_that_comes_from_outside_is_escaped() -> None:
    snippet = Snippet(start=0, end=1, before=HOSTILE, match=HOSTILE, after=HOSTILE, redacted=False)
    hit = Hit(
        id=HOSTILE, part=0, row=0, source=HOSTILE, language=HOSTILE, url=HOSTILE, licence=HOSTILE, bytes=(0, 1),
        snippet=snippet,
    )  # fmt: skip
    view = View(
        name=HOSTILE, sources=[HOSTILE], ranked=True, counts=(10,), most_chars=9, roles=[HOSTILE], bases=[HOSTILE],
        footer=HOSTILE, notes=[HOSTILE], errors=[HOSTILE], sums=[HOSTILE, HOSTILE], hits=[render.place(hit, HOSTILE)],
    )  # fmt: skip
    asked = Asked(q=HOSTILE, lang=HOSTILE, source=HOSTILE)
    text = render.html(view, asked, "/x/", HOSTILE).decode()
    assert "<script" not in text
    assert "<img" not in text
    assert "49" not in text
    assert unescape(text).count("alert(1)</script>") >= 20


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"headers": {**FORM, "host": "evil.test:8765"}}, 421),
        ({"headers": {**FORM, "host": "127.0.0.1"}}, 421),
        ({"headers": {}}, 421),
        ({"headers": {**FORM, "origin": "http://evil.test"}}, 403),
        ({"headers": {**FORM, "origin": "null"}}, 403),
        ({"headers": {**FORM, "sec-fetch-site": "cross-site"}}, 403),
        ({"headers": {**FORM, "content-type": "text/plain"}}, 415),
        ({"path": "/search"}, 404),
        ({"path": "/"}, 404),
        ({"place": "../search"}, 404),
        ({"place": ""}, 404),
        ({"body": b"q=a"}, 403),
        ({"body": b"token=abc&q=a"}, 403),
        ({"body": b"token=TOKEN&q=a&q=b"}, 400),
        ({"body": b"token=TOKEN&q=%FF"}, 400),
        ({"body": b"\xff\xfe"}, 400),
        ({"body": b"&".join(b"f%d=1" % n for n in range(40))}, 400),
        ({"body": b"token=TOKEN&q=a&table=documents"}, 400),
        ({"body": b"token=TOKEN&q=a&n=100000"}, 400),
        ({"body": b"token=TOKEN&q=a&how=regex"}, 400),
        ({"body": b"token=TOKEN&q=" + b"a" * 1001}, 400),
        ({"body": b"token=TOKEN&q="}, 400),
        ({"body": b"token=TOKEN&q=a&lang=klingonese"}, 400),
        ({"body": b"token=TOKEN&q=a&source=nope"}, 400),
        ({"body": b"token=TOKEN&q=a"}, 200),
    ],
)
def test_what_is_refused(site: Site, change: dict[str, object], status: int) -> None:
    body = change.get("body", b"token=TOKEN&q=a")
    assert isinstance(body, bytes)
    path = change.get("path", site.base + str(change.get("place", "search")))
    sent = {"method": "POST", "path": path, "headers": change.get("headers", FORM)}
    reply = site.answer(Sent(**sent, body=body.replace(b"TOKEN", token(site).encode())))  # type: ignore[arg-type]
    assert reply.status == status, reply.body
    assert b"Traceback" not in reply.body


def test_a_flag_is_a_request_that_withdraw_reads(site: Site, indexed: Path, gristmill: Gristmill) -> None:
    _, text = posted(site, "search", q="the", how="exact", lang="", source="", n="10")
    found = re.search(r'name="id" value="(\w+)"><input type="hidden" name="proof" value="(\w+)"', text)
    assert found
    asked = {"id": found[1], "proof": found[2], "role": "author", "basis": "copyright"}
    for said in ("is written to", "stands already in"):
        status, text = posted(site, "flag", **asked)
        assert (status, said in text) == (200, True)
    (line,) = Path(site.inbox).read_bytes().splitlines()
    assert {**orjson.loads(line), "date": ""} == {"id": found[1], "role": "author", "basis": "copyright", "date": ""}
    assert Path(site.inbox).stat().st_mode & 0o077 == 0
    key = indexed.parent / "key"
    key.write_text("a key of withdrawals that tests alone know", "utf-8")
    done = gristmill("withdraw", indexed, site.inbox, "--key", key)
    assert done.returncode == 0, done.stderr
    assert f"{found[1]}  in the release" in done.stdout
    assert "nothing is changed: --yes withdraws them" in done.stdout
    for wrong, status in (({"id": "0" * 32}, 403), ({"proof": ""}, 403), ({"role": "king"}, 400), ({"url": "a"}, 403)):
        assert posted(site, "flag", **{**asked, **wrong})[0] == status
    assert len(Path(site.inbox).read_bytes().splitlines()) == 1


def test_an_inbox_is_not_filled_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = str(tmp_path / "withdrawals" / "inbox.jsonl")
    asked = {"role": "author", "basis": "copyright", "date": "2026-08-02"}
    monkeypatch.setattr(inbox, "MOST_BYTES", 250)
    assert inbox.put(path, {"id": "0" * 32, **asked})
    Path(path).write_bytes(Path(path).read_bytes()[:-1])  # cut off before its end
    assert inbox.put(path, {"id": "1" * 32, **asked})
    assert len(Path(path).read_bytes().splitlines()) == 2
    with pytest.raises(RecipeError, match="is full"):
        inbox.put(path, {"id": "2" * 32, **asked})
    with pytest.raises(RecipeError, match="32 hexadecimal digits"):
        inbox.put(path, {"id": "2", **asked})


def test_the_inbox_of_a_store_has_to_be_named() -> None:
    with pytest.raises(RecipeError, match="--inbox FILE"):
        serving._inbox("mock:///out")


@pytest.fixture
def port(site: Site) -> Iterator[int]:
    with serving._listening(0) as server:
        own = int(server.server_address[1])
        server.answer = replace(site, hosts=frozenset([f"127.0.0.1:{own}"])).answer
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield own
        server.shutdown()
        thread.join()


def said(port: int, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), 10) as opened:
        opened.sendall(request)
        return opened.makefile("rb").read()


def test_over_a_socket(site: Site, port: int, capfd: pytest.CaptureFixture[str]) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", site.base)
    reply = connection.getresponse()
    assert (reply.status, reply.getheader("X-Content-Type-Options")) == (200, "nosniff")
    assert b"<form" in reply.read()
    connection.request("HEAD", site.base)
    assert connection.getresponse().read() == b""
    post = f"POST {site.base}search HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
    for headers, status in (
        (f"Content-Length: {MOST_BYTES + 1}\r\n", b" 413 "),
        ("Content-Length: 99999999999999999999\r\n", b" 413 "),
        ("Content-Length: -1\r\n", b" 411 "),
        ("Content-Length: \u00b2\r\n", b" 411 "),
        ("Transfer-Encoding: chunked\r\n", b" 411 "),
        ("Host: evil.test\r\nContent-Length: 0\r\n", b" 421 "),
        ("Content-Length: 0\r\n", b" 415 "),
    ):
        assert said(port, (post + headers + "\r\n").encode("latin-1")).split(b"\r\n")[0].find(status) > 0, headers
    assert b" 501 " in said(port, b"DELETE / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert capfd.readouterr() == ("", "")


def test_a_port_that_is_taken_is_one_line(gristmill: Gristmill, indexed: Path, port: int) -> None:
    for number, message in ((port, "cannot be taken"), (70_000, "is none")):
        done = gristmill("serve", indexed, "--port", number)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert message in done.stderr
