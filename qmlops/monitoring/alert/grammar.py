"""What stands behind `when`, read word by word; nothing of it is ever executed.

    QUANTITY < | <= | > | >= LIMIT              loss > 2, queue > 2h, spend > 0.8 * budget
    QUANTITY is nan | inf                       loss is nan
    QUANTITY drops | rises NUMBER from best     validation_accuracy drops 0.05 from best

each with `for N steps` or `for DURATION` behind it. Durations are numbers with s, m, h or d.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import Literal, NoReturn, cast

from qmlops.errors import ConfigError, Mistake, nearest, shown
from qmlops.monitoring.alert.quantity import SHORT, known, names, unit

Relation = Literal["<", "<=", ">", ">=", "is", "drops", "rises"]
SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_WORD = re.compile(r"(?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?P<unit>[a-zA-Z%]*)|[A-Za-z_]\w*|[<>]=?|\S")
_RELATIONS = ("<", "<=", ">", ">=", "is", "drops", "rises")
_EXAMPLE = "write it as in 'loss is nan', 'queue > 2h' or 'gradient_snr < 1 for 20 steps'"


@dataclass(frozen=True)
class Rule:
    """A condition, read. Durations are in seconds."""

    quantity: str
    relation: Relation
    limit: float
    """With `is`, NaN or infinity; with `of_budget` a multiple of what the budget allows."""
    limit_text: str
    of_budget: bool = False
    steps: int = 1
    """For so many it has to hold, the last one included."""
    seconds: float = 0.0


def read(text: str) -> Rule:
    """The rule of a `when`. Raises ConfigError at the first word that cannot stand where it stands."""
    return _Reader(text).rule()


def mistake(text: str) -> Mistake | None:
    """What is wrong with a `when`."""
    try:
        read(text)
    except ConfigError as error:
        return error.mistakes[0]
    return None


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.words = [found.group() for found in _WORD.finditer(text)]

    def rule(self) -> Rule:
        name = self._quantity()
        relation = self._next("a relation")
        if relation not in _RELATIONS:
            self._refuse(relation, "no relation", "known: " + ", ".join(_RELATIONS))
        rule = Rule(name, cast(Relation, relation), *self._limit(name, relation))
        if self.words[:1] == ["for"]:
            self._next("for")
            rule = self._lasting(rule)
        if self.words:
            self._refuse(self.words[0], "more than a condition", "write `for N steps`, `for 10m`, or nothing behind it")
        return rule

    def _quantity(self) -> str:
        word = self._next("a quantity")
        if not known(word):
            self._refuse(word, "nothing that a run tells", nearest(word, names()))
        return SHORT.get(word, word)

    def _limit(self, name: str, relation: str) -> tuple[float, str, bool]:
        if relation == "is":
            word = self._next("nan or inf")
            if word not in ("nan", "inf") or unit(name):
                self._refuse(word, f"nothing that {name} can be", "write NAME is nan or NAME is inf, of a metric")
            return float(word), word, False
        if relation in ("drops", "rises"):
            return self._from_best(name, relation)
        if self.words[:1] == ["budget"]:
            self._budget(name)
            return 1.0, "budget", True
        word, number = self._number(name, relation)
        if self.words[:1] == ["*"]:
            self._next("")
            self._budget(name)
            return number, f"{word} * budget", True
        if (unit(name) == "s") != (word[-1] in SECONDS):
            instead = f"write a duration, as in {name} > 2h" if unit(name) == "s" else "write a plain number"
            self._refuse(word, f"no limit of {name}", instead)
        return number, word, False

    def _from_best(self, name: str, relation: str) -> tuple[float, str, bool]:
        if unit(name):
            self._refuse(name, "no metric, and only metrics have a best", f"write {name} > LIMIT")
        word, number = self._number(name, relation)
        if word[-1] in SECONDS or number <= 0:
            self._refuse(word, "no distance", "write a number above 0, as in drops 0.05 from best")
        for wanted in ("from", "best"):
            if self._next(wanted) != wanted:
                instead = f"write {name} {relation} {word} from best"
                self._refuse(relation, "not followed by `NUMBER from best`", instead)
        return number, word, False

    def _lasting(self, rule: Rule) -> Rule:
        word, number = self._number(rule.quantity, "… for")
        if word[-1] in SECONDS:
            return replace(rule, seconds=number)
        if unit(rule.quantity):
            self._refuse(word, f"no duration, and {rule.quantity} has no steps", "write a duration, as in `for 10m`")
        if self._next("steps") not in ("step", "steps") or number != int(number) or number < 1:
            self._refuse(word, "no number of steps", "write `for N steps`, or a duration, as in `for 10m`")
        return replace(rule, steps=int(number))

    def _number(self, name: str, relation: str) -> tuple[str, float]:
        word = self._next("a number")
        found = _WORD.fullmatch(word)
        factor = SECONDS.get(found["unit"], None if found["unit"] else 1.0) if found and found["number"] else None
        if found is None or factor is None or not math.isfinite(value := factor * float(found["number"])):
            self._refuse(word, "no number", f"write {name} {relation} NUMBER; durations end in s, m, h or d")
        return word, value

    def _budget(self, name: str) -> None:
        if self._next("budget") != "budget":
            self._refuse("*", "not followed by budget", "write NUMBER * budget")
        if name not in ("spend", "machine_time"):
            self._refuse("budget", f"no limit of {name}", "of a budget one can compare spend and machine_time")

    def _next(self, wanted: str) -> str:
        if not self.words:
            why = f"{shown(self.text)} ends where {wanted} is wanted."
            raise ConfigError([Mistake("when", why if self.text.strip() else "nothing is written.", _EXAMPLE)])
        return self.words.pop(0)

    def _refuse(self, word: str, what: str, instead: str) -> NoReturn:
        raise ConfigError([Mistake("when", f"{shown(word)} in {shown(self.text)} is {what}.", instead)])
