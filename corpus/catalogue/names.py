"""Languages and places as entries name them: tags of BCP 47, English names of its registry and of CLDR, and the words
that stand for several. Languages are those of the house's table; `names.tsv` has more names of them, and places."""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

from filters import scripts
from filters.languages import known, language_id

_CHARS: Final = 100  # of a name
_CODE: Final = re.compile(r"[A-Za-z]{2}|[0-9]{3}")  # ISO 3166-1 alpha-2, UN M49

# Words of the BigScience catalogue's forms that name no single language, or one by a name that CLDR has not.
_NAMES: Final = {
    **dict.fromkeys(("Niger-Congo", "Indic", "Programming Language"), ""),
    **{code: code for code in ("mul", "und", "mis", "zxx")},  # codes of BCP 47 that name no language
    "Flemish": "nl-BE",
    "Low Saxon": "nds-NL",
    "Moldavian": "ro-MD",
    "ar-CLS": "ar-x-cls",  # classical, and five dialects
    "ar-MSA": "ar",
    "ar-LEV": "apc",
    "ar-NOR": "ar-015",
    "ar-GLF": "afb",
    "Chi Chewa": "ny",
    "ChiShona": "sn",
    "ChiTumbuka": "tum",
    "isiZulu": "zu",
    "Kikongo": "kg",
    "Kirundi": "rn",
    "Luganda": "lg",
    "Northern Sotho": "nso",
    "Sesotho": "st",
    "Setswana": "tn",
    "Twi": "tw",
    "Xitsonga": "ts",
}
# Names of its list of countries that CLDR writes otherwise; what is no country of ISO 3166-1 stays as it is.
_PLACES: Final = {
    "World-Wide": "001",
    "Burma": "MM",
    "East Timor": "TL",
    "Sub-Saharan Africa": "202",
    "Latin America and the Caribbean": "419",
    "Northern America": "021",
    "Congo [DRC]": "CD",
    "Democratic Republic of the Congo": "CD",
    "Congo [Republic]": "CG",
    "Republic of the Congo": "CG",
    "Cote d'Ivoire": "CI",
    "Holy See": "VA",
    "Ivory Coast": "CI",
    "Macau": "MO",
    "Macedonia [FYROM]": "MK",
    "Myanmar [Burma]": "MM",
    "Palestine": "PS",
    "Swaziland": "SZ",
    "Svalbard and Jan Mayen Islands": "SJ",
    "São Tomé and Príncipe": "ST",
    "The Bahamas": "BS",
    "The Gambia": "GM",
    "Turkey": "TR",
    "United States of America": "US",
    "United States Virgin Islands": "VI",
    "Wallis and Futuna Islands": "WF",
    "Saint Helena, Ascension and Tristan da Cunha": "SH",
    "Saint Martin": "MF",
    "Bonaire, Saint Eustatius and Saba": "BQ",
    "Vatican City": "VA",
}
_PARTS: Final = frozenset(  # of countries, places that few states recognise, regions without a code
    {
        *("Azores", "Channel Islands", "England", "Great Britain", "Madeira", "Middle East and North Africa"),
        *("Northern Cyprus", "Northern Ireland", "Pacific Islands", "Sark", "Scotland", "Somaliland", "Wales"),
    }
)


# The parts of a tag, in order (RFC 5646, 2.1); the first of them is looked up before.
_TAG: Final = re.compile(
    r"(?P<primary>[a-z]{2,3})(?:-(?P<inner>[a-z]{3}))?(?:-(?P<script>[a-z]{4}))?(?:-(?P<place>[a-z]{2}|[0-9]{3}))?"
    r"(?P<variants>(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)(?P<more>(?:-[a-wy-z0-9](?:-[a-z0-9]{2,8})+)*)"
    r"(?P<own>(?:-x(?:-[a-z0-9]{1,8})+)?)"
)
# Tags of ISO 639-1 that are withdrawn, or (tl) are of a part of what the house joins.
_NOT_SHORT: Final = frozenset({"in", "iw", "ji", "jw", "mo", "sh", "tl"})


class _Names(NamedTuple):
    languages: Mapping[str, str]  # ISO 639-3 by plain name
    places: Mapping[str, str]  # ISO 3166-1 or UN M49 by plain name
    codes: frozenset[str]  # of places
    variants: frozenset[str]


def plain(name: str) -> str:
    """A name as it is compared: "Chinese (Traditional)" is `chinese traditional`."""
    return " ".join(re.sub(r"[-(),]", " ", name.casefold().replace("\u2019", "'")).split())


@cache
def _names() -> _Names:
    lines = (files("corpus.catalogue") / "names.tsv").read_text("utf-8").splitlines()[1:]
    rows = [line.split("\t") for line in lines]
    more = {name: code for kind, code, names in rows if kind == "language" for name in names.split("|")}
    return _Names(
        languages={**more, **{plain(one.name): code for code, one in reversed(known().items())}},
        places={name: code for kind, code, names in rows if kind == "place" for name in names.split("|")},
        codes=frozenset(code for kind, code, _ in rows if kind == "place"),
        variants=frozenset(code for kind, code, _ in rows if kind == "variant"),
    )


@cache
def _codes() -> Mapping[str, str]:
    """ISO 639-3 by every code of one part."""
    return {tag: code for code, one in known().items() for tag in (*one.tags, code)}


def short_code(code: str) -> str:
    """ISO 639-1 of a language, else its ISO 639-3.

    >>> short_code("deu"), short_code("ron"), short_code("nds")
    ('de', 'ro', 'nds')
    """
    tags = known()[code].tags if code in known() else ()
    return next((one for one in tags if len(one) == 2 and one not in _NOT_SHORT), code)


@cache
def language(name: str) -> str | None:
    """A BCP 47 tag; "" for a word that stands for several; None for what is no language.

    >>> language("French"), language("pt-br"), language("Niger-Congo"), language("Python"), language("Frensh")
    ('fr', 'pt-BR', '', 'code_Python', None)
    """
    if name in _NAMES:
        return _NAMES[name]
    if len(name) > _CHARS:
        return None
    if (found := language_id(name)) and found.startswith("code_"):
        return found
    if tag := _canonical(name):
        return tag
    code = _names().languages.get(plain(name))
    return short_code(code) if code else None


def _canonical(tag: str) -> str | None:
    """A tag in its one form; None for what is none, or names a language, script, place or variant that there is not."""
    parts = _TAG.fullmatch(tag.lower().replace("_", "-"))
    code = _codes().get(parts["primary"]) if parts else None
    if parts is None or code is None:
        return None
    inner = _codes().get(parts["inner"]) if parts["inner"] else code
    if inner is None or (inner != code and known()[inner].macro != code):
        return None
    script = scripts.code_of(parts["script"]) if parts["script"] else ""
    place = (parts["place"] or "").upper()
    variants = parts["variants"].split("-")[1:]
    if script is None or (place and place not in _names().codes) or not _names().variants.issuperset(variants):
        return None
    rest = f"{parts['variants']}{parts['more']}{parts['own']}"
    return "-".join(filter(None, (short_code(inner), (parts["script"] or "").title(), place))) + rest


@cache
def place(name: str) -> str | None:
    """ISO 3166-1 alpha-2, or UN M49 of a region of the world; "" for a part of a country; None for what is no place.

    >>> place("France"), place("Northern Africa"), place("ke"), place("Scotland"), place("Frankreich-Land")
    ('FR', '015', 'KE', '', None)
    """
    if name in _PARTS:
        return ""
    if name in _PLACES:
        return _PLACES[name]
    if len(name) > _CHARS:
        return None
    if _CODE.fullmatch(name):
        return name.upper() if name.upper() in _names().codes else None
    return _names().places.get(plain(name))
