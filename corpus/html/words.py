"""What classes, ids, roles and elements say an element is for: kinds of parts of a page, as bits.

Classes and ids are cut into words at signs and at a capital after a small letter, and only whole words count: `share`
is no part of `shareholder`. No kind decides by itself; the model weighs them with what the element holds. Words are of
everyday use in style sheets of many sites, in English and some other languages.
"""

import numpy as np

from corpus.html import elements, names

_KINDS = {
    "COMMENT": """comment comments commentlist respond disqus livefyre kommentar kommentare commentaire commentaires
        comentario comentarios commenti komentarze reacties replies commento kommentarer""",
    "RELATED": """related relatedposts recommended recommend recommendation recommendations recs similar more readmore
        teaser teasers popular trending latest recent suggested suggestions outbrain taboola zergnet mostread ranking
        promoted upsell crosssell relacionados verwandte weitere similaires correlati next previous prev nextprev
        further mehr discover explore interested yarpp jp""",
    "SHARE": """share sharing shares sharebar social socials sharedaddy addthis addtoany facebook twitter whatsapp
        pinterest linkedin follow sns teilen partage partager compartir condividi shariff tweet telegram reddit""",
    "NAV": """nav navi navigation navbar navs menu menus submenu dropdown megamenu breadcrumb breadcrumbs crumbs crumb
        pagination pager paging paginate sitemap topnav mainnav subnav skiplinks offcanvas hamburger menubar""",
    "FOOTER": "footer foot colophon footers pagefooter sitefooter fusszeile pied rodape bottom subfooter",
    "HEADER": "header masthead topbar heading headerbar pageheader siteheader kopf cabecera top head",
    "SIDE": "sidebar aside rail side widget widgets secondary sidebars sidecol marginal right left",
    "COOKIE": "cookie cookies consent gdpr onetrust cmp privacy cookiebot ccpa datenschutz",
    "AD": """ad ads adv advert advertisement advertising sponsor sponsored sponsors banner banners promo promos
        promotion dfp adsense adslot adsbygoogle werbung anzeige publicite publicidad reklam annonce gpt affiliate""",
    "SUBSCRIBE": """newsletter newsletters subscribe subscription subscriptions signup mailchimp optin paywall register
        login signin registration account donate donation abo loginform hubspot mailing""",
    "MODAL": "modal modals popup popups overlay dialog lightbox tooltip offscreen toast alert notice notification",
    "META": """meta byline bylines date dates datetime published timestamp time posted postmeta dateline updated
        pubdate info""",
    "TAGS": """tags tag tagcloud tagged categories category cat topics keywords keyword labels label taxonomy
        schlagworte""",
    "AUTHOR": "author authors bio biography authorbox vcard avatar profile autor auteur writer user username gravatar",
    "UNSEEN": "hidden hide sr visuallyhidden visually screenreader invisible assistive skip noprint print collapsed",
    "CONTENT": "content contents contentbody maincontent main text texte texto body inhalt contenido contenu",
    "ARTICLE": """article articles artikel post posts entry story storybody blogpost blog news single hentry articlebody
        entrycontent richtext prose wysiwyg markdown rte page wiki""",
    "TITLE": "title headline titles heading titel titre titulo hed subtitle subheading",
    "CAPTION": """caption captions figcaption credit credits image images img photo photos picture gallery media video
        legend""",
    "TOC": "toc tableofcontents contentsbox outline",
    "PRODUCT": """product products price prices cart buy shop description details detail specs specification
        specifications features feature rating ratings stars sku stock variant checkout basket wishlist""",
    "FORUM": """thread topic message messages forum question answer answers discussion reply conversation postbody
        bbs review reviews faq""",
    "SUMMARY": "summary lead excerpt intro introduction dek standfirst abstract lede deck subline teasertext chapo",
    "FORM": "search searchform form input filter filters sort field fields captcha select facet facets results",
    "TOOL": """tools tool toolbar button buttons btn action actions control controls cta icon icons toggle tabs tab
        link links""",
    "CARD": """list lists card cards grid item items tile tiles carousel slider slick swiper slide row col columns
        column""",
    "LANGUAGE": "language languages locale lang country currency translations interlanguage",
    "LOGO": "logo brand branding logos partners site",
    "LEGAL": "copyright legal disclaimer terms imprint impressum policy",
    "CODE": "code highlight codehilite prettyprint syntax snippet sourcecode example",
    "HERO": "hero jumbotron testimonial testimonials section block blocks container wrapper inner",
    "NOTE": "footnote footnotes reference references reflist citation citations note notes sources appendix infobox",
}
KINDS = tuple(_KINDS)
_BIT = {kind: 1 << place for place, kind in enumerate(KINDS)}

_ELEMENTS = (
    "nav", "header", "footer", "aside", "main", "article", "form", "section", "figure", "figcaption", "details",
    "blockquote", "table", "dl", "button", "address",
)  # fmt: skip
_ROLES = {
    "navigation": "nav", "banner": "header", "contentinfo": "footer", "complementary": "aside", "main": "main",
    "article": "article", "search": "form", "form": "form", "region": "section", "button": "button", "menu": "nav",
    "menubar": "nav",
}  # fmt: skip
_FIRST = len(KINDS)
for _place, _name in enumerate(_ELEMENTS):
    _BIT[_name] = 1 << (_FIRST + _place)
HIDDEN, ARIA_HIDDEN, LINKED, VERBATIM, TEX, JAX, KATEX, DRAWN, LICENCE = (
    1 << (_FIRST + len(_ELEMENTS) + place) for place in range(9)
)
"""Not shown by its attributes; hidden from screen readers; text within a link; text without references; the source of a
formula; made by MathJax; by KaTeX; its HTML; a link to a licence."""

FEATURES = (*KINDS, *_ELEMENTS)  # in the order of their bits


def _words() -> dict[int, int]:
    found: dict[int, int] = {}
    for kind, members in _KINDS.items():
        for word in members.split():
            key = names.hashed(word, names.WORD)
            found[key] = found.get(key, 0) | _BIT[kind]
    for word, bit in (
        ("tex", TEX),
        ("latex", TEX),
        ("mwe", TEX),
        ("jax", JAX),
        ("mathjax", JAX),
        ("katex", KATEX),
        ("html", DRAWN),
    ):
        found[names.hashed(word, names.WORD)] = bit
    for word, kind in _ROLES.items():
        found[names.hashed(word, names.ROLE)] = _BIT[kind]
    found[names.hashed("dialog", names.ROLE)] = _BIT["MODAL"]
    found[names.hashed("alertdialog", names.ROLE)] = _BIT["MODAL"]
    return found


HASHES, BITS = names.table(_words())


def _of_elements() -> np.ndarray:
    """int64 by element: the bit of its own name."""
    bits = np.zeros(elements.COUNT, np.int64)
    for name in _ELEMENTS:
        bits[elements.NUMBER[name]] = _BIT[name]
    bits[elements.NUMBER["dialog"]] = _BIT["MODAL"]
    return bits


OF_ELEMENTS = _of_elements()
