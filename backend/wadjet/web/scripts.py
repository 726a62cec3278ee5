"""The widget's scripts as they are served: a built file with what is so at this moment as one literal inside."""

import functools
import json
import re
from hashlib import sha256
from typing import Any

from flask import Request, Response

from ..settings import WIDGET
from . import negotiate, shelf


def answer(request: Request, name: str, data: dict[str, Any]) -> Response:
    """The script `name` of widget/static with `data` in place of `__WADJET__`; the same for whoever asks the same."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    # It is a script: a key needs no quotes, and inside JSON's strings a bare quote cannot stand.
    text = re.sub(r'"([a-z]\w*)":', r"\1:", text)
    body = _built(name).replace("__WADJET__", text, 1).encode()
    shelf.keep(request)
    return negotiate.answer(
        request,
        body,
        "text/javascript",
        digest=sha256(body).hexdigest(),
        max_age=300,
        encoded=negotiate.encode(body, negotiate.encoding(request), quality=11),
    )


@functools.cache
def _built(name: str) -> str:
    return (WIDGET / "static" / name).read_text("utf-8")
