"""Passwords and short tokens behind the name that assigns them: `DB_PASSWORD=...`, `Passwort: ...`, `"pwd": "..."`."""

import re
from collections.abc import Iterator
from itertools import pairwise

from filters.pii.automaton import compiled
from filters.pii.spans import SAID, Span
from filters.pii.window import Window

BEFORE, AFTER = 64, 140  # bytes: a name; a value of 64 characters in two bytes each
# The name that ends before the sign. Of `key` and `token` only those that open something: others hold anything.
_PASSWORD = compiled(
    r"(?i)(?:pass[_\- ]?word|passwd|passphrase|passwort|kennwort|passord|wachtwoord|l[öo]senord|kodeord|adgangskode|"
    r"salasana|mot de passe|contraseña|contrasena|clave|senha|palavra-passe|şifre(?:si|niz)?|parola|hasło|"
    r"heslo|jelszó|lozinka|geslo|"
    r"slaptažodis|parool|пароль|парола|лозинка|кодовое слово|κωδικός|סיסמה|كلمة (?:السر|المرور)|رمز عبور|"
    r"पासवर्ड|পাসওয়ার্ড|"
    r"รหัสผ่าน|mật khẩu|kata sandi|密码|密碼|口令|パスワード|비밀번호|암호|(?:\b|_)pwd|(?:\b|_)pass|"
    r"[_\-]pw)[\"'\]]?\s?$"
)
_TOKEN = compiled(
    r"(?i)(?:(?:api|access|auth|secret|client|private|app|bot|session|encryption|signing|master|admin|service)[_\-. ]?"
    r"(?:key|token|secret)|(?:\b|_)token|(?:\b|_)secret)[\"'\]]?\s?$"
)
_VALUE = re.compile(
    r"\s{0,2}(?:\"([^\"\n]{6,64})\"|'([^'\n]{6,64})'|`([^`\n]{6,64})`|([!#-&(-;=?-_a-~]{6,64})(?![!#-&(-;=?-_a-~]))"
)
_STRUCTURE = re.compile(r"[(){}\[\]\\]|\$[A-Za-z{(]|%[sd]|//|^[.#/~&*?]|\.\.|::|->|,.*,|;.*;")
# Words written together, a function's name, a class: `userPassword1`, `Sha256Hash`, `os.environ`.
_WORDS = re.compile(r"(?:[A-Z]?[a-z]{2,}|[A-Z]{2,})(?:[._\-]?(?:[A-Z]?[a-z]{2,}|[A-Z]{2,}|[0-9]{1,3}))*$")
_MAIL = re.compile(r"[^@\s]+@[A-Za-z0-9\-]+\.[A-Za-z.]+$")
_NUMBER = re.compile(r"[0-9.,:/\-+ ]+$")
# What documents write where a password would stand.
_STAND_INS = re.compile(
    r"(?i)pass|secret|token|changeme|change_me|example|sample|dummy|your|my[_\-]|xxx|\*\*|test|foo|bar\d|user|"
    r"admin|enter|"
    r"insert|replace|todo|null|none|true|false|default|string|hidden|redact|placeholder|localhost|required|optional|"
    r"minimum|mindest|characters|zeichen|utf-?8|sha-?\d|md5|base64|bcrypt|aes-?\d|PI:"
)
_REAL = re.compile(r"(?i)p[a@4]ss?w[o0]rd|s3cr3t|s3cret|pa\$\$|p@ss")
_TOKEN_SIZE = 16


def find(window: Window) -> Iterator[Span]:
    """The value behind the sign, if it looks drawn or invented and not like a word, code or a stand-in."""
    before = window.before
    is_password = bool(_PASSWORD.search(before))
    if not is_password and not _TOKEN.search(before):
        return
    match = _VALUE.match(window.text, window.end)
    if not match:
        return
    group = match.lastindex or 0
    value = match.group(group)
    if group == 4:
        value = value.rstrip(";,.)]}:&")
        value = value.split("&", 1)[0] if "=" in value.partition("&")[2] else value
    quoted = group != 4
    if not (_secret(value, quoted=quoted) if is_password else _drawn(value) or (quoted and _mixed(value))):
        return
    start = match.start(group)
    yield Span(start=start, end=start + len(value), kind="KEY", detector="secret.password", confidence=SAID)


def _secret(value: str, *, quoted: bool) -> bool:
    if not value.isascii() or value[0] == "/":
        return False
    if not 6 <= len(value) <= 64 or " " in value or _MAIL.match(value) or _NUMBER.match(value) or _WORDS.match(value):
        return False
    if _STRUCTURE.search(value) and not (quoted and value[-1] not in "])}" and "{" not in value and "(" not in value):
        return False
    if _STAND_INS.search(_REAL.sub("", value)) or (value.isupper() and "_" in value):
        return False
    lower, upper = any(c.islower() for c in value), any(c.isupper() for c in value)
    digits = sum(c.isdigit() for c in value)
    signs = any(not c.isalnum() and c not in "_-.:/" for c in value)
    classes = lower + upper + (digits > 0) + signs
    if classes >= 3 and (digits or signs):
        return True
    return classes == 2 and digits >= 2 and len(value) >= 8 and _changes(value) >= 3


def _drawn(value: str) -> bool:
    """A token: letters and digits in no order of words."""
    if not _TOKEN_SIZE <= len(value) <= 64 or not value.isascii() or _STRUCTURE.search(value) or _WORDS.match(value):
        return False
    if not all(c.isalnum() or c in "_-+/=." for c in value) or value.count(".") > 1 or value.count("/") > 2:
        return False
    if _STAND_INS.search(value) or sum(c.isdigit() for c in value) < 2 or value.isdigit():
        return False
    return len(set(value)) >= len(value) // 2 and _changes(value) >= 4


def _mixed(value: str) -> bool:
    """A quoted token with signs in it."""
    return len(value) >= _TOKEN_SIZE and sum(c.isdigit() for c in value) > 1 and _secret(value, quoted=True)


def _changes(value: str) -> int:
    """How often letters and digits take turns."""
    kinds = [c.isdigit() for c in value if c.isalnum()]
    return sum(a != b for a, b in pairwise(kinds))
