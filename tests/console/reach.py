"""Which refusals a page of the console can meet: followed from its views through every function that they name.

A call is followed where its name can be looked up; of a method whose object is not known every one of that name in the
house is taken. So nothing is missed for being passed along, and a little too much is found rather than too little.
"""

import ast
import importlib
import inspect
import pkgutil
import textwrap
from collections.abc import Iterable, Iterator
from types import FunctionType, ModuleType
from typing import Any

import wadjet
from wadjet.problems import Problem

_EVERYWHERE = frozenset(dir(dict) + dir(list) + dir(str) + dir(set) + ["execute", "read", "write"])  # others' methods


def modules(below: str = "wadjet") -> Iterator[ModuleType]:
    for each in pkgutil.walk_packages(wadjet.__path__, "wadjet."):
        if each.name.startswith(below) and ".migrations" not in each.name:
            yield importlib.import_module(each.name)


def problems(starts: Iterable[Any]) -> set[type[Problem]]:
    """What can be raised by what these functions do."""
    methods = _methods()
    met: set[type[Problem]] = set()
    seen, waiting = set[int](), list(starts)
    while waiting:
        found = inspect.unwrap(waiting.pop())
        if id(found) in seen or not getattr(found, "__module__", "").startswith("wadjet."):
            continue
        seen.add(id(found))
        if isinstance(found, type):
            met |= {found} if issubclass(found, Problem) else set()
            waiting += [each for each in vars(found).values() if isinstance(each, FunctionType)]
        elif isinstance(found, FunctionType) and not found.__code__.co_filename.startswith("<"):  # those are made up
            waiting += _named(found, methods)
    return met


def _named(function: FunctionType, methods: dict[str, list[FunctionType]]) -> Iterator[Any]:
    """What a function's body names, of ours."""
    caught = set()
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and node.type:
            caught |= set(map(id, ast.walk(node.type)))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Name | ast.Attribute) or id(node) in caught:
            continue
        value = _look_up(node, function.__globals__)
        if value is not None:
            yield from _inside(value)
        elif isinstance(node, ast.Attribute) and node.attr not in _EVERYWHERE:
            yield from methods.get(node.attr, ())


def _look_up(node: ast.expr, known: dict[str, Any]) -> Any:
    if isinstance(node, ast.Name):
        return known.get(node.id)
    if isinstance(node, ast.Attribute) and isinstance(whole := _look_up(node.value, known), ModuleType | type):
        return getattr(whole, node.attr, None)
    return None


def _inside(value: Any) -> Iterator[Any]:
    """What a table of functions holds, or the thing itself."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple | set | frozenset):
        for each in value:
            yield from _inside(each)
    elif isinstance(value, FunctionType | type):
        yield value


def _methods() -> dict[str, list[FunctionType]]:
    found: dict[str, list[FunctionType]] = {}
    for module in modules():
        for kind in vars(module).values():
            if isinstance(kind, type) and kind.__module__ == module.__name__:
                for name, each in vars(kind).items():
                    if isinstance(each, FunctionType) and not name.startswith("__"):
                        found.setdefault(name, []).append(each)
    return found
