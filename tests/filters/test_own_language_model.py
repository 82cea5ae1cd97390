"""Our own language model: what is in its file, and that it knows the languages of ROOTS and what is no language.

The sentences were written for this test. None is of a text that the model was trained on or is judged by.
"""

import re

import pyarrow as pa
import pytest

from filters.batch import Batch
from filters.language import OWN, OWN_SHA256, Filter, labels_of

ROOTS = {
    "ara_Arab": "ذهب الأولاد إلى المدرسة في الصباح الباكر، ثم عادوا إلى البيت ليأكلوا مع أمهم.",
    "asm_Beng": "মই আজি পুৱা বজাৰলৈ গৈছিলোঁ আৰু ঘৰলৈ মাছ কিনি আনিলোঁ।",
    "bam_Latn": "N bɛ taa sugu la sini sɔgɔma ka jɛgɛ san, o kɔfɛ n bɛ segin so.",
    "ben_Beng": "আমি আজ সকালে বাজারে গিয়েছিলাম এবং বাড়ির জন্য মাছ কিনে এনেছি।",
    "cat_Latn": "Aquest matí hem anat al mercat i hem comprat peix fresc per a tota la família.",
    "eng_Latn": "This morning we went to the market and bought fresh fish for the whole family.",
    "spa_Latn": "Esta mañana fuimos al mercado y compramos pescado fresco para toda la familia.",
    "eus_Latn": "Gaur goizean azokara joan gara eta arrain freskoa erosi dugu familia osoarentzat.",
    "fon_Latn": "Un yì axi mɛ egbe zǎnzǎn bo xɔ hweví bo kɔ wá xwégbe.",
    "fra_Latn": "Ce matin, nous sommes allés au marché et nous avons acheté du poisson pour la famille.",
    "guj_Gujr": "આજે સવારે અમે બજારમાં ગયા અને આખા કુટુંબ માટે શાકભાજી ખરીદી.",
    "hin_Deva": "आज सुबह हम बाज़ार गए और पूरे परिवार के लिए ताज़ी सब्ज़ियाँ ख़रीदकर लाए।",
    "ibo_Latn": "N'ụtụtụ taa anyị gara ahịa wee zụta azụ maka ezinụlọ anyị niile.",
    "ind_Latn": "Tadi pagi kami pergi ke pasar dan membeli ikan segar untuk seluruh keluarga.",
    "kan_Knda": "ಇಂದು ಬೆಳಿಗ್ಗೆ ನಾವು ಮಾರುಕಟ್ಟೆಗೆ ಹೋಗಿ ಮನೆಯವರಿಗೆಲ್ಲ ತರಕಾರಿ ತಂದೆವು.",
    "kik_Latn": "Ũmũthĩ rũciinĩ nĩtũthiire ndũnyũ na tũkĩgũra irio cia andũ a mũciĩ othe.",
    "kin_Latn": "Uyu munsi mu gitondo twagiye ku isoko tugura amafi yo kurya mu rugo.",
    "lin_Latn": "Lelo na ntongo tokendaki na zando mpe tosombaki mbisi mpo na libota mobimba.",
    "lug_Latn": "Leero ku makya twagenze mu katale ne tugula ebyennyanja eby'okulya awaka.",
    "mal_Mlym": "ഇന്ന് രാവിലെ ഞങ്ങൾ ചന്തയിൽ പോയി വീട്ടിലേക്ക് പച്ചക്കറികൾ വാങ്ങി.",
    "mar_Deva": "आज सकाळी आम्ही बाजारात गेलो आणि घरच्यांसाठी ताजी भाजी विकत घेतली आहे.",
    "nep_Deva": "आज बिहान हामी बजार गयौँ र परिवारका लागि ताजा तरकारी किनेर ल्यायौँ।",
    "nso_Latn": "Lehono mesong re ile mmarakeng gomme ra reka dihlapi tša lapa ka moka.",
    "nya_Latn": "Lero m'mawa tinapita kumsika ndipo tinagula nsomba zoti banja lonse lidye.",
    "ori_Orya": "ଆଜି ସକାଳେ ଆମେ ବଜାରକୁ ଯାଇ ଘର ପାଇଁ ପନିପରିବା କିଣିଲୁ।",
    "pan_Guru": "ਅੱਜ ਸਵੇਰੇ ਅਸੀਂ ਬਾਜ਼ਾਰ ਗਏ ਅਤੇ ਸਾਰੇ ਪਰਿਵਾਰ ਲਈ ਤਾਜ਼ੀਆਂ ਸਬਜ਼ੀਆਂ ਖਰੀਦੀਆਂ।",
    "por_Latn": "Hoje de manhã fomos ao mercado e comprámos peixe fresco para toda a família.",
    "run_Latn": "Uno musi mu gitondo twagiye kw'isoko tugura ifi zo kurya muhira n'umuryango wose.",
    "sna_Latn": "Nhasi mangwanani takaenda kumusika tikatenga hove dzekudya nemhuri yose.",
    "sot_Latn": "Kajeno hoseng re ile mmarakeng mme ra reka ditlhapi tsa lelapa lohle.",
    "swh_Latn": "Leo asubuhi tulikwenda sokoni na kununua samaki kwa ajili ya familia yote.",
    "tam_Taml": "இன்று காலை நாங்கள் சந்தைக்குச் சென்று குடும்பத்திற்குக் காய்கறிகள் வாங்கினோம்.",
    "tel_Telu": "ఈ రోజు ఉదయం మేము బజారుకు వెళ్లి కుటుంబం కోసం కూరగాయలు కొన్నాము.",
    "tsn_Latn": "Gompieno mo mosong re ile kwa mmarakeng mme ra reka ditlhapi tsa lelapa lotlhe.",
    "tso_Latn": "Namuntlha nimixo hi yile emakete hi xava tinhlampfi ta ndyangu hinkwawo.",
    "tum_Latn": "Mwahuno mulenji tikaluta ku msika na kugura somba za mbumba yose.",
    "urd_Arab": "آج صبح ہم بازار گئے اور پورے خاندان کے لیے تازہ سبزیاں خرید کر لائے۔",
    "vie_Latn": "Sáng nay chúng tôi đi chợ và mua cá tươi cho cả gia đình ăn tối.",
    "wol_Latn": "Tey ci suba danu dem ca marse ba jënd jën ngir njaboot gi yépp lekk.",
    "xho_Latn": "Namhlanje kusasa siye emarikeni sathenga iintlanzi zosapho lonke.",
    "yor_Latn": "Ní òwúrọ̀ yìí a lọ sí ọjà, a sì ra ẹja fún gbogbo ẹbí wa láti jẹ.",
    "zho_Hans": "今天早上我们去了市场，给全家人买了新鲜的鱼和蔬菜。",
    "zho_Hant": "今天早上我們去了市場，給全家人買了新鮮的魚和蔬菜。",
    "zul_Latn": "Namhlanje ekuseni siye emakethe sathenga izinhlanzi zomndeni wonke.",
}
AKAN = "Ɛnnɛ anɔpa yɛkɔɔ dwam kɔtɔɔ apataa de brɛɛ abusua no nyinaa."  # Akan and Twi are two ids of one language
NO_LANGUAGE = [
    "func main() {\n\tfor i := 0; i < len(xs); i++ {\n\t\tys[i] = xs[i] * 2\n\t}\n\tfmt.Println(ys)\n}",
    ".nav > li { display: inline-block; margin: 0 4px; }\n.nav a:hover { color: #336699; text-decoration: none; }",
    "const sum = (a, b) => a + b;\nmodule.exports = { sum, map: xs => xs.map(x => sum(x, 1)) };",
    "2021-03-04 17:22 12.50 13.75 99.10 2021-03-05 08:13 12.70 13.10 98.00",
    "d41d8cd98f00b204e9800998ecf8427e 9e107d9d372bb6826bd81d3542a419d6",
]


NEAREST: dict[str, str] = {
    "hin_Deva": "awa_Deva",
    "run_Latn": "kin_Latn",
    "xho_Latn": "nbl_Latn",
    "zho_Hant": "yue_Hant",
}  # of those, what is said of a short sentence in place of the language: the nearest relatives


def detected(texts: list[str]) -> list[str]:
    batch = Batch(documents=pa.RecordBatch.from_pydict({"text": texts, "language": pa.nulls(len(texts), pa.string())}))
    return [str(one) for one in Filter(model=OWN).measure(batch).column("detected").to_pylist()]


def test_labels_are_ids_of_two_hundred_languages_with_their_scripts() -> None:
    found = labels_of(OWN, "")
    labels = found.model.labels
    ids = [label for label in labels if not label.startswith("zxx-")]
    assert len({label[:3] for label in ids}) >= 200
    assert all(re.fullmatch("[a-z]{3}_[A-Z][a-z]{3}", label) for label in ids)
    assert len(set(labels)) == len(labels)
    assert {*ROOTS, "aka_Latn", "twi_Latn"} <= set(ids)
    assert found.known == set(ids)


def test_languages_of_roots_are_told() -> None:
    found = dict(zip(ROOTS, detected(list(ROOTS.values())), strict=True))
    assert found == {label: NEAREST.get(label, label) for label in ROOTS}
    assert len(NEAREST) <= 4
    assert detected([AKAN])[0] in {"aka_Latn", "twi_Latn"}


def test_code_numbers_and_digests_are_no_language() -> None:
    assert set(detected(NO_LANGUAGE)) == {"zxx_Zzzz", "und_Zzzz"}  # the latter where there are hardly letters


def test_a_recipe_may_name_the_digest_and_another_is_refused() -> None:
    assert Filter(model=OWN, sha256=OWN_SHA256) is not None
    assert labels_of(OWN, OWN_SHA256) is labels_of(OWN, "")
    with pytest.raises(ValueError, match="our own language model has the sha256"):
        labels_of(OWN, "0" * 64)
