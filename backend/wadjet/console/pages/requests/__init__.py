"""Requests: what people demanded, by when it must be done, and the steps that the law allows."""

from . import entering, item, listing, steps  # noqa: F401 - each adds its pages
from .area import blueprint

__all__ = ["blueprint"]
