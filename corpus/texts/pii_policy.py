"""What is done with personal data: the recipe's [pii] table."""

from dataclasses import asdict, dataclass, field, replace
from fnmatch import fnmatchcase
from functools import lru_cache
from hashlib import scrypt
from typing import Any, ClassVar, Literal, get_args

from filters import language_keys
from filters.meant import hint
from filters.pii import pseudonym
from filters.pii.spans import DEFAULT, KINDS, Span

Action = Literal["keep", "placeholder", "pseudonym", "drop", "flag"]
ACTIONS = get_args(Action)
KEEP, PLACEHOLDER, PSEUDONYM, DROP, FLAG = ACTIONS
_MIN_KEY, _MAX_KEY = 32, 64  # bytes: 256 bits if they are drawn by chance, 128 in hexadecimal; BLAKE2b takes 64
# scrypt (RFC 7914) with OWASP's parameters: 128 MB and about 0.4 s for each guess, and less than a second for a run.
_SCRYPT = {"n": 1 << 17, "r": 8, "p": 1, "maxmem": 1 << 28, "dklen": 16}
_SALT = b"gristmill: mark of [pii] key in manifests, 1"  # fixed: the same key has the same mark in every release
# What ROOTS redacted (roots.md 2.6): telephone numbers and identifiers it left, for its patterns hit too much else.
_ROOTS = ("KEY", "EMAIL", "EMAIL_OBFUSCATED", "IP_ADDRESS", "HANDLE")
_ROOTS_NAMES = {"EMAIL_OBFUSCATED": "EMAIL", "HANDLE": "USER", "PROFILE": "USER"} | dict.fromkeys(
    ("NATIONAL_ID", "IBAN", "CREDIT_CARD", "IMEI", "MAC_ADDRESS", "CRYPTO_ADDRESS"), "ID"
)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """An action for some kinds, languages or countries; what is left out means all."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
    action: Action
    """What is done with a find that fits."""
    kinds: tuple[str, ...] = ()
    """Kinds that the rule is for; none: all."""
    languages: tuple[str, ...] = ()
    """Ids, tags or patterns of the document's language, as "deu_*"; none: all."""
    countries: tuple[str, ...] = ()
    """ISO 3166-1 alpha-2 of what was found: an account's, a telephone's, an identifier's; none: all."""

    def __post_init__(self) -> None:
        _known(self.kinds)
        object.__setattr__(self, "languages", language_keys.listed(self.languages))
        for country in self.countries:
            if len(country) != 2 or not country.isalpha() or not country.isupper():
                raise ValueError(f"{country!r} is no country: write two capital letters (ISO 3166-1), as DE")

    def fits(self, span: Span, language: str) -> bool:
        return (
            (not self.kinds or span.kind in self.kinds)
            and (not self.languages or any(fnmatchcase(language, pattern) for pattern in self.languages))
            and (not self.countries or span.country in self.countries)
        )


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The recipe's [pii] table. Of its rules the last that fits a find decides, else `action`."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
    preset: Literal["gristmill", "roots"] = "gristmill"
    """What is looked for and how placeholders are named: "gristmill" thirteen kinds, "roots" what ROOTS redacted."""
    kinds: tuple[str, ...] = ()
    """Kinds to look for (filters.pii.spans.KINDS); unsaid they are those of the preset."""
    action: Action = "placeholder"
    """What is done with a find that no rule fits."""
    placeholder: str = "PI:{kind}"
    """What stands instead of a find: ROOTS' style (bigscience_pii_detect_redact.py). {kind} is the kind's name; digits
    and @ are refused."""
    key: str = field(default="", metadata={"secret": True})
    """Key of digests and pseudonyms, 32 to 64 bytes (`openssl rand -hex 32`); never shown, nor written to any table or
    manifest."""
    rules: tuple[Rule, ...] = ()
    """Actions for some kinds, languages or countries; the last that fits a find decides."""

    def __post_init__(self) -> None:
        _known(self.kinds)
        if not self.kinds:
            object.__setattr__(self, "kinds", _ROOTS if self.preset == "roots" else DEFAULT)
        if "{kind}" not in self.placeholder:
            raise ValueError("placeholder must hold {kind}")
        if any(c.isdigit() or c == "@" for c in self.placeholder):
            raise ValueError("placeholder may hold no digit and no @: it would be taken for personal data itself")
        if self.key and not _MIN_KEY <= len(self.key.encode()) <= _MAX_KEY:
            raise ValueError(f"key must have {_MIN_KEY} to {_MAX_KEY} bytes: make one with `openssl rand -hex 32`")
        if not self.key and PSEUDONYM in (self.action, *(rule.action for rule in self.rules)):
            raise ValueError(
                "pseudonyms need a key, or they could be undone by trying: make one with `openssl rand -hex 32`"
            )

    def action_for(self, span: Span, language: str) -> str:
        """One of ACTIONS."""
        for rule in reversed(self.rules):
            if rule.fits(span, language):
                return rule.action
        return self.action

    def placeholder_for(self, kind: str) -> str:
        """What stands instead of a find of the kind."""
        name = _ROOTS_NAMES.get(kind, kind) if self.preset == "roots" else kind
        return self.placeholder.replace("{kind}", name)

    def pseudonym_for(self, kind: str, value: str) -> str:
        """A stand-in of the same shape; for kinds without one, the placeholder."""
        return pseudonym.pseudonym(kind, value, self.key.encode()) or self.placeholder_for(kind)

    def digest(self, kind: str, value: str) -> str | None:
        """32 hex digits, the same for the same value; None without a key."""
        return pseudonym.digest(kind, value, self.key.encode()).hex() if self.key else None

    def for_show(self) -> "Policy":
        """For what people look at: nothing is dropped, and what would be dropped has a placeholder."""
        calm = {"drop": PLACEHOLDER}
        rules = tuple(replace(rule, action=calm.get(rule.action, rule.action)) for rule in self.rules)
        return replace(self, action=calm.get(self.action, self.action), rules=rules)

    def identity(self) -> dict[str, Any]:
        """What a manifest says of it: all but the key, of which it says whether it is the same."""
        return {**asdict(self), "key": _mark(self.key) if self.key else ""}


@lru_cache(maxsize=4)
def _mark(key: str) -> str:
    """Tells one key from another in a manifest that everybody may read, and tells nobody whether a guess is right but
    at scrypt's price."""
    return scrypt(key.encode(), salt=_SALT, **_SCRYPT).hex()


def _known(kinds: tuple[str, ...]) -> None:
    for kind in kinds:
        if kind not in KINDS:
            raise ValueError(f"unknown kind {kind!r}{hint(kind, KINDS)}; known: {', '.join(KINDS)}")
