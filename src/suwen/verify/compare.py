"""Two runs on the same patients, as a paired test with a plain verdict: is the second one better than the first?

What only one of them has is named and left out. Different scripts under one id, or different seeds, are refused: a
difference between other patients says nothing about the doctor.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from suwen.core.errors import InputError
from suwen.verify.outcomes import HEADLINE, MEASURES, Measure, sets_of
from suwen.verify.stats import means_of

LEAST_PAIRS = 10
"""Below this many pairs no verdict is given. Source: estimate."""
RESAMPLES = 4000
ALPHA = 0.05
Verdict = Literal["better", "worse", "no difference that this n can show", "too few pairs", "same", "changed"]
SAME_FOR_BOTH = ("seed", "noise")
SHOWN = (
    "commit",
    "version",
    "knowledge",
    "knowledge_digest",
    "suite_version",
    "suite_digest",
    "budget",
    "doctor",
    "doctor_prompts",
    "patient",
    "patient_prompts",
    "patient_checks",
    "temperature",
    "judge",
    "judge_prompts",
    "python",
)


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run: what was run, and a row for each item."""

    name: str
    manifest: Mapping[str, Any]
    rows: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Difference:
    """`value` is B minus A with its interval; `p` is of McNemar's exact test, None for what is not a yes or no.
    gained, lost: pairs that turned to yes and to no."""

    set: str
    measure: Measure
    a: float
    b: float
    value: float
    low: float
    high: float
    n: int
    p: float | None
    gained: int
    lost: int
    verdict: Verdict
    turned_bad: tuple[str, ...] = ()
    """Items of a yes-or-no measure that were good in A and are bad in B."""

    @property
    def harm(self) -> float:
        """By how much B is worse; below 0 it is better, 0 without pairs."""
        if not self.n:
            return 0.0
        return -self.value if self.measure.better == "higher" else self.value

    def to_json(self) -> dict[str, Any]:
        body: dict[str, Any] = {"set": self.set, "figure": self.measure.name, "n": self.n}
        body |= {k: round(getattr(self, k), 4) for k in ("a", "b", "value", "low", "high") if self.n}
        if self.p is not None:
            body |= {"mcnemar_p": round(self.p, 5), "gained": self.gained, "lost": self.lost}
        return body | {"verdict": self.verdict, "turned_bad": list(self.turned_bad)}


@dataclass(frozen=True, slots=True)
class Comparison:
    a: str
    b: str
    differences: tuple[Difference, ...]
    overall: str
    unlike: Mapping[str, tuple[Any, Any]]
    """What differs in how they were made, and may: commit, knowledge, version of the suite, budget."""
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]
    altered: tuple[str, ...]
    """Items of a suite whose text differs between its versions; left out."""

    def to_json(self) -> dict[str, Any]:
        return {
            "a": self.a, "b": self.b, "overall": self.overall,
            "figures": [d.to_json() for d in self.differences],
            "unlike": {k: list(v) for k, v in self.unlike.items()},
            "only_a": list(self.only_a), "only_b": list(self.only_b), "altered": list(self.altered),
        }  # fmt: skip


def compare(a: Run, b: Run, *, seed: int = 1) -> Comparison:
    """B against A. Raises InputError where they did not run the same patients."""
    _same_patients(a, b)
    left, right = _by_key(a), _by_key(b)
    both = [key for key in left if key in right]
    if not both:
        raise InputError(
            f"{a.name} and {b.name} have no item in common; compare two runs of the same suite or the same scripts"
        )
    altered = [k for k in both if left[k].get("digest") != right[k].get("digest")]
    if altered and "suite_digest" not in a.manifest:
        raise InputError(
            f"{_shown(altered[0])} is another patient in {b.name} than in {a.name} ({len(altered)} of {len(both)} differ); "
            "sampled patients change with the knowledge: write them to a file once and run both on that file"
        )
    pairs = [(left[k], right[k]) for k in both if k not in set(altered)]
    differences = tuple(
        difference
        for name, rows in sets_of([one for one, _ in pairs]).items()
        for difference in _of_set(name, rows, right, seed)
    )
    if not differences:
        raise InputError(f"{a.name} and {b.name}: nothing can be compared; {_why_nothing(a, b, both, pairs)}")
    unlike = {
        k: (a.manifest.get(k), b.manifest.get(k)) for k in SHOWN if a.manifest.get(k) != b.manifest.get(k)
    }
    return Comparison(
        a.name,
        b.name,
        differences,
        overall_of(differences),
        unlike,
        tuple(_shown(k) for k in left if k not in right),
        tuple(_shown(k) for k in right if k not in left),
        tuple(_shown(k) for k in altered),
    )


def paired(
    measure: Measure,
    a: Sequence[float],
    b: Sequence[float],
    *,
    seed: int = 1,
    group: str = "",
    ids: Sequence[str] = (),
) -> Difference:
    """The difference of two measurements on the same items, (n,) each."""
    first, second = np.asarray(a, float), np.asarray(b, float)
    n = len(first)
    if not n:
        nan = math.nan
        return Difference(group, measure, nan, nan, nan, nan, nan, 0, None, 0, 0, "too few pairs")
    change = second - first
    low, high = map(float, np.percentile(means_of(change, seed, times=RESAMPLES), (2.5, 97.5)))
    gained, lost = int((change > 0).sum()), int((change < 0).sum())
    p = mcnemar(gained, lost) if measure.yes_no else None
    bad = change < 0 if measure.better == "higher" else change > 0
    turned = tuple(i for i, is_bad in zip(ids, bad, strict=False) if is_bad) if measure.yes_no else ()
    value = float(change.mean())
    verdict = _verdict(measure, value, low, high, n, p, changed=bool(gained or lost))
    return Difference(
        group,
        measure,
        float(first.mean()),
        float(second.mean()),
        value,
        low,
        high,
        n,
        p,
        gained,
        lost,
        verdict,
        turned,
    )


def mcnemar(gained: int, lost: int) -> float:
    """Two-sided exact p of McNemar's test: whether as many would turn one way by chance (binomial with 1/2)."""
    n = gained + lost
    tail = sum(math.comb(n, k) for k in range(min(gained, lost) + 1))
    return min(1.0, float(2 * tail / 2**n))


def overall_of(differences: Sequence[Difference]) -> str:
    """One plain word: safety first, then the headline figures; `mixed` where they disagree. Patients who became less safe
    are named beside any word, shown by chance or not."""
    if any(d.measure.safety and d.verdict == "worse" for d in differences):
        return "worse: less safe"
    word = _word(differences)
    harmed = [
        f"{d.measure.title} ({d.set}: {d.a:.3f} to {d.b:.3f})"
        for d in differences
        if d.measure.safety and d.harm > 0
    ]
    return f"{word}; but look at: {', '.join(harmed)}" if harmed else word


def _word(differences: Sequence[Difference]) -> str:
    told = {d.verdict for d in differences if d.measure.name in HEADLINE or d.measure.safety}
    if {"better", "worse"} <= told:
        return "mixed: see the figures"
    for word in ("worse", "better"):
        if word in told:
            return word
    if told <= {"same"}:
        return "same"
    return "too few pairs" if told <= {"too few pairs"} else "no difference that this n can show"


@dataclass(frozen=True, slots=True)
class Gate:
    """What must not get worse, and by how much it may: in the figure's own unit, shares as fractions of 1."""

    figure: str
    margin: float = 0.0

    @classmethod
    def of(cls, text: str) -> Gate:
        """`top1` or `top1:0.02`. Raises InputError for an unknown figure or margin."""
        name, _, margin = text.partition(":")
        known = [m.name for m in MEASURES if m.better != "neither"]
        if name not in known:
            raise InputError(f"--gate {text}: no figure {name!r}; there are {', '.join(known)}")
        try:
            allowed = float(margin) if margin else 0.0
        except ValueError:
            allowed = math.nan
        if not 0 <= allowed < math.inf:
            raise InputError(f"--gate {text}: the margin must be a number from 0, such as {name}:0.02")
        return cls(name, allowed)


def breaches(found: Comparison, gates: Sequence[Gate]) -> list[str]:
    """Why B must not replace A, one line each. A gate's figure fails when it is shown to be worse, and by more than its
    margin; a safety figure fails with the first net patient who is worse off, shown by chance or not."""
    lines = []
    for d in found.differences:
        harm = d.harm
        if d.measure.safety and harm > 0:
            lines.append(
                f"{d.set}: {d.measure.title} got worse ({d.a:.3f} to {d.b:.3f}, n={d.n}): {', '.join(d.turned_bad[:5])}"
            )
        for gate in gates:
            if (
                gate.figure == d.measure.name
                and not d.measure.safety
                and d.verdict == "worse"
                and harm > gate.margin
            ):
                lines.append(f"{d.set}: {d.measure.title} is worse by {harm:.4f}, more than {gate.margin:g}")
    named = {d.measure.name for d in found.differences}
    lines += [f"{g.figure}: neither run has this figure in common" for g in gates if g.figure not in named]
    return lines


def _verdict(
    measure: Measure, value: float, low: float, high: float, n: int, p: float | None, *, changed: bool
) -> Verdict:
    if not changed:
        return "same"
    if n < LEAST_PAIRS:
        return "too few pairs"
    shown = (low > 0 or high < 0) and (p is None or p < ALPHA)
    if not shown:
        return "no difference that this n can show"
    if measure.better == "neither":
        return "changed"
    return "better" if (value > 0) == (measure.better == "higher") else "worse"


def _of_set(
    name: str,
    rows: Sequence[Mapping[str, Any]],
    right: Mapping[tuple[str, str], Mapping[str, Any]],
    seed: int,
) -> list[Difference]:
    found = []
    for measure in MEASURES:
        triples = []
        for row in rows:
            other = right[_key(row)]
            if row.get("error") or other.get("error"):
                continue
            x, y = row["outcomes"].get(measure.name), other["outcomes"].get(measure.name)
            if x is not None and y is not None:
                triples.append((float(x), float(y), str(row["id"])))
        if triples:
            a, b, ids = zip(*triples, strict=True)
            found.append(paired(measure, a, b, seed=seed, group=name, ids=ids))
    return found


def _why_nothing(a: Run, b: Run, both: Sequence[Any], pairs: Sequence[tuple[Any, Any]]) -> str:
    if not pairs:
        return f"all {len(both)} items in common were altered between the versions of the suite; run both on one version"
    broken = sum(bool(x.get("error") or y.get("error")) for x, y in pairs)
    if broken == len(pairs):
        return (
            f"of {broken} pairs every one broke off in {a.name} or {b.name}; see `broken` in their figures.json, "
            "mend that and run with --retry-broken"
        )
    return "no figure is known of both; were they run with doctors of the same kind?"


def _same_patients(a: Run, b: Run) -> None:
    for name in SAME_FOR_BOTH:
        x, y = a.manifest.get(name), b.manifest.get(name)
        if x != y:
            raise InputError(
                f"{a.name} ran with {name} {x!r} and {b.name} with {y!r}: other patients; run both with the same --{name}"
            )


def _by_key(run: Run) -> dict[tuple[str, str], Mapping[str, Any]]:
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    for row in run.rows:
        key = _key(row)
        if key in found:
            raise InputError(
                f"{run.name}: {_shown(key)} stands twice in it, and which is meant cannot be told; give each script its own id and run again"
            )
        found[key] = row
    return found


def _key(row: Mapping[str, Any]) -> tuple[str, str]:
    return str(row["set"]), str(row["id"])


def _shown(key: tuple[str, str]) -> str:
    return f"{key[0]}/{key[1]}"
