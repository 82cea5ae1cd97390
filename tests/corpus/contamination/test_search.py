"""Items found in texts: forms, scripts, what is no proof; the compiled pass beside a naive one."""

import random
import re
from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.contamination import item_index
from corpus.contamination.items import Item
from corpus.contamination.search import Match, canaries, search
from filters.batch import Batch
from filters.kernels import item_spans

QUESTIONS = {
    "eng": "Which of the seven bridges over the old canal was closed for repair after the spring flood of that year?",
    "deu": "Welche der sieben Brücken über den alten Kanal wurde nach dem Hochwasser jenes Frühjahrs lange gesperrt?",
    "fra": "Lequel des sept ponts sur le vieux canal a été fermé pour réparation après la crue de cette année-là ?",
    "rus": "Какой из семи мостов через старый канал был закрыт на ремонт после весеннего паводка того самого года?",
    "ell": "Ποια από τις επτά γέφυρες πάνω από το παλιό κανάλι έκλεισε για επισκευή μετά την πλημμύρα της άνοιξης;",
    "ara": "أي من الجسور السبعة فوق القناة القديمة أغلق للإصلاح بعد فيضان الربيع في ذلك العام البعيد؟",
    "heb": "איזה משבעת הגשרים מעל התעלה הישנה נסגר לתיקון אחרי השיטפון של האביב באותה שנה רחוקה?",
    "hin": "पुरानी नहर के ऊपर बने सात पुलों में से कौन सा उस वर्ष की वसंत की बाढ़ के बाद मरम्मत के लिए बंद किया गया था?",
    "ben": "পুরোনো খালের উপরের সাতটি সেতুর মধ্যে কোনটি সেই বছরের বসন্তের বন্যার পরে মেরামতের জন্য বন্ধ করা হয়েছিল?",
    "tam": "பழைய கால்வாயின் மேல் உள்ள ஏழு பாலங்களில் எது வெள்ளத்திற்குப் பிறகு பழுதுபார்க்க மூடப்பட்டது?",
    "tha": "สะพานใดในเจ็ดสะพานข้ามคลองเก่าถูกปิดซ่อมแซมหลังน้ำท่วมในฤดูใบไม้ผลิของปีนั้น",
    "cmn": "那一年春天洪水过后，旧运河上的七座桥中哪一座因为维修而关闭了整整三个月？",
    "jpn": "その年の春の洪水のあと、古い運河にかかる七つの橋のうち修理のために閉鎖されたのはどの橋ですか。",
    "kor": "그해 봄 홍수가 지나간 뒤에 오래된 운하 위의 일곱 다리 가운데 수리를 위해 닫힌 다리는 무엇입니까?",
    "tur": "O yılın bahar selinden sonra eski kanalın üzerindeki yedi köprüden hangisi onarım için kapatıldı?",
    "vie": "Cây cầu nào trong bảy cây cầu qua con kênh cũ đã bị đóng cửa để sửa chữa sau trận lũ mùa xuân ấy?",
    "swa": "Ni daraja lipi kati ya madaraja saba ya mfereji wa zamani lilifungwa kwa matengenezo baada ya mafuriko?",
    "amh": "በዚያ ዓመት የጸደይ ጎርፍ በኋላ በአሮጌው ቦይ ላይ ካሉት ሰባት ድልድዮች ለጥገና የተዘጋው የትኛው ነው?",
}  # fmt: skip
ITEMS = [Item(suite="own", task=name, id=name, question=text) for name, text in QUESTIONS.items()]
INDEX = item_index.build(ITEMS, 13)
FILLER = (
    "The harbour master kept his own ledger. Rain came in from the west before noon.\n"
    "Nobody at the market had heard of the new tariff, and prices stayed where they were.\n"
)


def _found(text: str, index: item_index.ItemIndex = INDEX) -> list[Match]:
    return list(search(index, pa.array([text], pa.string()), 0.8))


def _ids(text: str, index: item_index.ItemIndex = INDEX) -> set[str]:
    return {index.items[match.item].id for match in _found(text, index)}


FORMS: dict[str, Callable[[str], str]] = {
    "verbatim": lambda text: text,
    # Capitals of Turkish are those of another language to Unicode's folding: its dotless i is left as it is.
    "case and blanks": lambda text: "".join(c if c == "ı" else c.upper() for c in text).replace(" ", "   "),
    "lines wrapped again": lambda text: re.sub(r"(.{20}) ", r"\1\n", text),
    "own paragraph": lambda text: f"{FILLER}\n\n{text}\n\n{FILLER}",
    "inline": lambda text: f"{FILLER.strip()} {text} {FILLER}",
    "punctuation": lambda text: re.sub(r"[,，、。？?;؟]", " -- ", text),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("language", QUESTIONS)
def test_every_form_in_every_script(form: str, language: str) -> None:
    text = FORMS[form](QUESTIONS[language])
    assert _ids(text) == {language}
    (match,) = _found(text)
    where = text[match.start : match.end]
    assert match.whole
    assert len(where) <= len(text.strip())
    assert FILLER[:20] not in where


@pytest.mark.parametrize("language", QUESTIONS)
def test_one_word_changed(language: str) -> None:
    text = QUESTIONS[language]
    words = text.split()
    if len(words) > 8:
        middle = len(words) // 2
        assert _ids(" ".join([*words[:middle], "qqq", *words[middle + 1 :]])) == {language}
    else:
        middle = len(text) // 2
        assert _ids(text[:middle] + "囗" + text[middle + 1 :]) == {language}


def test_what_is_no_proof() -> None:
    assert _found(FILLER * 20) == []
    assert _found("Which of the seven bridges over the old canal is your favourite?") == []
    translations = {name: item_index.build([ITEMS[number]], 13) for number, name in enumerate(QUESTIONS)}
    for name, index in translations.items():
        for other, text in QUESTIONS.items():
            assert bool(_found(text, index)) == (name == other)


def test_short_questions_need_their_answer() -> None:
    items = [
        Item(suite="s", task="t", id="0", question="Who wove the cloak?", answer="Arachne the weaver"),
        Item(suite="s", task="t", id="1", question="Who wove the sail?"),
        Item(suite="s", task="t", id="2", question="Why?", answer="Because"),
    ]
    index = item_index.build(items, 13)
    assert index.unchecked.tolist() == [1, 2]
    assert _ids("People ask who wove the cloak. I do not know.", index) == set()
    assert _ids("Who wove the cloak?\nAnswer: Arachne the weaver.", index) == {"0"}
    assert _ids("Who wove the cloak?" + " and so on" * 30 + " Arachne the weaver", index) == set()


def test_phrases_of_suites_are_no_seeds() -> None:
    """So many items have "which of the following statements is": each is found by what is its own."""
    items = [
        Item(
            suite="s",
            task="t",
            id=str(n),
            question=f"Which of the following statements is true of number {n} thousand {n * 7} parts?",
        )
        for n in range(200)
    ]
    index = item_index.build(items, 13)
    assert _ids(f"{FILLER} {items[17].question}", index) == {"17"}
    assert _ids("Which of the following statements is true of number?", index) == set()
    assert index.unchecked.tolist() == []
    alike = [
        Item(suite="s", task="t", id=str(n), question=f"Close the brackets of the input {'(' * n}") for n in range(99)
    ]
    assert len(item_index.build(alike, 13).unchecked) == 99


def test_canaries() -> None:
    guid = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
    own = "11111111-2222-3333-4444-555555555555"
    index = item_index.build(
        [Item(suite="s", task="t", id="0", question="a b c d e f g h", canary=f"canary GUID {own}")], 13
    )
    text = pa.array([f"x canary GUID {guid} y", "nothing", f"only {own} here", f"canary GUID {own}", guid])
    found = list(canaries(index, text))
    assert [(one.row, one.kind) for one in found] == [(0, "canary"), (2, "canary"), (3, "canary")]
    assert text[0].as_py()[found[0].start : found[0].end] == f"canary GUID {guid}"


def _naive(words: Sequence[int], field: Sequence[int], k: int) -> bool:
    """Whether any run of k words is in both."""
    runs = {tuple(field[i : i + k]) for i in range(len(field) - k + 1)}
    return any(tuple(words[i : i + k]) in runs for i in range(len(words) - k + 1))


@given(st.integers(0, 10**6))
def test_seeds_beside_a_naive_twin(seed: int) -> None:
    chance = random.Random(seed)
    field = [chance.randrange(6) for _ in range(chance.randrange(3, 12))]
    words = [chance.randrange(6) for _ in range(chance.randrange(0, 40))]
    text = [" ".join(f"w{word}" for word in one) for one in (field, words)]
    index = item_index.build([Item(suite="s", task="t", id="0", question=text[0])], 13)
    if not len(index.item):
        return
    batch = Batch(documents=pa.RecordBatch.from_pydict({"text": [text[1]]}))
    found, share = item_spans.find(batch.folded.word_hash, batch.folded.word_offsets, index.seeds, index.fields, 30)
    assert bool(len(found)) == _naive(words, field, min(5, len(field)))
    for (row, own, start, end, run, run_at, _), part in zip(found.tolist(), share.tolist(), strict=True):
        assert (row, own) == (0, 0)
        assert start <= run_at
        assert run_at + run <= end
        longest = words[run_at : run_at + run]
        assert any(field[i : i + run] == longest for i in range(len(field) - run + 1)) or run == 3
        assert 0 < part <= 1


def test_run_hashes_are_of_the_run_alone() -> None:
    hashes = np.arange(40, dtype=np.uint64) % np.uint64(7) + np.uint64(1)
    found = item_spans.run_hashes(hashes, 0, 40, 5)
    assert len(found) == 36
    assert found[0] == found[7] == item_spans.run_hashes(hashes, 7, 12, 5)[0]
    assert len(set(found.tolist())) == 7
