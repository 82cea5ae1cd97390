"""Texts of data are shown and do nothing, in Markdown, YAML and HTML."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from corpus.datasheet.escape import markdown
from corpus.datasheet.rows import Row
from corpus.datasheet.writers import card, page

HOSTILE = (
    "<script>alert(1)</script>",
    "[click](javascript:alert(1))",
    "![](https://track.test/x.png)",
    "# heading",
    "- item",
    "1. item",
    "| cell | cell |",
    "`code` *bold* _it_ ~~gone~~",
    "www.evil.test and https://evil.test and me@evil.test",
    "&lt;b&gt; &#x3c;",
    "---",
    "\\[x\\]",
)


def shown(line: str) -> tuple[str, list[str]]:
    """The text that a reader of GFM shows, and the kinds of everything that is no text."""
    markdown_it = pytest.importorskip("markdown_it")
    parser = markdown_it.MarkdownIt("commonmark").enable(["table", "strikethrough"])
    tokens = parser.parse(line)
    inner = [child for token in tokens for child in token.children or ()]
    kinds = [one.type for one in (*tokens, *inner) if one.type not in ("paragraph_open", "paragraph_close", "inline")]
    return "".join(one.content for one in inner), [kind for kind in kinds if kind not in ("text", "text_special")]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_texts(text: str) -> None:
    assert shown(markdown(text)) == (text, [])


@given(st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp", "Zs")), min_size=1))
def test_any_text_is_shown_as_it_is(text: str) -> None:
    wanted = " ".join(text.split())
    found, kinds = shown(markdown(text))
    assert (found.strip(), kinds) == (wanted, [])


def row(field: str, value: object, section: str = "Metadata") -> Row:
    return Row(
        standard="card", section=section, field=field, value=value, by="auto", evidence={"query": "", "fingerprint": ""}
    )


@pytest.mark.parametrize("text", [*HOSTILE, "no", "2026-01-01", "---\nlicense: mit", '"', "{{ 7*7 }}", "\u2028"])
def test_the_head_of_a_card_is_yaml_whatever_stands_in_it(text: str) -> None:
    whole = card.body([row("pretty_name", text), row("license", text)]).decode()
    head = whole.split("\n---\n", 1)[0].removeprefix("---\n")
    assert yaml.safe_load(head) == {"pretty_name": text, "license": ["other"], "license_name": text}


def test_licences_of_a_card_are_ids_of_the_hub() -> None:
    head = card.body([row("license", "Apache-2.0 AND CC-BY-SA-3.0")]).decode().split("\n---\n")[0]
    assert yaml.safe_load(head.removeprefix("---\n")) == {"license": ["apache-2.0", "cc-by-sa-3.0"]}


@pytest.mark.parametrize("value", [HOSTILE[0], [HOSTILE[0]], [{HOSTILE[0]: HOSTILE[0]}]])
def test_a_page_holds_no_tag_of_a_value(value: object) -> None:
    html = page.body([row("pretty_name", value)], HOSTILE[0], "0" * 16).decode()
    assert "<script" not in html
    assert "&lt;script&gt;" in html
