"""Which validator looks at what: by the shapes of the compiled pass, and by words."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from filters.kernels import anchors
from filters.pii import (
    coin,
    combo,
    coordinates,
    device,
    handle,
    iban,
    ip,
    mail,
    national,
    password,
    payment_card,
    phone,
    profile_page,
    secret,
    window,
)
from filters.pii.spans import Span
from filters.pii.window import Window

Find = Callable[[Window], Iterator[Span]]


@dataclass(frozen=True, kw_only=True)
class Validator:
    """A validator of candidates of one shape.

    Calls of RE2 from Python cost a microsecond each, so what is `worth` a look is found by Arrow over all windows at
    once; in a window the candidate stands between \\x01 and \\x02.
    """

    kinds: tuple[str, ...]
    find: Find
    sizes: range = range(1, 1 << 16)  # bytes of the candidates worth a look
    worth: str | None = None
    digits: range = range(1 << 16)  # of a run of digits that is worth a look


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What may be in a shape that the compiled pass knows, and how many bytes around it are seen."""

    validators: tuple[Validator, ...]
    before: int = window.BEFORE
    after: int = window.AFTER


@dataclass(frozen=True, kw_only=True)
class Words:
    """Validators of what words lead to: rows that match `row`, in them every match of `match`."""

    kind: str
    row: str
    match: str
    find: Find
    before: int = window.BEFORE
    after: int = window.AFTER
    near: re.Pattern[bytes] | None = None  # what must stand in the window


_IP = ("IP_ADDRESS", "IP_RESERVED")
SHAPES = {
    anchors.NUMBER: Shape(
        validators=(
            Validator(kinds=("PHONE",), find=phone.find, worth=phone.WORTH),
            Validator(kinds=("CREDIT_CARD",), find=payment_card.find, digits=range(12, 97)),
            Validator(kinds=("IMEI",), find=device.find_imei, digits=range(15, 97), worth=r"(?i)imei"),
            Validator(
                kinds=("NATIONAL_ID",),
                find=national.find_closed,
                sizes=range(9, 22),
                digits=range(8, 19),
                worth=national.WORTH_NUMBER,
            ),
        )
    ),
    anchors.DOTTED: Shape(validators=(Validator(kinds=_IP, find=ip.find_dotted),), before=48, after=8),
    anchors.COLONS: Shape(
        validators=(
            Validator(kinds=_IP, find=ip.find_colons, sizes=range(7, 49)),
            Validator(kinds=("MAC_ADDRESS",), find=device.find_mac, sizes=range(17, 19)),
        ),
        before=8,
        after=8,
    ),
    anchors.TOKEN: Shape(
        validators=(
            Validator(kinds=("KEY",), find=secret.find, sizes=range(16, 4097), worth=secret.WORTH),
            Validator(kinds=("CRYPTO_ADDRESS",), find=coin.find, sizes=range(26, 160), worth=coin.WORTH),
            Validator(kinds=("MAC_ADDRESS",), find=device.find_mac, sizes=range(14, 19), worth=device.WORTH),
            Validator(kinds=("NATIONAL_ID",), find=national.find_closed, sizes=range(16, 20), worth=national.WORTH),
        ),
        before=secret.BEFORE,
        after=secret.AFTER,
    ),
    anchors.AT: Shape(
        validators=(
            Validator(kinds=("EMAIL",), find=mail.find, worth=mail.WORTH),
            Validator(kinds=("HANDLE",), find=handle.find, worth=handle.WORTH),
            Validator(kinds=("KEY",), find=secret.find_userinfo, worth=r"://[^\s/]*:[^\s/]*\x01"),
            Validator(kinds=("KEY",), find=combo.find, worth=combo.WORTH),
            Validator(kinds=("PROFILE",), find=profile_page.find_at, worth=profile_page.WORTH_AT),
        ),
        before=mail.BEFORE,
        after=mail.AFTER,
    ),
    anchors.GROUPED: Shape(
        validators=(Validator(kinds=("IBAN",), find=iban.find),), before=iban.BEFORE, after=iban.AFTER
    ),
    anchors.ASSIGNED: Shape(
        validators=(Validator(kinds=("KEY",), find=password.find),), before=password.BEFORE, after=password.AFTER
    ),
    anchors.PROFILE: Shape(
        validators=(Validator(kinds=("PROFILE",), find=profile_page.find),),
        before=profile_page.BEFORE,
        after=profile_page.AFTER,
    ),
    anchors.PEM: Shape(validators=(Validator(kinds=("KEY",), find=secret.find_pem),), before=8, after=secret.PEM_AFTER),
}
WORDS = (
    Words(kind="EMAIL_OBFUSCATED", row=mail.SPELT_ROW, match=mail.SPELT, find=mail.find_spelt, before=8, after=8),
    Words(
        kind="NATIONAL_ID",
        row=national.NAME,
        match=national.NAME,
        find=national.find_named,
        before=national.BEFORE,
        after=national.AFTER,
        near=national.NEAR,
    ),
    Words(kind="COORDINATES", row=coordinates.PAIR, match=coordinates.PAIR, find=coordinates.find),
)
