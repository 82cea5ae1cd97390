"""Words that stand beside a telephone number, in the languages of the web; lower case, for RE2."""

from filters.pii.listed import listed

# Whole words of scripts with borders between words, in the forms that stand before numbers: as beginnings they would
# be other words' too (`Telefonica`, `television`, `called`).
WHOLE = listed(
    """
    tel | tels | telf | telef | tél | téls | tlf | tlfs | tlfn | tlfno | tlfnr | tfn | tfno | tlfo | telfs |
    tlm | tlmv | telp | tlp | fon | fone | fones | phone | phones | telephone | telephones | ph | fax | faks |
    telefax | télécopie | mobile | mob | mobil | mobilnr | mobilnummer | mobiltelefon | mobilni | mobitel |
    mobiel | móvil | móviles | movil | cell | cel | celular | celulares | cellulare | cellulari | handy |
    handynr | handynummer | natel | gsm | sel | selfoon | selnommer | hotline | helpline | infoline |
    whatsapp | zap | viber | zalo | sms | text | dial | call | ring | ringa | ringen | ringetelefon |
    contact | contacts | contacto | contactos | contato | contatos | contatto | contatti | contactez |
    kontakt | kontakty | kontak | kontaktai | kontaktid | hubungi | telefon | telefonnummer | telefonnummern |
    telefonnr | telefonnummeret | telefonen | telefonisch | telefonisk | telefonu | telefonem | telefony |
    telefonie | telefoni | telefonul | telefonului | telefonic | telefonszám | telefonszáma | telefonszámon |
    telefonos | telefonas | telefonai | telefonom | telefonski | telefonicky | telefonní | telefonicznie |
    telefonla | telefonumuz | telefonunuz | telefonlar | telefono | telefonico | telefonici | telèfon |
    telèfons | telefonil | telefonitugi | telefonile | telefoninumber | teléfono | teléfonos | telefónico |
    telefónica de contacto | telefone | telefones | telemóvel | telemóveis | téléphone | téléphones |
    téléphoner | téléphonique | telefoon | telefoonnummer | telefoonnr | telefoonnommer | telepon | telpon |
    telefonieren | puhelin | puhelimitse | puhelinnumero | puh | tālr | tālrunis | tālruņi | tālrunim |
    mob. tālr | simu | sími | simi | símanúmer | ffôn | ffon | symudol | fón | guthán | teileafón | uimhir |
    telefonoa | rufen | anruf | anrufen | rufnummer | rufnummern | durchwahl | appel | appels | appelez |
    appeler | portable | numéro | llame | llámenos | llámanos | llamar | llama | llamando | ligue | ligar |
    liga | chiama | chiamare | chiamate | chiamaci | bel | bellen | zadzwoń | dzwoń | dzwonić | zadzwonić |
    zavolejte | volejte | zavolajte | volajte | zavolej | sunați | sunaţi | sunati | apelați | zvaniet |
    zvani | skambinkite | skambinti | hívj | hívja | hívjon | hívható | hívás | zovite | nazovite | pozovite |
    pokličite | kličite | soita | soittakaa | helistage | helista | piga | arayın | arayınız | arayabilir |
    arayabilirsiniz | ara | cep tel | cep telefonu | cep no | hringdu | deitu | zang | skakel | tumawag |
    tawagan | kom | komórka | komórkowy | komórkowego | truc | trực | gọi | điện thoại | đt | đtdđ | sđt |
    dđ | liên hệ | số máy | tổng đài | di động | ｔｅｌ | ｆａｘ | ｔｅｌ／ｆａｘ | hp | wa | nomor | тел |
    телефон | телефона | телефону | телефоном | телефоне | телефоны | телефонам | телефони | телефонът |
    телефонен | тэл | тэлефон | звон | звоните | звонить | звоніть | дзвоніть | телефонуйте | позвоните |
    позвонить | позвоним | зателефонуйте | моб | мобильный | мобильного | мобільний | мобилен | мобилни |
    факс | обадете | обадите | назовите | позовите | јавете | кон | утас | звонки | контакты | контакт |
    контакти | приёмная | приемная | справки | τηλ | τηλέφωνο | τηλέφωνα | τηλεφωνο | τηλεφώνου |
    τηλεφωνήστε | καλέστε | κινητό | κιν | φαξ | հեռ | հեռախոս | զանգ | զանգահարեք | ტელ | ტელეფონი |
    დარეკეთ | დარეკე | მობ
    """
)

# Beginnings of words of scripts that write endings or the next word on: inflected forms go on behind them.
BEGINNINGS = listed(
    """
    电话 | 电 话 | 手机 | 致电 | 電話 | 전화 | 연락처 | هاتف | الهاتف | اتصل | تلفن | फ़ोन | फोन | कॉल | ফোন |
    โทร | טלפון | טל' | טל: | טל. | טל׳ | סלולרי | נייד | התקשר | פקס | 联系 | 聯絡 | 手機 | 拨打 | 撥打 |
    热线 | 熱線 | 傳真 | 传真 | 携帯 | 連絡 | 팩스 | 휴대 | 핸드폰 | 문의 | 연락 | جوال | موبايل | محمول |
    فاكس | واتساب | واتس | واتسآپ | تماس | موبایل | همراه | فون | رابطہ | نمبر | नंबर | संपर्क | सम्पर्क |
    मोबाइल | मोबाईल | मो. | दूरभाष | दूरध्वनी | টেলিফোন | মোবাইল | যোগাযোগ | கைபேசி | நம்பர் | தொலைபேசி |
    அழை | அலைபேசி | ఫోన్ | ఫోను | మొబైల్ | ફોન | મોબાઇલ | ਫ਼ੋਨ | ਫੋਨ | ಫೋನ್ | ದೂರವಾಣಿ | ഫോൺ | ติดต่อ | เบอร์ |
    มือถือ | কল | ফোনে | 微信同号 | お問い合わせ | お問合せ | 問合せ | ☎ | ☏ | ✆ | ℡ | 📞 | 📱 | 📲 |
    ទូរស័ព្ទ | ໂທ | ဖုန်း | ስልክ | දුරකථන
    """
)

# Single letters and short signs that are labels only before a colon or a point.
LABELS = listed("t | m | p | f | c | h | w | o | ig | wa | hp | т | м | ф | ت | ج")

# Languages whose verb ends the sentence say behind the number what it is (Turkish, Hindi, Japanese, Tamil ...).
BEHIND = listed(
    """
    numara | telefon | फ़ोन | फोन | कॉल | संपर्क | सम्पर्क | ফোন | কল | যোগাযোগ | 電話 | 連絡 | 전화 | 연락 |
    تماس | زنگ | فون | رابطہ | அழை | தொடர்பு | ఫోన్ | ఫోను | ಕರೆ | വിളി | ફોન | ਫ਼ੋਨ | deitu | хонгд | утас
    """
)

# Words that may stand between a word and a number in one piece; others ("call graph of 1234567890 nodes") make it
# the number of something else.
BETWEEN = listed(
    """
    number | numbers | no | nos | nr | num | nummer | numéro | numero | número | nº | n° | us | me | him |
    her | them | at | on | is | to | the | our | my | your | free | toll | now | today | or | and | office |
    home | work | direct | line | unter | uns | an | der | die | oder | und | mich | al | el | en | de | del |
    la | los | nuestro | y | o | au | le | du | ou | et | notre | para | pelo | a | ao | e | il | lo |
    al numero | naar | op | ons | het | of | til | på | oss | os | i | na | pod | nasz | kom | stacj | domów |
    mobile | fix | fixe | fijo | móvil | phone | cell | tel | fax | ke | di | nomor | hp | wa | leo | kwa |
    namba | numarası | no'lu | hattı | ezen | a következő | puh | numeroon | numeroni | số | máy | theo |
    contact | contacto | whatsapp | text | sms | hoặc | đường dây nóng | номер | номеру | по | на | или | и |
    нам | мне | με | στο | τον | αριθμό | +
    """
)
