"""What rules may ask of a case: a finding, one that is not there, a sex, an age or a measured value."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

FACT = re.compile(
    r"^(age|pregnant_weeks|temperature|sbp|dbp|heart_rate|respiratory_rate|spo2|glucose)(<=|>=|<|>)(\d+(?:\.\d*)?|\.\d+)$"
)
COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip

Literal = tuple[str, Any]
"""('present', finding), ('not', finding), ('sex', male or female), ('age', (comparison, years)) or ('measured', the fact)."""


def literal(item: str) -> Literal:
    """The meaning of one item of a rule, such as `fever`, `not:fever`, `female`, `age<0.25` or `spo2<94`."""
    fact = FACT.match(item)
    if fact and fact.group(1) == "age":
        return "age", (COMPARE[fact.group(2)], float(fact.group(3)))
    if fact:
        return "measured", item
    if item in ("male", "female"):
        return "sex", item
    return ("not", item[4:]) if item.startswith("not:") else ("present", item)


def literals(rules: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str, list[list[Literal]]]]:
    """Every line of every rule as (rule, level, what must hold together), each an alternative of literals; for arrays."""
    for rule in rules:
        for line in rule["any"]:
            yield (
                rule["id"],
                rule["triage"],
                [[literal(one) for one in ([item] if isinstance(item, str) else item)] for item in line],
            )
