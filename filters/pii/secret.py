"""Keys that open something: tokens whose issuers gave them a prefix, JSON web tokens, private keys in PEM."""

from collections.abc import Iterator

import re2

from filters.pii.spans import Span

CANDIDATE = (
    r"AKIA|ASIA|gh[pousr]_|github_pat_|glpat-|xox[abpr]-|sk_live_|rk_live_|AIza|eyJ[A-Za-z0-9_\-]{8}|PRIVATE KEY-----"
)

# detector, pattern; the shapes are the issuers' own (AWS IAM identifiers; GitHub, GitLab, Slack, Stripe and Google
# Cloud token formats; RFC 7519; RFC 7468).
_SHAPES = tuple(
    (name, re2.compile(pattern))
    for name, pattern in (
        ("secret.aws", r"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b"),
        ("secret.github", r"\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{22,255})\b"),
        ("secret.gitlab", r"\bglpat-[A-Za-z0-9_\-]{20,255}"),
        ("secret.slack", r"\bxox[abpr]-[A-Za-z0-9\-]{10,250}"),
        ("secret.stripe", r"\b[sr]k_live_[A-Za-z0-9]{16,255}\b"),
        ("secret.google", r"\bAIza[A-Za-z0-9_\-]{35}"),
        ("secret.jwt", r"\beyJ[A-Za-z0-9_\-]{8,}\.eyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{8,}"),
        (
            "secret.pem",
            r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----[A-Za-z0-9+/=\s:,.\-]*?"
            r"-----END (?:[A-Z0-9]+ )*PRIVATE KEY-----",
        ),
    )
)


def find(text: str, _: str) -> Iterator[Span]:
    for name, pattern in _SHAPES:
        for match in pattern.finditer(text):
            yield Span(start=match.start(), end=match.end(), kind="KEY", detector=name)
