"""Labels of pieces of text: the language that a source's locale says, and the script that the text is in."""

# ruff: noqa: SIM905  (a word a row would be longer than all else here)

import unicodedata
from collections import Counter
from functools import cache
from importlib.resources import files

_JUDGED = 120  # characters of a piece
_LEAST_SHARE = 0.7  # of the letters in one script
_NAMES = {  # first word of a letter's Unicode name, of ISO 15924
    "LATIN": "Latn", "CYRILLIC": "Cyrl", "GREEK": "Grek", "ARABIC": "Arab", "HEBREW": "Hebr", "DEVANAGARI": "Deva",
    "BENGALI": "Beng", "GURMUKHI": "Guru", "GUJARATI": "Gujr", "ORIYA": "Orya", "TAMIL": "Taml", "TELUGU": "Telu",
    "KANNADA": "Knda", "MALAYALAM": "Mlym", "SINHALA": "Sinh", "THAI": "Thai", "LAO": "Laoo", "TIBETAN": "Tibt",
    "MYANMAR": "Mymr", "KHMER": "Khmr", "GEORGIAN": "Geor", "ARMENIAN": "Armn", "ETHIOPIC": "Ethi", "HANGUL": "Hang",
    "HIRAGANA": "Kana", "KATAKANA": "Kana", "CJK": "Hani", "CHEROKEE": "Cher", "CANADIAN": "Cans", "THAANA": "Thaa",
    "SYRIAC": "Syrc", "TIFINAGH": "Tfng", "OL": "Olck", "NKO": "Nkoo", "MEETEI": "Mtei", "YI": "Yiii", "COPTIC": "Copt",
    "TAI": "",
    "MODIFIER": "", "KATAKANA-HIRAGANA": "", "FEMININE": "", "MASCULINE": "", "MICRO": "", "COMBINING": "",
}  # fmt: skip
# Locales that are not an ISO 639 code and a region: which language they are. "" for none of ours.
_LOCALES = {
    "no": "nob", "tl": "fil", "eml": "egl", "gug": "grn", "kmr": "kur", "ku": "kur", "cmn": "zho",
    "swa": "swh", "sw": "swh", "zsm": "msa", "npi": "nep", "ory": "ori", "prs": "fas", "bik": "bcl", "iso": "",
    "map": "", "roa": "", "simple": "", "ike": "iku", "bat": "", "cbk": "cbk", "be-tarask": "bel", "mo": "",
    "ar-ma": "ary", "ary": "ary", "pcm": "pcm", "dz-algerian": "arq", "sr": "srp", "cpf": "hat", "ktu": "kon",
    "kok": "gom", "sro": "srd", "nhe": "nah",
    "bbc": "bbc", "btk": "bbc", "khk": "mon", "tw-asan": "twi", "tw-akua": "twi", "fat": "aka", "dje": "dje",
    "en-x-shaw": "", "racv": "", "bn-latn": "", "sd-latn": "", "ber": "", "nah": "nah", "qu": "que", "quy": "que",
    "alt": "alt", "sat": "sat", "arb": "ara", "ckb": "ckb", "sorani": "ckb", "ekk": "est", "lvs": "lav", "ydd": "yid",
    "ms": "msa", "gaz": "orm", "mg": "mlg", "plt": "mlg", "uzn": "uzb", "azj": "aze", "ps": "pus", "pbt": "pus",
    "als": "gsw", "aln": "aln", "sq": "sqi", "din": "din", "kr": "kau", "knc": "kau", "ff": "ful", "fuv": "ful",
    "om": "orm", "kg": "kon", "chm": "mhr", "bua": "bxr", "zza": "diq", "kv": "kom", "kpv": "kom", "fa-af": "fas",
    "srd": "srd", "rm-sursilv": "roh", "rm-vallader": "roh", "zh-hk": "yue", "zh-yue": "yue", "zh-classical": "lzh",
    "zh-min-nan": "nan", "aii": "aii", "syr": "aii", "apd-sd": "apd", "sat-latn": "", "ktz": "",
}  # fmt: skip
# Scripts that a language is written in beside its usual one, or instead of it.
SCRIPTS = {
    "srp": ("Cyrl", "Latn"), "uzb": ("Latn", "Cyrl"), "zho": ("Hans", "Hant"), "pan": ("Guru", "Arab"),
    "kas": ("Arab", "Deva"), "ace": ("Latn", "Arab"), "bjn": ("Latn", "Arab"), "msa": ("Latn", "Arab"),
    "kaz": ("Cyrl", "Arab"), "crh": ("Latn", "Cyrl"), "snd": ("Arab", "Deva"), "mni": ("Beng", "Mtei"),
    "shi": ("Latn", "Tfng"), "kur": ("Latn",), "bam": ("Latn", "Nkoo"), "hbs": ("Latn",), "yue": ("Hant",),
    "sat": ("Olck",), "wal": ("Latn",), "gom": ("Deva", "Latn"), "iku": ("Cans",), "lzh": ("Hant",), "jpn": ("Jpan",),
}  # fmt: skip
# Not told: constructed ones, notes for translators, names of groups, and varieties whose text here is too little to
# tell them from a language that is told.
_LEFT_OUT = frozenset(
    "abs aln ang apd arc arq avk ayl bcc bew bgn bqi cdo chu cop cps frc gan got gpe grc hak hbs hrx "
    "hyw isv jut lfn lki luz meo mnc mui nan nod pcd pnt qqq rki rom rsk sdc sdh sli tdd tok wuu zea ".split()
)
_HANT = {"tw", "hk", "mo", "hant"}


@cache
def _table() -> list[list[str]]:
    """Codes as they were known when the model was trained: another table would give other text."""
    lines = (files("benchmarks.languages_text") / "codes.tsv").read_text("utf-8").splitlines()[1:]
    return [line.split("\t") for line in lines]


@cache
def _short() -> dict[str, str]:
    """ISO 639-1 to 639-3."""
    return {two: three for three, two, _, _ in _table() if two}


def is_known(language: str) -> bool:
    return any(language == three for three, _, _, _ in _table())


def is_told(language: str) -> bool:
    return language not in _LEFT_OUT


def usual_script(language: str) -> str:
    """ISO 15924 of an ISO 639-3 code, "" for one that the table has not got or that `SCRIPTS` speaks of."""
    return "" if language in SCRIPTS else {three: script for three, _, script, _ in _table()}.get(language, "")


@cache
def language_of(locale: str) -> str:
    """ISO 639-3 of a source's locale, "" for none."""
    plain = locale.strip().lower().replace("_", "-").replace("@", "-").replace(".", "-")
    first = plain.split("-")[0]
    for name in (plain, first):
        if name in _LOCALES:
            return "" if _LOCALES[name] in _LEFT_OUT else _LOCALES[name]
    three = _short().get(first, first)
    return three if len(three) == 3 and three.isascii() and three.isalpha() and three not in _LEFT_OUT else ""


@cache
def script_of_letter(letter: str) -> str:
    """ISO 15924 of a letter, "" for one that many scripts share."""
    try:
        name = unicodedata.name(letter)
    except ValueError:
        return ""
    return _NAMES.get(name.split()[0].split("-")[0], name.split()[0].title()[:4])


def script_of(text: str) -> str:
    """ISO 15924 of most letters of a text, "" where none has its greater part."""
    found = Counter(script_of_letter(letter) for letter in text[:_JUDGED] if letter.isalpha())
    del found[""]
    total = sum(found.values())
    if not total:
        return ""
    if found["Kana"] and found["Kana"] + found["Hani"] > _LEAST_SHARE * total:
        return "Jpan"
    script, count = found.most_common(1)[0]
    return script if count > _LEAST_SHARE * total else ""


def label_of(locale: str, text: str) -> str:
    """`xxx_Scrp` for a piece of text of a locale, "" where it has none."""
    three, script = language_of(locale), script_of(text)
    if not three or not script:
        return ""
    if script == "Hani":
        if three == "jpn":
            return "jpn_Jpan"
        parts = set(locale.lower().replace("_", "-").split("-"))
        script = "Hant" if three in {"yue", "nan", "hak"} or parts & _HANT else "Hans"
        if three == "kor" or three not in {"zho", "yue", "lzh", "wuu", "gan", "nan", "hak"}:
            return ""
    elif script == "Hang":
        script = "Kore"
    if (three == "jpn") != (script == "Jpan"):
        return ""
    return f"{three}_{script}"
