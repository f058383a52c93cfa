"""Arithmetic that stands in a config, such as `pi * x[i]` or `gamma * weight`, read without `eval`."""

from __future__ import annotations

import ast
import math
import operator
import sys
from collections.abc import Callable
from typing import Any

from qmlops.errors import RequestError, shown

Lookup = Callable[[str, int | None], Any]
"""Gives the value of a name, or of `name[index]`; raises RequestError for one it does not know."""

_BINARY: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Mod: operator.mod,
}
_LONGEST = 200
_NO_NUMBERS = ("nan", "inf", "infinity")


def evaluate(text: str | float, lookup: Lookup) -> Any:
    """The value of an expression: numbers, `pi`, names, `name[index]`, + - * / % and parentheses.

    A value is finite, and so is each number in it that stands beside a symbol. Raises RequestError
    where the text is no such expression, divides by zero, or is too large.
    """
    if isinstance(text, int | float):
        if not _is_finite(text):
            raise RequestError(f"{shown(text)} is not a finite number")
        return float(text)
    if len(text) > _LONGEST:
        raise RequestError(f"an expression of {len(text)} characters is too long; {_LONGEST} are the most")
    try:
        value = _value(ast.parse(text.strip(), mode="eval").body, lookup)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise RequestError(f"{text!r} is no expression; write it as in 'pi * x[i]' or '2 * theta'") from None
    except (ZeroDivisionError, OverflowError, TypeError):
        raise RequestError(f"{text!r} has no value: it divides by zero, or is too large") from None
    if not _is_finite(value):
        raise RequestError(f"{text!r} has no value: it divides by zero, or is too large")
    return value


def number(text: str | float) -> float:
    """The value of an expression without names, such as `-pi/2`. Raises RequestError."""
    return float(evaluate(text, _no_names))


def _no_names(name: str, index: int | None) -> Any:
    raise RequestError(f"{name!r} has no meaning here; numbers and pi are allowed")


def _value(node: ast.expr, lookup: Lookup) -> Any:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return float(number)
        case ast.Name(id="pi"):
            return math.pi
        case ast.Name(id=name) if name.lower() in _NO_NUMBERS:
            raise RequestError(f"{name!r} is not a finite number")
        case ast.Name(id=name):
            return lookup(name, None)
        case ast.Subscript(value=ast.Name(id=name), slice=index):
            return lookup(name, _index(_value(index, lookup)))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, lookup)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _value(operand, lookup)
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _BINARY:
            result = _BINARY[type(sign)](_value(left, lookup), _value(right, lookup))
            if isinstance(result, float) and not math.isfinite(result):
                raise OverflowError
            return result
    raise SyntaxError


def _index(value: Any) -> int:
    if not isinstance(value, float) or not value.is_integer() or value < 0:
        raise RequestError("an index must be a whole number of at least 0")
    return int(value)


def _is_finite(value: Any) -> bool:
    """Of a number, or of every number in a sympy expression; its `zoo` stands for a division by zero."""
    most = sys.float_info.max
    if isinstance(value, int | float):
        return -most <= value <= most
    return all(item.is_finite and abs(item) <= most for item in value.atoms() if item.is_number)
