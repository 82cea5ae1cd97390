"""E-mail addresses (RFC 5321 mailboxes with ASCII local parts and domains, as people write them)."""

from collections.abc import Iterator

import re2

from filters.pii.spans import Span

CANDIDATE = r"[A-Za-z0-9]@[A-Za-z0-9]"
_ADDRESS = re2.compile(r"[A-Za-z0-9][A-Za-z0-9._%+\-]{0,63}@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){1,8}")
_NO_DOMAINS = frozenset({"png", "jpg", "jpeg", "gif", "svg", "webp", "avif", "ico", "css", "local", "localhost"})
_BEFORE = frozenset("@/\\")  # mastodon handles and paths: user@host inside them is no mailbox


def find(text: str, _: str) -> Iterator[Span]:
    for match in _ADDRESS.finditer(text):
        start, end = match.span()
        address = match.group()
        local, _, domain = address.rpartition("@")
        labels = domain.split(".")
        while len(labels) > 1 and not (labels[-1].isalpha() or labels[-1].startswith("xn--")):
            end -= len(labels.pop()) + 1
        top = labels[-1]
        if (
            len(labels) < 2
            or len(top) < 2
            or top.lower() in _NO_DOMAINS
            or any(not label or label[0] == "-" for label in labels)
        ):
            continue
        if (start and text[start - 1] in _BEFORE) or text[end : end + 1] == "@" or ".." in local or local.endswith("."):
            continue
        if local == "git" and text[end : end + 1] == ":":  # git@host:path, an account nobody owns
            continue
        yield Span(start=start, end=end, kind="EMAIL", detector="mail.address")
