"""Elements by number, and what the parser and the writer must know of each (WHATWG HTML, sections 13.2 and 15.3)."""

import numpy as np

from corpus.html import names

TEXT, OTHER, GHOST = 0, 1, 2  # a text node; an element of another name; one that is closed but still on the stack

_NAMES = [
    "html",
    "head",
    "body",
    "a",
    "abbr",
    "address",
    "applet",
    "area",
    "article",
    "aside",
    "audio",
    "b",
    "base",
    "basefont",
    "bgsound",
    "big",
    "blockquote",
    "br",
    "button",
    "canvas",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "data",
    "datalist",
    "dd",
    "del",
    "details",
    "dfn",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "em",
    "embed",
    "fieldset",
    "figcaption",
    "figure",
    "font",
    "footer",
    "form",
    "frame",
    "frameset",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hgroup",
    "hr",
    "i",
    "iframe",
    "img",
    "input",
    "ins",
    "kbd",
    "keygen",
    "label",
    "legend",
    "li",
    "link",
    "listing",
    "main",
    "map",
    "mark",
    "marquee",
    "menu",
    "meta",
    "meter",
    "nav",
    "nobr",
    "noembed",
    "noframes",
    "noscript",
    "object",
    "ol",
    "optgroup",
    "option",
    "output",
    "p",
    "param",
    "picture",
    "plaintext",
    "pre",
    "progress",
    "q",
    "rb",
    "rp",
    "rt",
    "rtc",
    "ruby",
    "s",
    "samp",
    "script",
    "search",
    "section",
    "select",
    "slot",
    "small",
    "source",
    "span",
    "strike",
    "strong",
    "style",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "template",
    "textarea",
    "tfoot",
    "th",
    "thead",
    "time",
    "title",
    "tr",
    "track",
    "tt",
    "u",
    "ul",
    "var",
    "video",
    "wbr",
    "xmp",
    "math",
    "mi",
    "mo",
    "mn",
    "ms",
    "mtext",
    "annotation",
    "annotation-xml",
    "semantics",
    "svg",
    "foreignobject",
    "desc",
    "mjx-container",
    "mjx-math",
    "mjx-assistive-mml",
]
NUMBER = {name: number for number, name in enumerate(_NAMES, start=3)}
COUNT = 256  # of rows of tables by number

_SETS = {
    "VOID": "area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr",
    "RAW": "script style xmp iframe noembed noframes plaintext",
    "REFERENCES": "title textarea",  # raw, but character references count
    "SPECIAL": """address applet area article aside base basefont bgsound blockquote body br button caption center col
        colgroup dd details dir div dl dt embed fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6
        head header hgroup hr html iframe img input keygen li link listing main marquee menu meta nav noembed noframes
        noscript object ol p param plaintext pre script search section select source style summary table tbody td
        template textarea tfoot th thead title tr track ul wbr xmp mi mo mn ms mtext annotation-xml foreignobject
        desc""",
    "SCOPE": """applet caption html table td th marquee object template mi mo mn ms mtext annotation-xml foreignobject
        desc title""",
    "ENDS_P": """address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer
        header hgroup main menu nav ol p search section summary ul h1 h2 h3 h4 h5 h6 pre listing form table hr xmp
        plaintext li dd dt""",
    "BLOCK": """address article aside blockquote body center details dialog dir div dl dt dd fieldset figcaption figure
        footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li listing main menu nav ol optgroup option
        p plaintext pre search section select summary table caption tbody td tfoot th thead tr textarea ul xmp
        colgroup marquee""",
    "APART": """address article blockquote dl figure h1 h2 h3 h4 h5 h6 hr ol p plaintext pre listing xmp table ul menu
        dir""",  # a blank line before and after
    "NEVER": """head script style template title noscript iframe noembed noframes audio video canvas datalist rt rp rtc
        desc""",
    "HEADING": "h1 h2 h3 h4 h5 h6",
    "IN_HEAD": "base basefont bgsound link meta title script style noscript template noframes head",
    "BREAKOUT": """b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing
        menu meta nobr ol p pre ruby s small span strong strike sub sup table tt u ul var""",
    "TABLE_PART": "caption colgroup col tbody tfoot thead tr td th",
    "SECTION_OF_TABLE": "tbody tfoot thead",
    "IN_TABLE": "table tbody tfoot thead tr",
    "PRE": "pre listing xmp plaintext textarea",
    "INTEGRATION": "mi mo mn ms mtext annotation-xml foreignobject desc title",
    "RUBY_PART": "rb rp rt rtc",
    "CONTROL": "button select textarea label option",
    "STRONG": "b strong em i",
    "LIST": "ul ol menu dir",
    "ONLY_FOREIGN": "mi mo mn ms mtext annotation annotation-xml semantics foreignobject desc",  # else of no meaning
}
(
    VOID, RAW, REFERENCES, SPECIAL, SCOPE, ENDS_P, BLOCK, APART, NEVER, HEADING, IN_HEAD, BREAKOUT, TABLE_PART,
    SECTION_OF_TABLE, IN_TABLE, PRE, INTEGRATION, RUBY_PART, CONTROL, STRONG, LIST, ONLY_FOREIGN,
) = (1 << place for place in range(len(_SETS)))  # fmt: skip


def _properties() -> np.ndarray:
    """int32 by element: the sets that it is in, as bits in the order of `_SETS`."""
    bits = np.zeros(COUNT, np.int32)
    for place, members in enumerate(_SETS.values()):
        for name in members.split():
            bits[NUMBER[name]] |= 1 << place
    return bits


PROPERTIES = _properties()
HASHES, NUMBERS = names.table({names.hashed(name, names.ELEMENT): number for name, number in NUMBER.items()})
