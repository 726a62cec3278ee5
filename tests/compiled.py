"""What applications compile as they start, once for all applications of a process: each test has one of its own."""

import gc
from collections.abc import Callable
from typing import Any, ClassVar

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule


class _Addresses(Rule):
    """How an address is put together depends on the rule alone."""

    _known: ClassVar[dict[tuple[object, ...], Callable[..., Any]]] = {}

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., Any]:
        key = (self.rule, *self._trace, repr(self.defaults), append_unknown)
        if key not in self._known:
            self._known[key] = super()._compile_builder(append_unknown)
        return self._known[key]


class _Templates(BytecodeCache):
    """By a template's text, and by what else its environment understands."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._known.get(_key(bucket))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._known[_key(bucket)] = bucket.code


def _key(bucket: Bucket) -> tuple[object, ...]:
    return (bucket.key, bucket.checksum, *sorted(bucket.environment.extensions))


Flask.url_rule_class = _Addresses
Flask.jinja_options = Flask.jinja_options | {"bytecode_cache": _Templates()}


def pytest_collection_finish() -> None:
    """What was imported and collected is no garbage: it is not to be looked through again and again."""
    gc.collect()
    gc.freeze()
