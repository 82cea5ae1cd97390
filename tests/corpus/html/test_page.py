"""The text of pages: nothing between tags is lost, what is no text stays out, options do what they say."""

import importlib.util
import random
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import RecipeError
from corpus.html import trafilatura_text
from corpus.html.extraction import Extraction
from corpus.html.page import page_text

ALL = Extraction(extractor="all")
MAIN = Extraction()
SCRIPTS = [
    "latin",
    "мова",
    "ελληνικά",
    "עברית",
    "العربية",
    "हिन्दी",
    "বাংলা",
    "ਪੰਜਾਬੀ",
    "தமிழ்",
    "తెలుగు",
    "ಕನ್ನಡ",
    "മലയാളം",
    "සිංහල",
    "ไทย",
    "ລາວ",
    "ខ្មែរ",
    "မြန်မာ",
    "日本語",
    "한국어",
    "中文",
    "አማርኛ",
    "ქართული",
    "հայերեն",
    "ᏣᎳᎩ",
    "𞤆𞤵𞤤𞤢𞤪",
    "—",
    "“",
    "”",
    "€",
    "…",
]
INLINE = ("a", "b", "em", "span", "i", "strong", "code", "small", "sub", "mark", "u", "cite", "q", "abbr")
CLASSES = ("", ' class="email"', ' class="share"', ' class="meta"', ' class="comment-nav"', ' href="/x"', ' id="ad"')


def text_of(markup: str, options: Extraction = ALL) -> str:
    found = page_text(markup, options)
    assert found is not None
    return found


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>A &amp; B &eacute &notit; &bogus; 3 < 4", "A & B é ¬it; &bogus; 3 < 4"),
        ("<p>&#150; &#x1F600; &#0; &#xD800; &nGt;", "– 😀 \ufffd \ufffd ≫⃒"),
        ("東京<a>の</a>大学", "東京の大学"),
        ('to <span class="email">a@b.org</span> <em class="share">word</em>', "to a@b.org word"),
        ("<p>one<p>two</b>three</div>four", "one\n\ntwothreefour"),
        ("<script>if (a<b) '</p>'</script>ok<style>p{}</style>", "ok"),
        ("<script><!-- <script></script> --></script>ok", "ok"),
        ("x<!-- a > b -->y<![CDATA[no]]>z<!-->w<? p ?>v", "xyzwv"),
        ("<svg><text>t<![CDATA[<p>]]></text><title>no</title></svg>", "t<p>"),
        ("<title>no</title><textarea>&lt;b></textarea>", "<b>"),
        ("<p>a\0b", "ab"),
        ("<P CLASS=x>UP</P><BR/>down", "UP\n\ndown"),
        ("<p>cut <a href='", "cut"),
        ("<ul><li>a<li>b<ul><li>c</ul></ul>d", "  • a\n  • b\n    • c\n\nd"),
        ("<ol><li>a<li>b</ol>", "  1. a\n  2. b"),
        ("<table><tr><th>A<th>B<tr><td>1<td><p>2</p></table>x", "A\tB\n1\t2\n\nx"),
        ("<table><tr><td>a<td><td>c</table>", "a\t\tc"),
        ("<pre>\n  <b>x</b>\r\n\ty  z</pre>tail", "  x\n\ty  z\n\ntail"),
        ("a<br>b<br><br>c", "a\nb\n\nc"),
        ("<dl><dt>t<dd>d<dt>u<dd>e</dl>", "t\nd\nu\ne"),
        ("<figure><img alt=no><figcaption>Caption</figcaption></figure>", "Caption"),
        ("<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp>字<rt>ji</rt></ruby>", "漢字"),
        ("<select><option>a<option>b</select>", "a\nb"),
        ("<table>loose<tr><td>x</table>", "loose\nx"),
        ("<a href=1>x<div>y</a>z</div>", "x\nyz"),
        ("", ""),
        ("<!doctype html><html><head><title>t</title></head><body></body></html>", ""),
    ],
)
def test_all_text_is_what_a_browser_shows(markup: str, expected: str) -> None:
    assert text_of(markup) == expected


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ('<math><mi>x</mi><annotation encoding="application/x-tex">x^2 &lt; 3</annotation></math>', "$x^2 < 3$"),
        ('<math alttext="a+b"><mi>a</mi></math>', "$a+b$"),
        ("<math><mi>a</mi><mo>+</mo><mi>b</mi></math>", "a+b"),
        ('<span class="MathJax">drawn</span><script type="math/tex">E=mc^2</script>', "$E=mc^2$"),
        (
            '<span class="katex"><span class="katex-mathml"><math><annotation encoding="application/x-tex">y'
            '</annotation></math></span><span class="katex-html" aria-hidden="true">yy</span></span>',
            "$y$",
        ),
        (
            "<mjx-container><mjx-math>drawn</mjx-math><mjx-assistive-mml><math><mi>z</mi></math></mjx-assistive-mml>"
            "</mjx-container>",
            "z",
        ),
        (
            "<mjx-container><svg><text>w</text></svg><mjx-assistive-mml><math><mi>w</mi></math></mjx-assistive-mml>"
            "</mjx-container>",
            "w",
        ),
        ('<math><mi>v</mi><annotation encoding="application/x-tex"> </annotation></math>', "v"),
        (r'<img class="tex" alt="\frac12">', r"$\frac12$"),
    ],
)
def test_formula_stands_once(markup: str, expected: str) -> None:
    assert text_of(f"<p>so {markup} is</p>") == f"so {expected} is"
    assert text_of(f"<p>so {markup} is</p>", MAIN) == f"so {expected} is"


def test_formulas_links_and_tables_can_be_asked_for() -> None:
    table = "<table><tr><td>1<td>2<tr><td>3<td>4</table>"
    math = "<math><mi>x</mi></math>"
    link = '<a href="/a?b=1&amp;c">here</a>'
    markup = f"<p>Text {math} and {link}</p>{table}"
    assert text_of(markup, Extraction(extractor="all", formulas=False)) == "Text and here\n\n1\t2\n3\t4"
    assert text_of(markup, Extraction(extractor="all", links=True)).startswith("Text x and [here](/a?b=1&c)")
    assert text_of(markup, Extraction(extractor="all", tables=False)) == "Text x and here"


ARTICLE = "".join(
    f"<p>Paragraph {n} tells, in sentences of some length, what the page is about. It has commas, and full stops.</p>"
    for n in range(12)
)
MENU = "".join(f'<li><a href="/{n}">Section {n}</a></li>' for n in range(9))
PAGE = f"""<html><body><nav class="menu"><ul>{MENU}</ul></nav>
<div class="content"><article><h1>What it is about</h1>{ARTICLE}
<ul><li>The first item of a list that belongs to the text.</li><li>The second item of it, no less.</li></ul>
<table><tr><th>Year</th><th>Height in metres</th></tr><tr><td>1990</td><td>12.5 above the ground</td></tr></table>
<pre>def area(r):
    return 3 * r</pre></article>
<div id="comments" class="comments"><h3>2 comments</h3>
<div class="comment"><p>I do not agree with this at all, my friend.</p></div>
<div class="comment"><p>But I do agree, and I say so here in public.</p></div></div></div>
<div class="cookie-banner"><p>We use cookies. <a href="/c">Accept</a></p></div>
<footer class="footer"><a href="/imprint">Imprint</a> <a href="/terms">Terms</a> Copyright 2020</footer>
</body></html>"""


def test_main_text_has_paragraphs_lists_tables_and_code_and_no_more() -> None:
    text = text_of(PAGE, MAIN)
    for kept in (
        "Paragraph 0 tells",
        "Paragraph 11",
        "  • The second item",
        "1990\t12.5",
        "def area(r):\n    return 3 * r",
    ):
        assert kept in text
    for left in ("Section 3", "cookies", "Imprint", "my friend"):
        assert left not in text


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("<pre><div class=line>def f():</div><div class=line>    return 1</div></pre>", "def f():\n    return 1"),
        ('<div class="sidebar tabs more"><pre>a = 1\nb = 2</pre></div>', "a = 1\nb = 2"),
        ("<dl><dt>Width</dt><dd>Three metres</dd><dt>H</dt><dd>Two</dd></dl>", "Width\nThree metres\nH\nTwo"),
        ("<figure><img alt=x><figcaption>The bridge in 1911.</figcaption></figure>", "The bridge in 1911."),
        ('<ul><li>See it now: <a href="/a">Shop</a></li></ul>', "  • See it now: Shop"),
        ("<ol><li>One</li><li>Two<ul><li>and a half</li></ul></li></ol>", "  1. One\n  2. Two\n    • and a half"),
        ("<h4>In short</h4>", "In short"),
    ],
)
def test_what_stands_between_paragraphs_is_kept(part: str, expected: str) -> None:
    text = text_of(PAGE.replace("</p><p>Paragraph 6", f"</p>{part}<p>Paragraph 6"), MAIN)
    before, after = text.index("Paragraph 5"), text.index("Paragraph 6")
    assert text[before:after].split("\n\n", 1)[1].strip("\n") == expected


def test_related_links_between_paragraphs_are_left_out() -> None:
    links = '<ul class="related"><li><a href="/1">Ten things to know</a></li><li><a href="/2">Nine more</a></li></ul>'
    assert "Ten things" not in text_of(PAGE.replace("</p><p>Paragraph 6", f"</p>{links}<p>Paragraph 6"), MAIN)


def test_item_of_a_list_that_is_left_out_gives_no_bullet() -> None:
    assert text_of(PAGE, MAIN).startswith("What it is about\n\n")


def test_comments_are_text_if_asked_for() -> None:
    assert "my friend" in text_of(PAGE, Extraction(comments=True))
    assert "Section 3" not in text_of(PAGE, Extraction(comments=True))


runs = st.lists(
    st.tuples(st.sampled_from(SCRIPTS), st.sampled_from(INLINE), st.sampled_from(CLASSES), st.booleans()),
    min_size=1,
    max_size=12,
)


@settings(max_examples=200, deadline=None)
@given(st.lists(runs, min_size=1, max_size=6), st.sampled_from(("p", "div", "li", "td", "blockquote")))
def test_no_character_between_tags_is_lost(paragraphs: list[list[tuple[str, str, str, bool]]], tag: str) -> None:
    blocks, expected = [], []
    for paragraph in paragraphs:
        parts = [f"<{name}{kind}>{text}</{name}>" if wrapped else text for text, name, kind, wrapped in paragraph]
        blocks.append(f"<{tag}>{''.join(parts)}</{tag}>")
        expected += [text for text, *_ in paragraph]
    around = {"li": ("<ul>", "</ul>"), "td": ("<table><tr>", "</tr></table>")}.get(tag, ("", ""))
    markup = f"<body>{around[0]}{''.join(blocks)}{around[1]}</body>"
    for options in (ALL, MAIN):
        assert squeezed(text_of(markup, options)).replace("•", "") == squeezed("".join(expected))


MARKUP = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<div>",
                "</div>",
                "<b>",
                "</b>",
                "<table>",
                "<tr>",
                "<td>",
                "</td>",
                "</table>",
                "<ul>",
                "<li>",
                "</ul>",
                "<h1>",
                "</h2>",
                "<a>",
                "</a>",
                "<form>",
                "</form>",
                "<svg>",
                "</svg>",
                "<math>",
                "<mi>",
                "</mi>",
                "<br>",
                "<button>",
                "</button>",
                "<pre>",
                "</pre>",
                "<select>",
                "<option>",
                "<script>",
                "</script>",
                "<!--",
                "-->",
                "<![CDATA[",
                "]]>",
                "<title>",
                "</title>",
                "&",
                "&lt",
                "&#x",
                "<textarea>",
                "</textarea>",
                "<",
                ">",
                "=",
                '"',
                "'",
                "<dd>",
                "<ruby>",
                "<rt>",
                "<template>",
                "</template>",
                "<head>",
                "<body>",
                "</body>",
                "<html>",
                "<frameset>",
                "<desc>",
            ]
        ),
        st.text(max_size=4),
    ),
    max_size=40,
).map("".join)


@settings(max_examples=300, deadline=None)
@given(MARKUP)
def test_any_markup_gives_text(markup: str) -> None:
    for options in (ALL, MAIN, Extraction(comments=True, links=True, tables=False, formulas=False)):
        found = text_of(markup, options)
        assert found == found.rstrip(" \n\t")
        assert len(found) <= 40 * len(markup) + 64


@pytest.mark.parametrize(
    "part",
    [
        "<div>", "<p>a", "<p><b a=1>", "<b></span>", "<table><td>", "<ul><li>x", "<!--", "&amp", "<svg><desc>",
        "<math><mi>", "<mjx-container>", "<a href=x>y", "<button>x", "<form>", "<dd><div>", "<p><object>", "<script>",
        "<select>x", '<i style="display:display:">', "<h1>x", "<svg><![CDATA[",
    ],
)  # fmt: skip
def test_time_is_bounded_for_any_page(part: str) -> None:
    text_of("<p>compiled")
    text_of("<p>compiled", MAIN)
    markup = "<span><div>" + part * (500_000 // len(part))
    started = time.process_time()
    text_of(markup)
    text_of(markup, MAIN)
    assert time.process_time() - started < 4  # 0.6 s where this was written; a quadratic pass takes minutes


def test_many_attributes_are_read_once() -> None:
    markup = "<p " + " ".join(f"a{n}=1" for n in range(40_000)) + ">x"
    started = time.process_time()
    assert text_of(markup) == "x"
    assert time.process_time() - started < 1


NEVER = "head script style template title noscript iframe noembed noframes audio video canvas datalist rt rp rtc"


def by_lexbor(markup: str) -> str:
    """The text of a page as another parser has it, without the elements that never show."""
    html = pytest.importorskip("resiliparse.parse.html")
    body = html.HTMLTree.parse(markup).body
    for name in NEVER.split():
        for element in list(body.get_elements_by_tag_name(name)):
            element.decompose()
    for element in list(body.query_selector_all("svg desc")):
        element.decompose()
    return str(body.text)


def test_text_of_archived_pages_is_that_of_another_parser() -> None:
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    from corpus.charset.choice import decode
    from tests.conftest import SAMPLE

    seen = 0
    with (SAMPLE / "web-sample.warc.gz").open("rb") as file:
        for record in ArchiveIterator(file, record_types=WarcRecordType.response):
            data = record.reader.read()
            found = decode(data, None, html=True) if b"<body" in data else None
            markup = found.text if found else None
            if markup is None or "<math" in markup or "\0" in markup:
                continue
            ours = re.sub(r"^ +(\d+\.|•) ", "", text_of(markup), flags=re.MULTILINE)
            assert squeezed(ours) == squeezed(by_lexbor(markup))
            seen += 1
    assert seen > 300


BROKEN = [
    "<p>",
    "</p>",
    "<div>",
    "</div>",
    "<b>",
    "</b>",
    "<table>",
    "<tr>",
    "<td>",
    "</td>",
    "</tr>",
    "</table>",
    "<ul>",
    "<li>",
    "</ul>",
    "<h1>",
    "</h2>",
    "<a>",
    "</a>",
    "<form>",
    "</form>",
    "<svg>",
    "</svg>",
    "<br>",
    "<button>",
    "</button>",
    "<pre>",
    "</pre>",
    "<dd>",
    "<dl>",
    "<script>",
    "</script>",
    "<!--",
    "-->",
    "<title>",
    "</title>",
    "&amp;",
    "<",
    ">",
    "<caption>",
    "</caption>",
    "<tbody>",
    "<style>",
    "</style>",
    "<span>",
    "</span>",
    "<ruby>",
    "<i>",
    "</i>",
    "</body>",
    "<head>",
    "</head>",
    "<center>",
    "<select>",
    "</select>",
    "<textarea>",
    "</textarea>",
    "<dt>",
    "<option>",
    "<noscript>",
    "</noscript>",
    "<iframe>",
    "</iframe>",
    "<video>",
]


def test_text_of_broken_markup_is_that_of_another_parser() -> None:
    """By characters: what stands in a table and no cell stands before it there, and where it is written here."""
    chance = random.Random(5)
    for _ in range(1500):
        parts = [
            chance.choice(BROKEN) if chance.random() < 0.6 else chance.choice(("x", "y1 ", "z", "é", "w "))
            for _ in range(chance.randint(1, 14))
        ]
        markup = "<body>" + "".join(parts)
        ours = re.sub(r"^ +(\d+\.|•) ", "", text_of(markup), flags=re.MULTILINE)
        assert sorted(squeezed(ours)) == sorted(squeezed(by_lexbor(markup))), markup


def test_trafilatura_is_asked_for_in_one_line_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(RecipeError, match=r'pip install "gristmill\[html\]"'):
        page_text("<p>x", Extraction(extractor="trafilatura"))


def test_page_that_is_too_deep_is_not_given_to_trafilatura() -> None:
    assert page_text("<div>" * 600 + "x", Extraction(extractor="trafilatura")) is None


def test_trafilatura_gives_the_same_whatever_came_before() -> None:
    pytest.importorskip("trafilatura")
    first = trafilatura_text.text(PAGE, tables=True, links=False)
    assert "Paragraph 11" in first
    assert [trafilatura_text.text(PAGE, tables=True, links=False) for _ in range(4)] == [first] * 4
