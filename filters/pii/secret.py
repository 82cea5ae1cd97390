"""What opens something: tokens whose issuers gave them a prefix, keys that a name assigns, private keys in PEM."""

from collections import Counter
from collections.abc import Iterator
from math import log2

import re2

from filters.pii.spans import NAMED, PROVED, Span
from filters.pii.window import Window

BEFORE, AFTER = 64, 8  # bytes
PEM_AFTER = 16_384  # bytes: an RSA key of 16,384 bits in base64 with its headers
_END = re2.compile(r"-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----")
_BEGIN = re2.compile(r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----")
# detector, pattern; the shapes are the issuers' own, as their documents and their secret scanning partners give them.
_SHAPES = (
    ("secret.aws", r"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    ("secret.github", r"\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{22,255})\b"),
    ("secret.gitlab", r"\bgl(?:pat|ptt|rt|dt)-[A-Za-z0-9_\-]{20,255}"),
    ("secret.slack", r"\bxox[abeoprs]-[A-Za-z0-9\-]{10,250}"),
    ("secret.stripe", r"\b(?:[sr]k_(?:live|test)|whsec)_[A-Za-z0-9]{16,255}\b"),
    ("secret.google", r"\bAIza[A-Za-z0-9_\-]{35}|\bGOCSPX-[A-Za-z0-9_\-]{28}|\bya29\.[A-Za-z0-9_\-]{30,500}"),
    ("secret.jwt", r"\beyJ[A-Za-z0-9_\-]{8,}\.eyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{8,}"),
    ("secret.openai", r"\bsk-(?:proj-|svcacct-|ant-[a-z0-9]+-|or-v1-)?[A-Za-z0-9_\-]{32,200}"),
    ("secret.huggingface", r"\bhf_[A-Za-z0-9]{34}\b"),
    ("secret.npm", r"\bnpm_[A-Za-z0-9]{36}\b"),
    ("secret.pypi", r"\bpypi-AgEI[A-Za-z0-9_\-]{50,250}"),
    ("secret.sendgrid", r"\bSG\.[A-Za-z0-9_\-]{22}\.[A-Za-z0-9_\-]{43}"),
    ("secret.twilio", r"\b(?:AC|SK)[0-9a-f]{32}\b"),
    ("secret.digitalocean", r"\bdo[opr]_v1_[0-9a-f]{64}\b"),
    ("secret.shopify", r"\bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}\b"),
    ("secret.square", r"\bsq0(?:atp|csp)-[A-Za-z0-9_\-]{22,43}"),
    ("secret.mailgun", r"\bkey-[0-9a-f]{32}\b"),
    ("secret.mailchimp", r"\b[0-9a-f]{32}-us[0-9]{1,2}\b"),
    ("secret.databricks", r"\bdapi[0-9a-f]{32}\b"),
    ("secret.docker", r"\bdckr_pat_[A-Za-z0-9_\-]{27}"),
    ("secret.vault", r"\bhv[sb]\.[A-Za-z0-9_\-]{24,200}"),
    ("secret.age", r"\bAGE-SECRET-KEY-1[A-Z0-9]{58}"),
)
_ISSUED = re2.compile("|".join(f"(?:{shape})" for _, shape in _SHAPES))
_EACH = tuple((name, re2.compile(f"(?:{shape})$")) for name, shape in _SHAPES)
_ASSIGNED = re2.compile(
    r"(?i)(?:api[_\- ]?key|secret[_\- ]?(?:access[_\- ]?)?key|access[_\- ]?(?:key|token)|auth[_\- ]?(?:key|token)|"
    r"client[_\- ]?secret|private[_\- ]?key|app[_\- ]?secret|bearer|\bbasic|secret|passw(?:or)?d|passphrase|\bpwd|"
    r"token|session(?:[_\- ]?id)?|\bsid|signature|credentials?|(?:encryption|account|storage)[_\- ]?key|"
    r"ключ api|api密钥|密钥|clé api|api-schlüssel|clave api|chave api)[\"'\]]?"
    r"(?:\s*(?::|=>?|is|ist|est|es)\s*|\s+)[\"'`]?$"
)
# The beginnings of these shapes alone: counted repetitions take 8 ms to compile, and Arrow does that once a batch.
_HEADS = (
    r"AKIA|ASIA|gh[pousr]_|github_pat_|gl(?:pat|ptt|rt|dt)-|xox[abeoprs]-|[sr]k_(?:live|test)_|whsec_|AIza|"
    r"GOCSPX-|ya29\.|eyJ|"
    r"sk-|hf_|npm_|pypi-AgEI|SG\.|AC[0-9a-f]{8}|SK[0-9a-f]{8}|do[opr]_v1_|shp(?:at|ca|pa|ss)_|sq0(?:atp|csp)-|"
    r"key-[0-9a-f]|"
    r"-us[0-9]|dapi[0-9a-f]|dckr_pat_|hv[sb]\.|AGE-SECRET-KEY-1"
)
WORTH = (
    _HEADS + r"|(?i)(?:key|secret|token|passw|pwd|passphrase|bearer|basic|session|\bsid|signature|credential|ключ|"
    r"密钥|clé|schlüssel|clave|"
    r"chave)[^\n]*\x01|\x01[^\x02]*(?i)(?:key|secret|token|passw|pwd|sid=|session|signature)"
)
_PUBLIC = re2.compile(r"(?i)public[_\- ]?key[^\n]{0,16}$")
_ASSIGNED_SIZE = range(16, 129)
_VALUE = re2.compile(r"[A-Za-z0-9+/_\-~.=]+$")
_UUID = re2.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$")
_MIN_ENTROPY = 3.4  # bits a character: random hexadecimal of 32 has 3.6 on average, names and paths under 3.3
_DIGITS = 2
_USERINFO = re2.compile(r"[a-z][a-z0-9+.\-]*://[A-Za-z0-9._\-]{1,64}:([^\s:@/{}<>$*]{4,64})$")
_STAND_INS = frozenset({"password", "pass", "passwd", "secret", "user", "token", "pwd", "changeme", "xxxx", "test"})


def find(window: Window) -> Iterator[Span]:
    """Keys within a token: by their prefix, or because what stands before assigns it to a key."""
    token, at = window.candidate, window.start
    issued = False
    for match in _ISSUED.finditer(token):
        name = next(name for name, shape in _EACH if shape.match(match.group()))
        issued = True
        yield _span(at + match.start(), at + match.end(), name, PROVED)
    if issued:
        return
    if window.after.startswith("("):  # a function that is called
        return
    value = token.rstrip(".=") if not token.endswith("==") else token
    if (
        len(value) in _ASSIGNED_SIZE
        and _ASSIGNED.search(window.before)
        and not _PUBLIC.search(window.before)
        and _random(value)
    ):
        yield _span(at, at + len(value), "secret.assigned", NAMED)
    elif "=" in token:  # the token holds its own name: `secret_key=...`
        name, _, rest = token.partition("=")
        rest = rest.rstrip(".=") if not rest.endswith("==") else rest
        if (
            len(rest) in _ASSIGNED_SIZE
            and _ASSIGNED.search(name + "=")
            and not _PUBLIC.search(name + "=")
            and _random(rest)
        ):
            start = at + len(name) + 1
            yield _span(start, start + len(rest), "secret.assigned", NAMED)


def find_userinfo(window: Window) -> Iterator[Span]:
    """The password of `scheme://user:password@host` (RFC 3986 3.2.1), at its @."""
    match = _USERINFO.search(window.before)
    if match and match.group(1).lower() not in _STAND_INS:
        yield _span(match.start(1), match.end(1), "secret.userinfo", NAMED)


def find_pem(window: Window) -> Iterator[Span]:
    """A private key between its lines (RFC 7468), if no other begins before it ends."""
    begin = _BEGIN.match(window.text, window.start)
    if not begin:
        return
    place = begin.end()
    end = _END.search(window.text, place)
    other = window.text.find("-----BEGIN", place)
    if end and (other < 0 or end.start() < other):
        yield _span(window.start, end.end(), "secret.pem", PROVED)


def _random(value: str) -> bool:
    """Many different characters, digits and letters among them, and no path or dotted name."""
    digits = sum(c.isdigit() for c in value)
    if digits < _DIGITS or digits == len(value) or not _VALUE.match(value) or value.count("/") > 2 or "//" in value:
        return False
    if value.isupper() and value.count("_") > 1 and not value[0].isdigit():  # YOUR_API_KEY_HERE_1
        return False
    if "=" in value.rstrip("=") or _UUID.match(value):
        return False
    if value.count(".") > 1 or value.count("_") + value.count("-") > 4:
        return False
    return -sum(n / len(value) * log2(n / len(value)) for n in Counter(value).values()) >= _MIN_ENTROPY


def _span(start: int, end: int, detector: str, confidence: float) -> Span:
    return Span(start=start, end=end, kind="KEY", detector=detector, confidence=confidence, version=3)
