"""What is done with a find: actions by kind, language and country, stand-ins, digests."""

from hashlib import scrypt

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iban, luhn

from corpus.texts.pii_policy import ACTIONS, Policy, Rule
from corpus.texts.redaction import Redacted, redact, redact_urls
from filters.pii.detect import detect
from filters.pii.pseudonym import pseudonym
from filters.pii.spans import DEFAULT, KINDS
from tests.pii.test_personal import TEXTS

KEY = "0123456789abcdef0123456789abcdef"
ITEMS = {
    "EMAIL": "jane.roe@mail.com",
    "EMAIL_OBFUSCATED": "jane [at] mail [dot] com",
    "IP_ADDRESS": "81.2.69.142",
    "PHONE": "+44 20 7946 0958",
    "CREDIT_CARD": "4111 1111 1111 1111",
    "IBAN": "DE89 3704 0044 0532 0130 00",
    "MAC_ADDRESS": "08:00:20:00:61:ca",
    "NATIONAL_ID": "529.982.247-25",
    "HANDLE": "@mill@mastodon.social",
    "KEY": "AKIAIOSFODNN7EXAMPLE",
    "CRYPTO_ADDRESS": "1BoatSLRHtKNngkdXEeobR76b53LETtpyT",
}


def done(text: str, policy: Policy, language: str = "eng_Latn") -> Redacted:
    return redact(pa.array([text]), [language], policy)


def test_every_action_does_what_it_says() -> None:
    text = "mail jane@mail.com, call +44 20 7946 0958"
    assert done(text, Policy()).texts.to_pylist() == ["mail PI:EMAIL, call PI:PHONE"]
    for calm in ("keep", "flag"):
        untouched = done(text, Policy(action=calm))
        assert untouched.texts.to_pylist() == [text]
        assert untouched.spans.action == [calm, calm]
        assert untouched.replaced.tolist() == [False]
    dropped = done(text, Policy(rules=(Rule(action="drop", kinds=("PHONE",)),)))
    assert dropped.dropped.tolist() == [True]
    assert done("nothing here", Policy(action="drop")).dropped.tolist() == [False]


def test_last_rule_that_fits_decides() -> None:
    policy = Policy(
        rules=(
            Rule(action="keep", kinds=("EMAIL",)),
            Rule(action="placeholder", kinds=("EMAIL",), languages=("deu_*",)),
            Rule(action="keep", kinds=("IBAN",), countries=("DE",)),
        )
    )
    assert done("a jane@mail.com", policy).texts.to_pylist() == ["a jane@mail.com"]
    assert done("a jane@mail.com", policy, "deu_Latn").texts.to_pylist() == ["a PI:EMAIL"]
    text = "DE89 3704 0044 0532 0130 00 and FR14 2004 1010 0505 0001 3M02 606"
    assert done(text, policy).texts.to_pylist() == ["DE89 3704 0044 0532 0130 00 and PI:IBAN"]


def test_roots_redacts_its_kinds_under_its_names() -> None:
    text = "jane@mail.com 81.2.69.142 @mill@mastodon.social +44 20 7946 0958"
    assert done(text, Policy(preset="roots")).texts.to_pylist() == ["PI:EMAIL PI:IP_ADDRESS PI:USER +44 20 7946 0958"]


@pytest.mark.parametrize("kind", sorted(ITEMS))
def test_pseudonym_is_stable_of_the_same_shape_and_nobodys(kind: str) -> None:
    value = ITEMS[kind]
    one = pseudonym(kind, value, KEY.encode())
    if kind in ("KEY", "CRYPTO_ADDRESS"):
        assert one is None
        return
    assert one is not None
    assert one == pseudonym(kind, value, KEY.encode())
    assert one != pseudonym(kind, value, b"another key of 16")
    assert one != value
    assert [c for c in one if not c.isalnum()] == [c for c in value if not c.isalnum()] or kind in (
        "EMAIL",
        "EMAIL_OBFUSCATED",
        "HANDLE",
    )
    assert detect(pa.array([f"x {one} y"]), ["eng_Latn"]).get(0, []) == []


def test_pseudonyms_stand_in_reserved_ranges() -> None:
    key = KEY.encode()
    card = pseudonym("CREDIT_CARD", ITEMS["CREDIT_CARD"], key)
    assert card is not None
    assert luhn.is_valid(card.replace(" ", ""))
    assert card.startswith("0")
    account = pseudonym("IBAN", ITEMS["IBAN"], key)
    assert account is not None
    assert account.startswith("XX")
    assert iban.calc_check_digits(account.replace(" ", "")) == account[2:4]
    assert str(pseudonym("EMAIL", "a@b.com", key)).endswith(".invalid")
    assert str(pseudonym("IP_ADDRESS", "2a00::5", key)).startswith("2001:db8:")


def test_case_and_joints_do_not_make_another_person() -> None:
    key = KEY.encode()
    assert pseudonym("EMAIL", "Jane@Mail.com", key) == pseudonym("EMAIL", "jane@mail.com", key)
    policy = Policy(key=KEY)
    assert policy.digest("IBAN", "DE89 3704") == policy.digest("IBAN", "DE893704")
    assert policy.digest("IBAN", "DE893704") != policy.digest("PHONE", "DE893704")
    assert Policy().digest("EMAIL", "a@b.com") is None


def test_key_is_in_no_manifest() -> None:
    policy = Policy(key=KEY)
    assert KEY not in str(policy.identity())
    assert policy.identity() != Policy(key=KEY + "x").identity()


def test_mark_of_a_key_costs_scrypt_for_each_guess() -> None:
    """RFC 7914 with 128 MB; the mark is the same in every release, so that a stage is found again."""
    salt = b"gristmill: mark of [pii] key in manifests, 1"
    wanted = scrypt(KEY.encode(), salt=salt, n=1 << 17, r=8, p=1, maxmem=1 << 28, dklen=16).hex()
    assert Policy(key=KEY).identity()["key"] == wanted
    assert Policy().identity()["key"] == ""


@pytest.mark.parametrize("size", [1, 31, 65])
def test_key_that_could_be_guessed_or_is_too_long_is_refused_unseen(size: int) -> None:
    with pytest.raises(ValueError, match="32 to 64 bytes: make one with `openssl rand -hex 32`") as caught:
        Policy(key="k" * size)
    assert "kk" not in str(caught.value)


@pytest.mark.parametrize(
    "table",
    [
        {"kinds": ("EMAL",)},
        {"placeholder": "REMOVED"},
        {"placeholder": "{kind}@x.com"},
        {"key": "short"},
        {"action": "pseudonym"},
    ],
)
def test_policy_that_cannot_be_is_refused(table: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r".{20}"):
        Policy(**table)  # type: ignore[arg-type]


def test_addresses_of_pages_lose_addresses_of_people_and_keys() -> None:
    urls = [
        "https://x.org/unsubscribe?email=jane%40mail.com&id=4155552671",
        "https://x.org/a?access_token=9f86d081884c7d659a2feaa0c55ad015",
        "https://x.org/articles/123456789",
        None,
    ]
    assert redact_urls(urls, Policy()) == [
        "https://x.org/unsubscribe?email=PI:EMAIL&id=4155552671",
        "https://x.org/a?access_token=PI:KEY",
        *urls[2:],
    ]
    assert redact_urls(urls, Policy(kinds=("PHONE",))) == urls
    assert redact_urls(urls, Policy(action="keep")) == urls
    dropped = redact_urls(urls, Policy(action="drop"))
    assert dropped[0] == "https://x.org/unsubscribe?email=PI:EMAIL&id=4155552671"


def test_country_must_be_two_capitals() -> None:
    with pytest.raises(ValueError, match="ISO 3166-1"):
        Rule(action="keep", countries=("Germany",))


POLICIES = st.builds(
    Policy,
    action=st.sampled_from(ACTIONS),
    key=st.just(KEY),
    kinds=st.sampled_from([DEFAULT, KINDS, ("EMAIL", "PHONE")]),
    rules=st.lists(
        st.builds(
            Rule,
            action=st.sampled_from(ACTIONS),
            kinds=st.lists(st.sampled_from(KINDS), max_size=2).map(tuple),
        ),
        max_size=2,
    ).map(tuple),
)
MIXED = st.lists(st.one_of(st.sampled_from(sorted(ITEMS.values())), TEXTS), max_size=6).map(" ".join)


@given(MIXED, POLICIES)
def test_second_redaction_changes_nothing_whatever_the_policy(text: str, policy: Policy) -> None:
    once = done(text, policy)
    if once.dropped[0]:
        return
    again = done(once.texts[0].as_py(), policy)
    assert again.texts.equals(once.texts)


@given(MIXED, POLICIES)
def test_only_what_stands_in_spans_is_another(text: str, policy: Policy) -> None:
    once = done(text, policy)
    spans = list(zip(once.spans.start.tolist(), once.spans.end.tolist(), strict=True))
    outside, last = [], 0
    for start, end in spans:
        assert last <= start < end <= len(text)
        outside.append(text[last:start])
        last = end
    outside.append(text[last:])
    left = once.texts[0].as_py()
    assert left.startswith(outside[0])
    assert left.endswith(outside[-1])
    place = 0
    for piece in outside:
        place = left.index(piece, place) + len(piece)
