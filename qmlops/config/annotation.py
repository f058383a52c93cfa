"""Field types in words, for error messages and for `qmlops list`."""

from __future__ import annotations

import types
from typing import Any, Literal, Union, get_args, get_origin

_WORDS = {int: "a whole number", float: "a number", str: "text", bool: "true or false", Any: "any value"}


def in_words(annotation: Any) -> str:
    """What may be written for a type: `a whole number or null`, `one of: rx, ry, rz`."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if annotation is type(None):
        return "null"
    if origin is Literal:
        return "one of: " + ", ".join(str(choice) for choice in inner)
    if origin in (Union, types.UnionType):
        return " or ".join(in_words(choice) for choice in inner)
    if origin in (list, tuple):
        return "a list of " + _plural(inner[0])
    if origin is dict:
        return f"a mapping of {_plural(inner[0])} to {_plural(inner[1])}"
    return _WORDS.get(annotation, getattr(annotation, "__name__", str(annotation)))


def fits(value: Any, annotation: Any) -> bool:
    """Whether a plain value has a type, its members included; a whole number is a number too."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return value in inner
    if origin in (Union, types.UnionType):
        return any(fits(value, choice) for choice in inner)
    if origin in (list, tuple):
        return isinstance(value, list | tuple) and all(fits(item, inner[0]) for item in value)
    if origin is dict:
        return isinstance(value, dict) and all(fits(k, inner[0]) and fits(v, inner[1]) for k, v in value.items())
    if annotation is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return annotation is Any or isinstance(value, annotation)


def choices(annotation: Any) -> tuple[str, ...]:
    """The words that a Literal allows, also inside a union; empty for other types."""
    if get_origin(annotation) is Literal:
        return tuple(str(choice) for choice in get_args(annotation))
    return tuple(word for inner in get_args(annotation) for word in choices(inner))


def _plural(annotation: Any) -> str:
    plurals = {int: "whole numbers", float: "numbers", str: "texts", Any: "values"}
    if get_origin(annotation) is dict:
        return "mappings"
    if get_origin(annotation) in (list, tuple):
        return "lists of " + _plural(get_args(annotation)[0])
    return plurals.get(annotation, in_words(annotation))
