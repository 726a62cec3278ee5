"""What a route takes, answers and refuses, said beside the route itself.

Every view declares it (`operation`); openapi.py draws the contract from the map of routes. A route that says
nothing of itself stops it: the contract is whole or not there.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

from flask import Flask

from ..problems import Problem
from .errors import BadRequest, BodyTooLarge, Internal, MethodNotAllowed, NotFound
from .guards import HostNotAllowed

PLACE = re.compile(r"<(?:(\w+)(?:\((.*?)\))?:)?(\w+)>")  # a variable part of a path, as Flask writes it

Bodies = Mapping[str, Any]  # media type → a type that pydantic knows
View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Operation:
    """What one view promises. Its docstring is the summary."""

    answers: Mapping[int, Bodies]
    takes: Bodies
    refuses: frozenset[type[Problem]]
    query: Mapping[str, str]


class Route(NamedTuple):
    """One method of one path."""

    path: str  # as Flask writes it
    method: str
    summary: str
    operation: Operation

    @property
    def template(self) -> str:
        return PLACE.sub(r"{\3}", self.path)

    @property
    def refuses(self) -> list[type[Problem]]:
        """Every refusal that may come, by status; two with one slug are one."""
        body: set[type[Problem]] = {BadRequest, BodyTooLarge} if self.method == "POST" else set()
        by_slug = {each.slug: each for each in self.operation.refuses | body | {HostNotAllowed, Internal}}
        return sorted(by_slug.values(), key=attrgetter("status", "slug"))


def operation(
    *,
    answers: Mapping[int, Bodies],
    takes: Bodies | None = None,
    refuses: Sequence[type[Problem]] = (),
    query: Mapping[str, str] | None = None,
) -> Callable[[View], View]:
    """Declare a view; stands under its route. `answers`: status → bodies; `query`: name → what it is for."""

    def declare(view: View) -> View:
        view.operation = Operation(answers, takes or {}, frozenset(refuses), query or {})  # type: ignore[attr-defined]
        return view

    return declare


def routes(app: Flask) -> Iterator[Route]:
    """Every route but that of the pages' own files. Raises LookupError for one that declares nothing."""
    for rule in sorted(app.url_map.iter_rules(), key=attrgetter("rule")):
        if rule.endpoint == "static":
            continue
        view = app.view_functions[rule.endpoint]
        if not hasattr(view, "operation"):
            raise LookupError(f"{rule.rule} does not say what it answers")
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            yield Route(rule.rule, method, (view.__doc__ or "").partition("\n")[0], view.operation)


def refusals(known: Iterable[Route]) -> list[type[Problem]]:
    """Every refusal that a client can meet, by slug; also those of addresses and methods that are none."""
    met: list[type[Problem]] = [NotFound, MethodNotAllowed]
    met += [refusal for route in known for refusal in route.refuses]
    return sorted({refusal.slug: refusal for refusal in met}.values(), key=attrgetter("slug"))


def advice(refusal: type[Problem]) -> str:
    """What a refusal means and what to do, as its class says first."""
    return " ".join((refusal.__doc__ or "").partition("\n\n")[0].split())
