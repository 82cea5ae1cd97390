"""Where personal data may stand: one pass over UTF-8 that knows shapes of bytes and nothing else.

Every shape is scanned forward once and never again, so the pass is linear whatever the text. What a shape holds is
for the validators of filters.pii to say.
"""

import numpy as np

from filters.jit import int64, njit
from filters.kernels.anchor_shapes import (
    assigns,
    colons,
    dotted,
    endings,
    escaped_at,
    foreign,
    grouped,
    host_code,
    hosts,
    lettered,
    named,
    number,
    pem,
    wide_colon,
)
from filters.kernels.byte_classes import DIGIT, HYPHEN, LOWER, MARK, UPPER, WORD, classes
from filters.kernels.byte_classes import TOKEN as KEYS

NUMBER, DOTTED, COLONS, TOKEN, AT, GROUPED, PEM, ASSIGNED, PROFILE = range(9)

_MIN_DIGITS = 7  # of a number; E.164 allows fewer, but those are told from other numbers by nothing
_MAX_NUMBER = 192  # bytes: a list of a few numbers on a line; what is longer is a row of a table
_MIN_TOKEN, _MAX_TOKEN = 12, 4096  # bytes: an Ethernet address without separators has 12; JSON web tokens have hundreds
_MIN_LETTERS = 37  # bytes of a token without a digit: Hugging Face's, `hf_` and 34 letters
_MIN_COLONS = 5  # of a hardware address; an IPv6 address has more or two that touch, a time of day fewer
_MAX_COLONS = 48  # bytes: an IPv6 address with an IPv4 tail has 45
_ADDRESS_DOTS = 3
_MAX_DOTTED = 15
_BYTES_EACH, _SPARE = 64, 64  # room for candidates: real text holds one in a thousand bytes; rows of numbers more
_CLASS = classes()
# Of names that passwords and tokens stand behind; of more than a few letters the validator knows the rest.
_NAMES = endings(
    [
        "word",
        "passwd",
        "pwd",
        "secret",
        "token",
        "key",
        "passphrase",
        "pass",
        "wort",
        "passe",
        "contraseña",
        "clave",
        "senha",
        "şifre",
        "şifresi",
        "hasło",
        "heslo",
        "parola",
        "пароль",
        "密码",
        "密碼",
        "口令",
        "パスワード",
        "비밀번호",
        "암호",
        "المرور",
        "السر",
        "पासवर्ड",
        "รหัสผ่าน",
        "khẩu",
        "jelszó",
        "lozinka",
        "passord",
        "salasana",
        "sandi",
        "geslo",
        "slaptažodis",
        "κωδικός",
        "סיסמה",
    ]
)
# Networks whose addresses name a person right behind the host.
HOSTS = [
    "x.com",
    "twitter.com",
    "mobile.twitter.com",
    "github.com",
    "gist.github.com",
    "gitlab.com",
    "bitbucket.org",
    "codeberg.org",
    "t.me",
    "telegram.me",
    "instagram.com",
    "instagr.am",
    "facebook.com",
    "m.facebook.com",
    "fb.com",
    "fb.me",
    "linkedin.com",
    "tiktok.com",
    "youtube.com",
    "m.youtube.com",
    "medium.com",
    "threads.net",
    "threads.com",
    "reddit.com",
    "old.reddit.com",
    "vk.com",
    "m.vk.com",
    "ok.ru",
    "weibo.com",
    "m.weibo.cn",
    "pinterest.com",
    "twitch.tv",
    "soundcloud.com",
    "patreon.com",
    "ko-fi.com",
    "bsky.app",
    "keybase.io",
    "linktr.ee",
    "about.me",
    "behance.net",
    "dribbble.com",
    "flickr.com",
    "snapchat.com",
    "wa.me",
    "paypal.me",
    "launchpad.net",
    "huggingface.co",
    "kaggle.com",
    "orcid.org",
    "steamcommunity.com",
    "quora.com",
    "stackoverflow.com",
    "news.ycombinator.com",
    "last.fm",
    "goodreads.com",
    "xing.com",
    "zhihu.com",
    "douban.com",
    "space.bilibili.com",
    "dev.to",
    "substack.com",
    "buymeacoffee.com",
    "cash.app",
    "venmo.com",
    "tumblr.com",
    "imgur.com",
    "deviantart.com",
    "strava.com",
]
_HOSTS = hosts(HOSTS)


@njit(cache=True, nogil=True)
def put(out: np.ndarray, n: int, row: int, shape: int, start: int, end: int, points: int, digits: int) -> int:
    """Write candidate `n`, if there is room; how many there are now."""
    if n < len(out):
        out[n, 0], out[n, 1], out[n, 2], out[n, 3], out[n, 4], out[n, 5] = row, shape, start, end, points, digits
    return n + 1


@njit(cache=True, nogil=True)
def _scan(
    data: np.ndarray, offsets: np.ndarray, classes: np.ndarray, names: np.ndarray, networks: np.ndarray, out: np.ndarray
) -> int:
    n = 0
    for row in range(len(offsets) - 1):
        first, end = int64(offsets[row]), int64(offsets[row + 1])
        number_until = dotted_until = colons_until = first
        points = 0  # code points before i
        i = first
        while i < end:
            byte = data[i]
            if byte >= 0x80:
                if byte >= 0xD9 and i >= number_until and foreign(data, i, end):
                    number_until, digits = number(data, i, end, classes)
                    if digits >= _MIN_DIGITS and number_until - i <= _MAX_NUMBER:
                        n = put(out, n, row, NUMBER, i, number_until, points, digits)
                elif byte == 0xEF and wide_colon(data, i, end) and assigns(data, i, first, names):
                    n = put(out, n, row, ASSIGNED, i, i + 3, points, 0)
                points += byte & 0xC0 != 0x80
                i += 1
                continue
            if not classes[byte] & KEYS:
                if byte == 58:
                    if i >= colons_until:
                        start, colons_until, found, double = colons(data, first, i, end, classes)
                        if (double or found >= _MIN_COLONS) and colons_until - start <= _MAX_COLONS:
                            n = put(out, n, row, COLONS, start, colons_until, points - (i - start), 0)
                    if assigns(data, i, first, names):
                        n = put(out, n, row, ASSIGNED, i, i + 1, points, 0)
                elif byte == 64 and named(data, i, first, end, classes):
                    n = put(out, n, row, AT, i, i + 1, points, 0)
                elif byte == 37 and escaped_at(data, i, first, end, classes):
                    n = put(out, n, row, AT, i, i + 3, points, 0)
                points += 1
                i += 1
                continue
            seen, k = np.uint8(0), i
            while k < end and classes[data[k]] & KEYS:
                seen |= classes[data[k]]
                k += 1
            mixed = seen & DIGIT and seen & (UPPER | LOWER) and k - i >= _MIN_TOKEN
            if k - i <= _MAX_TOKEN and (mixed or (k - i >= _MIN_LETTERS and lettered(data, i, k))):
                n = put(out, n, row, TOKEN, i, k, points, 0)
            if seen & (DIGIT | HYPHEN | MARK):
                host = i  # where a host may begin; k where none may
                for j in range(i, k):
                    kind = classes[data[j]]
                    if kind & DIGIT:
                        if j >= number_until:
                            number_until, digits = number(data, j, end, classes)
                            if digits >= _MIN_DIGITS and number_until - j <= _MAX_NUMBER:
                                n = put(out, n, row, NUMBER, j, number_until, points + j - i, digits)
                        if j >= dotted_until:
                            dotted_until, dots = dotted(data, j, end, classes)
                            if dots == _ADDRESS_DOTS and dotted_until - j <= _MAX_DOTTED:
                                n = put(out, n, row, DOTTED, j, dotted_until, points + j - i, 0)
                    elif kind & (UPPER | LOWER):
                        if (j == i or not classes[data[j - 1]] & WORD) and grouped(data, j, end, classes):
                            n = put(out, n, row, GROUPED, j, j + 4, points + j - i, 0)
                    elif kind & HYPHEN:
                        if (j == i or data[j - 1] != 45) and pem(data, j, end):
                            n = put(out, n, row, PEM, j, j + 10, points + j - i, 0)
                    elif kind & MARK:
                        if data[j] == 61:
                            host = j + 1 if host < k else host
                            if assigns(data, j, first, names):
                                n = put(out, n, row, ASSIGNED, j, j + 1, points + j - i, 0)
                        elif j == host:
                            host = j + 1
                        else:
                            home = j > i and j + 2 < k and data[j + 1] == 126 and classes[data[j + 2]] & WORD
                            if home or (host < k and networks[host_code(data, host, j)]):
                                n = put(out, n, row, PROFILE, j, j + 1, points + j - i, 0)
                            host = k
            points += k - i
            i = k
    return n


def anchors(data: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """Candidates in valid UTF-8 `data` (uint8) cut into documents by `offsets` (int32[rows + 1]).

    int64[candidates, 6]: row, shape, first byte, byte after the last (both of `data`), code points of the document
    that stand before, digits of a NUMBER (else 0); ordered by row, and within a row by where the pass met them.
    """
    size = int(offsets[-1]) - int(offsets[0])
    room = size // _BYTES_EACH + _SPARE
    while True:
        found = np.empty((room, 6), np.int64)
        count = _scan(data, offsets, _CLASS, _NAMES, _HOSTS, found)
        if count <= room:
            return found[:count]
        room = count  # `out` grown inside the loop would make the loop twenty times slower
