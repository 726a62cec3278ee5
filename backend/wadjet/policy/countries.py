"""Which countries are there? The codes of ISO 3166-1, as Babel lists them."""

import re
from functools import cache

from babel import Locale

_NONE = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}  # of CLDR, and no country


@cache
def countries() -> frozenset[str]:
    """Codes of two letters. Read when first asked for: a server that sends nothing abroad needs no such list."""
    return frozenset(code for code in map(str, Locale("en").territories) if re.fullmatch("[A-Z]{2}", code)) - _NONE
