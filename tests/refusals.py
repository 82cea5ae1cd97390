"""A small crawl of May 2021 in which every kind of statement on training stands once, and what its sites say later.

`scripts/make_refusals_sample` writes it into data/sample, where the demo reads it. All of it is invented.
"""

import gzip
import hashlib
from pathlib import Path

from tests.corpus.sources.archives import record

# By site, a text of its page.
TEXTS = {
    "usage-no.test": (
        "The miller of this valley keeps a diary of the water. Every morning he walks down to the weir, reads the "
        "height from a painted post, and writes it into a small book that his father began. In the wet year of "
        "the long rain he wrote the same number for nine days, because the post itself had gone."
    ),
    "usage-yes.test": (
        "Our bakery opens when the bell rings for the second time. We make rye bread with seeds, white rolls for "
        "the school, and on Fridays a cake with plums from the garden behind the church. Anybody who brings back "
        "the paper bag gets a biscuit, and most of the children have found this out."
    ),
    "signal.test": (
        "A bridge is only as old as its newest stone. When the middle arch was built again, the masons found "
        "coins of three kings under the road and a letter that nobody could read. The letter hangs in the town "
        "hall now, and the coins paid for the mortar, or so the story is told."
    ),
    "tdm-header.test": (
        "The carrier drives twice a week from the railway to the upper farms. He takes parcels, newspapers and "
        "now and then a passenger who does not mind the noise of the hens. If the snow lies higher than the "
        "wheels he turns round at the chapel and tries again on the next day."
    ),
    "tdm-meta.test": (
        "Barley wants a dry spring and an honest neighbour. The first cannot be had by asking, and the second "
        "only by asking often. We sow when the blackthorn has finished flowering, and we have never lost a field "
        "to frost, although the books of the agricultural college say that it is much too late."
    ),
    "noai-header.test": (
        "There were four clocks in this village and no two of them agreed. The schoolmaster went by the one on "
        "the tower, the station by the telegraph, the inn by whatever suited its guests. Then the telegraph line "
        "came down in a storm, and for one whole week everybody was on time."
    ),
    "noai-meta.test": (
        "She paints the river from the same window in every season. The pictures are not for sale, for she says "
        "that she has not yet understood the colour of the water under the alders. On the wall of the kitchen "
        "hang forty of them in rows, and visitors are asked which one is true."
    ),
    "rsl-header.test": (
        "The rope maker needs a long walk more than he needs strong hands. His shed is three hundred paces from "
        "door to door, and it stands between two orchards because that was the only straight piece of ground. He "
        "knows how far he has gone in his life, and it is further than the sea."
    ),
    "rsl-page.test": (
        "Before the harvest the young people climb up to the old tower and light a fire that can be seen from the "
        "next county. Nobody remembers what it was for. The priest thinks that it is heathen, the teacher calls "
        "it a signal against raiders, and the young people say that it keeps them warm."
    ),
    "robots-agent.test": (
        "In the museum there is a room with nothing but locks. Some of them were never opened by the people who "
        "made them, since the keys were lost on the way from the smith. The warden has tried for thirty years, "
        "and whenever he succeeds he shuts the lock again and begins with another."
    ),
    "robots-usage.test": (
        "How to keep bees near a mill: put the hives where the noise of the wheel does not reach them, give them "
        "water in a flat dish with pebbles, and plant lime trees, which will be tall enough for your "
        "grandchildren. In the meantime the neighbours will bring you swarms and good advice."
    ),
    "robots-signal.test": (
        "The ferry has carried sheep, soldiers, a piano and one circus elephant. It has never carried a motor "
        "car, although there was a plan for it, because the ferryman measured the first one that came and told "
        "its owner to drive round by the bridge. It takes about forty minutes and the view is better."
    ),
    "robots-rsl.test": (
        "My grandmother wrote her recipes on the backs of bills, so we know what she cooked and also what flour "
        "cost in that year. The soup with sorrel stands on a bill for candles. The apple pudding fills both sides "
        "of a letter from the tax office, which she seems not to have answered."
    ),
    "rsl-read.test": (
        "The night train used to stop here for water and for nothing else. People who could not sleep came down "
        "to the platform and talked through the windows with those who were travelling. Two marriages are known "
        "to have begun in this way, and one long quarrel about the price of timber."
    ),
    "rsl-allows.test": (
        "This page explains how to read a map without a compass. Turn it until the church on the paper lies in "
        "the same direction as the church on the hill. If there are two churches, walk to the nearer one, ask for "
        "its name, and buy something to eat, because you will have to go back."
    ),
    "rsl-paid.test": (
        "An organ with eleven stops was given to the chapel by a brewer who had lost a bet. The pipes came by "
        "ship, the bellows from a smithy, and the case was carved by a prisoner. When it is damp the third stop "
        "sounds like a goose, and the organist avoids it at weddings."
    ),
    "tdm-file.test": (
        "The co-operative dairy counts its cows by name. There are two hundred and six of them, and thirty one "
        "are called Rosa. Milk is weighed at five in the morning and again in the evening, and whoever comes late "
        "has to carry the cans up the stairs. The cheese is sold in the village alone."
    ),
    "tdm-file-page.test": (
        "A winter school was held in the attic of the granary when the roads were closed. The older children "
        "taught the younger ones, and the oldest farmer taught everybody to splice a rope and to forecast the "
        "weather from the behaviour of cats. In the spring the inspector could not find any gaps."
    ),
    "robots-later.test": (
        "We print small books on a press that was made for handbills. A page takes eleven minutes, and a book of "
        "a hundred pages takes most of a month, since the ink must dry and the cat must be kept away. The last "
        "one was about moss. The next one will be about gates."
    ),
    "robots-down.test": (
        "The surveyor drew the border along the stream, and then the stream moved. For a hundred years a meadow "
        "belonged to nobody, paid no tax and grew the best hay of the district. At last the two parishes agreed "
        "to share it, and since then it has been an ordinary meadow with thistles."
    ),
    "strictest.test": (
        "If you find a young owl on the ground, leave it where it is. Its parents know the place and will come at "
        "dusk. If it sits on the road, carry it to the nearest wall and wear gloves, for it does not know that "
        "you mean well. Do not take it home, whatever your children promise."
    ),
    "old.listed.test": (
        "The last lamplighter of the town kept his ladder for twenty years after the electric light had come. He "
        "lent it to painters and to lovers, and he never asked what it was needed for. When he died it was put up "
        "at the corner of the market, and a rose has been trained along it."
    ),
    "silent.test": (
        "Stone walls in these hills are built without mortar, so that the wind can pass and the hare cannot. A "
        "good waller puts each stone down once and never picks it up again. He works with his back to the "
        "weather, and he is paid by the yard and in cider, of which more is used in summer."
    ),
}

# By site: headers of the answer, the head of its page, its robots.txt of the day of the crawl or why there is none, and
# one of 2026.
SITES: dict[str, tuple[str, str, str, str]] = {
    "usage-no.test": ("Content-Usage: train-ai=n", "", "", ""),
    "usage-yes.test": ("Content-Usage: search=n, train-ai=y", "", "", ""),
    "signal.test": ("Content-Signal: search=yes, ai-train=no", "", "", ""),
    "tdm-header.test": ("TDM-Reservation: 1|TDM-Policy: https://tdm-header.test/policy.json", "", "", ""),
    "tdm-meta.test": ("", '<meta name="tdm-reservation" content="1">', "", ""),
    "noai-header.test": ("X-Robots-Tag: noai, noimageai", "", "", ""),
    "noai-meta.test": ("", '<meta name="robots" content="noai">', "", ""),
    "rsl-header.test": ('Link: </rsl.xml>; rel="license"; type="application/rsl+xml"', "", "", ""),
    "rsl-page.test": ("", '<link rel="license" type="application/rsl+xml" href="/rsl.xml">', "", ""),
    "robots-agent.test": ("", "", "User-agent: GPTBot\nDisallow: /\n", ""),
    "robots-usage.test": ("", "", "User-agent: *\nAllow: /\nContent-Usage: /page train-ai=n\n", ""),
    "robots-signal.test": ("", "", "User-agent: *\nContent-Signal: search=yes, ai-train=yes\n", ""),
    "robots-rsl.test": ("", "", "License: https://robots-rsl.test/rsl.xml\nUser-agent: *\nAllow: /\n", ""),
    "rsl-read.test": ('Link: </rsl.xml>; rel="license"; type="application/rsl+xml"', "", "", ""),
    "rsl-allows.test": ("", "", "License: https://rsl-allows.test/terms.xml\nUser-agent: *\nAllow: /\n", ""),
    "rsl-paid.test": ("", '<link rel="license" type="application/rsl+xml" href="/rsl.xml">', "", ""),
    "tdm-file.test": ("", "", "", ""),
    "tdm-file-page.test": ("", "", "", ""),
    "robots-later.test": ("", "", "User-agent: *\nAllow: /\n", "User-agent: CCBot\nDisallow: /\n"),
    "robots-down.test": ("Content-Usage: train-ai=y", "", "503 Service Unavailable", ""),
    "strictest.test": ("Content-Usage: train-ai=y", '<meta name="robots" content="noai">', "", ""),
    "old.listed.test": ("", "", "", ""),
    "silent.test": ("", "<title>nothing of rights</title>", "", ""),
}

_RSL = '<rsl xmlns="https://rslstandard.org/rsl"><content url="{}"><license>{}</license></content></rsl>'

# Other files of these sites: address, day, type, body.
FILES = (
    (
        "http://rsl-read.test/rsl.xml",
        "2021-05-01",
        "application/rsl+xml",
        _RSL.format("/", '<permits type="usage">search</permits><prohibits type="usage">ai-train</prohibits>'),
    ),
    (
        "https://rsl-allows.test/terms.xml",
        "2021-05-01",
        "text/xml",
        _RSL.format("/page", '<permits type="usage">ai-train search</permits>'),
    ),
    (
        "https://www.rsl-paid.test/rsl.xml",
        "2026-11-01",
        "application/rsl+xml",
        _RSL.format("/", '<permits type="usage">ai-all</permits><payment type="training"/>'),
    ),
    (
        "https://tdm-file.test/.well-known/tdmrep.json",
        "2026-11-01",
        "application/json",
        '[{"location": "/open/", "tdm-reservation": 0}, {"location": "/", "tdm-reservation": 1}]',
    ),
    ("http://tdm-file-page.test/.well-known/tdmrep.json", "2021-05-01", "text/html", "<p>There is no such page here."),
)

HELD = {  # what holds of each: label, protocol, place
    "usage-no.test": ("disallow", "content-usage", "header"),
    "usage-yes.test": ("allow", "content-usage", "header"),
    "signal.test": ("disallow", "content-signal", "header"),
    "tdm-header.test": ("disallow", "tdmrep", "header"),
    "tdm-meta.test": ("disallow", "tdmrep", "page"),
    "noai-header.test": ("disallow", "noai", "header"),
    "noai-meta.test": ("disallow", "noai", "page"),
    "rsl-header.test": ("unknown", "rsl", "header"),
    "rsl-page.test": ("unknown", "rsl", "page"),
    "robots-agent.test": ("disallow", "robots.txt", "robots"),
    "robots-usage.test": ("disallow", "content-usage", "robots"),
    "robots-signal.test": ("allow", "content-signal", "robots"),
    "robots-rsl.test": ("unknown", "rsl", "robots"),
    "rsl-read.test": ("disallow", "rsl", "header"),
    "rsl-allows.test": ("allow", "rsl", "robots"),
    "rsl-paid.test": ("disallow", "rsl", "page"),
    "tdm-file.test": ("disallow", "tdmrep", "site"),
    "tdm-file-page.test": ("unknown", "", ""),  # a page in its place is no file
    "robots-later.test": ("disallow", "robots.txt", "robots"),
    "robots-down.test": ("unknown", "robots.txt", "robots"),  # it may have refused
    "strictest.test": ("disallow", "noai", "page"),
    "old.listed.test": ("disallow", "list", "list"),
    "silent.test": ("unknown", "", ""),
}

RECIPE = """
name = "refusals"

[[sources]]
name = "web"
path = "refusals.warc.gz"
extractor = "all"

[[sources]]
name = "robots"
path = "refusals-later.warc.gz"

[[filters]]
use = "rights"
{keep}
lists.refusals = {{ path = "{folder}/refusals.txt", sha256 = "{sha256}", date = "2026-11-01" }}

[tokenizer]
vocab_size = 300
"""


def files(folder: Path) -> str:
    """Write `refusals.warc.gz` (the crawl), `refusals-later.warc.gz` (what sites said in 2026) and `refusals.txt`, a
    list of domains; sha256 of the list."""
    crawled, later = [], []
    for site, (headers, head, then, after) in SITES.items():
        crawled.append(_answer(f"http://www.{site}/page", "2021-05-01", headers, _page(site, head)))
        if then.startswith("503"):
            crawled.append(_answer(f"http://www.{site}/robots.txt", "2021-05-01", "", "", "text/html", then))
        elif then:
            crawled.append(_answer(f"http://www.{site}/robots.txt", "2021-05-01", "", then, "text/plain"))
        else:
            crawled.append(_answer(f"http://www.{site}/robots.txt", "2021-05-01", "", "", "text/html", "404 Not Found"))
        if after:
            later.append(_answer(f"https://{site}/robots.txt", "2026-11-01", "", after, "text/plain"))
    for url, day, kind, body in FILES:
        (later if day.startswith("2026") else crawled).append(_answer(url, day, "", body, kind))
    for name, answers in (("refusals", crawled), ("refusals-later", later)):
        (folder / f"{name}.warc.gz").write_bytes(b"".join(gzip.compress(one, 9, mtime=0) for one in answers))
    listed = b"# asked for by letter\nlisted.test\n"
    (folder / "refusals.txt").write_bytes(listed)
    return hashlib.sha256(listed).hexdigest()


def write(folder: Path, keep: str = 'keep_train_ai = ["allow", "unknown"]') -> Path:
    """The crawl, the list and a recipe that asks both."""
    digest = files(folder)
    path = folder / "refusals.toml"
    path.write_text(RECIPE.format(keep=keep, folder=folder, sha256=digest), "utf-8")
    return path


def _page(site: str, head: str) -> str:
    return f"<html><head>{head}</head><body><h1>{site}</h1><p>{TEXTS[site]}</p></body></html>"


def _answer(
    url: str, day: str, headers: str, body: str, kind: str = "text/html; charset=utf-8", status: str = "200 OK"
) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", *(line for line in headers.split("|") if line), "", ""]
    return record(
        "\r\n".join(lines).encode() + body.encode(),
        f"WARC-Type: response|WARC-Target-URI: {url}|WARC-Date: {day}T12:00:00Z|"
        "Content-Type: application/http; msgtype=response",
    )
