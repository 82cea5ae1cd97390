"""Which countries a text speaks of: where its language is written, and whose address it came from."""

from functools import lru_cache

# Where a language is mostly written on the web, by speakers (CLDR 45, territory-language information), most first.
_REGIONS = {
    "afr": ("ZA", "NA"),
    "amh": ("ET",),
    "ara": ("EG", "SA", "AE", "MA", "DZ", "IQ", "JO"),
    "aze": ("AZ",),
    "bel": ("BY",),
    "ben": ("BD", "IN"),
    "bos": ("BA",),
    "bul": ("BG",),
    "cat": ("ES", "AD"),
    "ces": ("CZ",),
    "dan": ("DK",),
    "deu": ("DE", "AT", "CH"),
    "ell": ("GR", "CY"),
    "eng": ("US", "GB", "CA", "AU", "IN", "IE", "NZ", "ZA"),
    "est": ("EE",),
    "eus": ("ES",),
    "fas": ("IR",),
    "fil": ("PH",),
    "fin": ("FI",),
    "fra": ("FR", "BE", "CH", "CA"),
    "gle": ("IE",),
    "glg": ("ES",),
    "heb": ("IL",),
    "hin": ("IN",),
    "hrv": ("HR",),
    "hun": ("HU",),
    "hye": ("AM",),
    "ind": ("ID",),
    "isl": ("IS",),
    "ita": ("IT", "CH"),
    "jpn": ("JP",),
    "kat": ("GE",),
    "kaz": ("KZ",),
    "kor": ("KR",),
    "lit": ("LT",),
    "lav": ("LV",),
    "mkd": ("MK",),
    "mlt": ("MT",),
    "msa": ("MY",),
    "nep": ("NP",),
    "nld": ("NL", "BE"),
    "nno": ("NO",),
    "nob": ("NO",),
    "pol": ("PL",),
    "por": ("BR", "PT"),
    "ron": ("RO", "MD"),
    "rus": ("RU", "KZ", "BY"),
    "slk": ("SK",),
    "slv": ("SI",),
    "spa": ("ES", "MX", "AR", "CO", "CL", "PE", "US", "VE", "EC", "GT", "UY", "DO", "CR", "PY", "SV"),
    "sqi": ("AL",),
    "srp": ("RS",),
    "swe": ("SE", "FI"),
    "swh": ("KE", "TZ"),
    "tam": ("IN", "LK"),
    "tel": ("IN",),
    "tha": ("TH",),
    "tur": ("TR",),
    "ukr": ("UA",),
    "urd": ("PK", "IN"),
    "vie": ("VN",),
    "zho": ("CN", "TW", "HK", "SG"),
    "yue": ("HK", "CN"),
}
_TOPS = {"uk": "GB", "su": "RU"}  # that are not the code itself
# Two letters that the web uses for their sound, not for the country.
_SOUNDS = frozenset({"io", "ai", "co", "me", "tv", "fm", "am", "ly", "to", "cc", "ws", "gg", "so", "sh", "eu", "im"})


def of(language: str, country: str) -> tuple[str, ...]:
    """ISO 3166-1 codes, likeliest first: of the address, then of the language (id, ISO 639-3 first)."""
    spoken = _REGIONS.get(language[:3], ())
    return (country, *(region for region in spoken if region != country)) if country else spoken


@lru_cache(4096)
def country(url: str) -> str:
    """The country that an address names by its top-level domain, else ""."""
    host = url.partition("://")[2].partition("/")[0].partition(":")[0].rpartition("@")[2]
    top = host.rpartition(".")[2].lower()
    if len(top) != 2 or not top.isascii() or not top.isalpha() or top in _SOUNDS:
        return ""
    return _TOPS.get(top, top.upper())
