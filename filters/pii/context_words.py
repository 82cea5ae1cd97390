"""Words that stand beside a number and say what it is, in the languages of the web; lower case, for RE2."""

from typing import Any

import re2

_AUTOMATON_BYTES = 64 << 20  # of RE2's: within the default of 8 MB the lists below fall back to its slow engine


def compiled(pattern: str | bytes) -> Any:
    """An RE2 pattern that holds a list of words."""
    options = re2.Options()
    options.max_mem = _AUTOMATON_BYTES
    return re2.compile(pattern, options)


def _split(listed: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in listed.replace("\n", " ").split("|"))


# Beginnings of words: inflected forms go on behind them.
PHONE = _split(
    """
    tel | fax | mobile | whatsapp | telefon | rufen | anruf | téléphone | tél | appel | teléfono | llame | móvil |
    telefone | ligue | celular | telefono | chiama | cellulare |
    telefoon | тел | телефон | звон | 电话 | 电 话 | 手机 |
    致电 | 電話 | 전화 | 연락처 | هاتف | اتصل | تلفن | फ़ोन |
    फोन | कॉल | ফোন | โทร | điện thoại | gọi | telp | hubungi | τηλ
    | טלפון | puhelin | telefonnummer | hotline | helpline | dial | numéro | telefonisch | rufnummer | durchwahl |
    zadzwoń | dzwoń | zavolejte | volejte | zavolajte | sunați | обад |
    позвон | моб | факс | дзвон | тэл | 联系 | 聯絡
    | 手機 | 拨打 | 撥打 | 热线 | 傳真 | 传真 | 携帯 | 連絡 | 팩스 |
    휴대 | 문의 | جوال | موبايل | فاكس | تماس | موبایل | فون | رابطہ |
    नंबर | संपर्क | मोबाइल | টেলিফোন | মোবাইল | যোগাযোগ | நம்பர் | தொலைபேசி | அழை | ఫోన్ | ఫోను | ติดต่อ | เบอร์ |
    liên hệ | số máy | telpon | telepon | τηλέφωνο | καλέστε | κινητό | נייד | התקשר | פקס | soita | helistage |
    zvan | skambin | hívj | hívja | telefonszám | zovite | nazovite | позови | հեռ | ტელ | telef | deitu | simí |
    sími | hringdu | pokličite | kličite | დარეკ | զանգ | কল | ফোনে | arayın | arayabilir | zang | llama | ligar
    """
)

# Whole words: as beginnings they would be other words' too (`called`, `belonging`).
PHONE_WHOLE = _split(
    """
    phone | call | mob | cell | handy | simu | sms | portable | mobil | contacto | kontakt | contato | bellen | puh
    | gsm | đt | piga | truc | ring | text | bel | ara | contact
    """
)

# Languages whose verb ends the sentence say behind the number what it is (Turkish, Hindi, Japanese, Tamil ...).
PHONE_BEHIND = _split(
    """
    numara | telefon | फ़ोन | फोन | कॉल | संपर्क | सम्पर्क | ফোন | কল | যোগাযোগ | 電話 | 連絡 | 전화 | 연락 |
    تماس | زنگ | فون | رابطہ | அழை | தொடர்பு | ఫోన్ | ఫోను | ಕರೆ | വിളി | ફોન | ਫ਼ੋਨ | deitu | хонгд | утас
    """
)

# Module of stdnum -> the words that name its number, for RE2; matched without case, at borders of Latin words.
NATIONAL: dict[str, str] = {
    "ad.nrt": r"nrt",
    "al.nipt": r"nipt|nuis",
    "ar.cuit": r"cui[tl]",
    "ar.dni": r"dni|documento nacional de identidad",
    "at.tin": r"abgabenkontonummer|steuernummer",
    "at.vnr": r"svnr|vsnr|sv-nummer|versicherungsnummer|sozialversicherungsnummer",
    "au.tfn": r"tfn|tax file number",
    "az.voen": r"vöen|voen",
    "be.nn": r"rijksregisternummer|numéro national|numéro de registre national|nationalregisternummer|niss|insz|rrn",
    "bg.egn": r"егн|egn|единен граждански номер",
    "bg.pnf": r"лнч|личен номер на чужденец",
    "br.cpf": r"cpf",
    "by.unp": r"унп|unp",
    "ca.bc_phn": r"phn|personal health number|care card",
    "ca.sin": r"sin|social insurance number|nas|numéro d.assurance sociale",
    "ch.ssn": r"ahv(?:-?nr|-?nummer)?|avs|sozialversicherungsnummer|numéro avs|numero avs",
    "cl.rut": r"rut|run|rol único",
    "cn.ric": r"身份证|身分证|公民身份号码|resident id",
    "co.nit": r"nit",
    "cr.cpf": r"cédula|cedula",
    "cu.ni": r"carné de identidad|carnet de identidad|número de identidad",
    "cz.rc": r"rodné číslo|rodného čísla|rč|r\.č\.|rodne cislo",
    "de.idnr": r"steuer-?id|idnr|steueridentifikationsnummer|steuerliche identifikationsnummer|identifikationsnummer",
    "de.stnr": r"steuernummer|steuer-?nr|st\.-nr",
    "dk.cpr": r"cpr|personnummer",
    "do.cedula": r"cédula|cedula",
    "dz.nif": r"nif|numéro d.identification fiscale",
    "ec.ci": r"cédula|cedula|\bci\b",
    "ee.ik": r"isikukood|isikukoodi",
    "eg.tn": r"الرقم الضريبي",
    "es.dni": r"dni|documento nacional de identidad",
    "es.nie": r"nie|número de identidad de extranjero|identificación de extranjero",
    "es.nif": r"nif|número de identificación fiscal",
    "fi.hetu": r"hetu|henkilötunnus|henkilötunnukseni|personbeteckning",
    "fi.veronumero": r"veronumero",
    "fr.nif": r"numéro fiscal|spi|nif",
    "fr.nir": r"nir|sécurité sociale|sécu|insee|numéro de sécu",
    "gb.nhs": r"nhs",
    "gb.upn": r"upn",
    "gb.utr": r"utr|unique taxpayer reference",
    "gh.tin": r"tin",
    "gn.nifp": r"nifp",
    "gr.amka": r"αμκα|α\.μ\.κ\.α|amka",
    "gr.vat": r"αφμ|α\.φ\.μ|afm",
    "gt.nit": r"nit",
    "hr.oib": r"oib",
    "id.nik": r"nik|nomor induk kependudukan|ktp",
    "id.npwp": r"npwp",
    "ie.pps": r"ppsn?|pps no",
    "il.idnr": r"ת[.\"״]?ז\.?|תעודת זהות|מספר זהות|teudat zehut",
    "in_.aadhaar": r"aadhaar|aadhar|आधार|আধার|ஆதார்|ఆధార్|uidai|uid",
    "in_.epic": r"epic|voter id",
    "in_.pan": r"pan|permanent account number|पैन",
    "in_.vid": r"vid",
    "is_.kennitala": r"kennitala|kennitölu|kt\.",
    "it.codicefiscale": r"codice fiscale|c\.f\.|cod\. ?fisc",
    "jp.in_": r"個人番号|マイナンバー|my number",
    "ke.pin": r"kra pin|pin",
    "kr.rrn": r"주민등록번호|주민번호",
    "lt.asmens": r"asmens kodas|asmens kodo|a\.k\.",
    "lv.pvn": r"personas kods|personas kodu|p\.k\.",
    "mu.nid": r"national identity|nid",
    "mx.curp": r"curp",
    "mx.rfc": r"rfc",
    "my.nric": r"nric|mykad|kad pengenalan|ic no",
    "mz.nuit": r"nuit",
    "nl.bsn": r"bsn|burgerservicenummer|sofinummer|sofi-nummer",
    "nl.identiteitskaartnummer": r"paspoortnummer|identiteitskaart(?:nummer)?",
    "nl.onderwijsnummer": r"onderwijsnummer",
    "no.fodselsnummer": r"fødselsnummer|fødselsnr|fodselsnummer|personnummer|fnr",
    "nz.ird": r"ird",
    "pe.cui": r"dni|cui|documento nacional de identidad",
    "pk.cnic": r"cnic|nadra|شناختی کارڈ",
    "pl.nip": r"nip",
    "pl.pesel": r"pesel",
    "pt.cc": r"cartão de cidadão|cartão do cidadão|cc",
    "pt.nif": r"nif|contribuinte|número de identificação fiscal",
    "ro.cnp": r"cnp|cod numeric personal|codul numeric personal",
    "ru.inn": r"инн|inn",
    "se.personnummer": r"personnummer|pnr|personnr",
    "si.ddv": r"davčna številka",
    "si.emso": r"emšo|emso|jmbg|јмбг|matični broj|матични број|ембг|jединствени матични",
    "sk.rc": r"rodné číslo|rodného čísla|rč|r\.č\.",
    "sv.nit": r"nit",
    "th.pin": r"บัตรประชาชน|เลขประจำตัวประชาชน|เลขบัตรประชาชน|thai id",
    "tn.mf": r"matricule fiscale?",
    "tr.tckimlik": r"t\.?c\.? ?kimlik|tckn|kimlik no|kimlik numara|tc no",
    "ua.rntrc": r"рнокпп|іпн|ідентифікаційний номер|идентификационный код|ідентифікаційний код",
    "us.atin": r"atin",
    "us.itin": r"itin",
    "us.ptin": r"ptin",
    "us.ssn": r"ssn|social security",
    "ve.rif": r"rif",
    "vn.mst": r"mã số thuế|mst",
    "za.idnr": r"south african id|rsa id|sa id|id number|identity number|id no",
    "za.tin": r"sars|income tax number",
}
# What is called the same in many countries: tried for those of the text's language and address.
NATIONAL_GENERAL = (
    r"national id(?:entity|entification)?(?: number| no)?|identity card|id number|id no|id card|"
    r"personal (?:id|number|code)|tax (?:id|number|identification)|social security|personalausweis|steuernummer|"
    r"carte d.identité|numéro national|"
    r"documento de identidad|número de identidad|identidad|identidade|documento d.identità|identiteitsnummer|"
    r"personnummer|henkilötunnus|numer identyfikacyjny|удостоверени|идентификатор|паспорт|身份|證號|ID番号|신분증|"
    r"رقم الهوية|الهوية|الرقم القومي|کد ملی|شناختی|पहचान|পরিচয়|nomor identitas|số cmnd|cccd|căn cước|kimlik|ταυτότητα"
)
