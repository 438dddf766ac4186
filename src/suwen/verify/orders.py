"""What a doctor orders, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Test:
    """An examination that was ordered. fact: the script's fact that it showed, None for a plausible normal.
    price: in `currency`, None where the table has none."""

    __test__ = False  # not a test of pytest

    name: str
    fact: str | None = None
    price: float | None = None
    currency: str = "CNY"


@dataclass(frozen=True, slots=True)
class Report:
    """What came of one order. results: in words, a line each. remarks: what was not done and why, and cautions. disclosed:
    ids of the script's facts that the results show."""

    tests: tuple[Test, ...] = ()
    results: str = ""
    remarks: str = ""
    disclosed: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return "\n".join(part for part in (self.results, self.remarks) if part)
