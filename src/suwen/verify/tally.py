"""Figures over many encounters: how safe the triage is, what was elicited, what it cost, whether probabilities hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from suwen.patients.script import Script
from suwen.verify.calibration import Reliability, reliability
from suwen.verify.codes import accuracy
from suwen.verify.conduct import Conduct
from suwen.verify.gaps import Gap, gap_of, groups_of
from suwen.verify.score import Figure, figure, share_json
from suwen.verify.stats import Share


@dataclass(frozen=True, slots=True)
class TriageSafety:
    """right, under (less urgent than the truth) and over are shares of all with a level and a truth. emergency_under: of
    true emergencies those sent less urgently; emergency_missed: those not even sent today."""

    right: Share
    under: Share
    over: Share
    emergency_under: Share
    emergency_missed: Share


@dataclass(frozen=True, slots=True)
class Tally:
    """Of n encounters that came to an end. elicitation: critical facts told, all encounters' facts together;
    elicitation_each: the mean of the encounters' own shares. codes: share right by nearness in ICD-10."""

    n: int
    triage: TriageSafety
    elicitation: Share
    elicitation_each: Figure
    turns: Figure
    tests: Figure
    cost: Figure
    top1: Share
    top3: Share
    codes: dict[str, Share]
    calibration: Reliability | None
    alarm_in_time: Share
    repeated: Share
    medicines_checked: Share
    resolves: Share

    def to_json(self) -> dict[str, Any]:
        shares = {name: share_json(getattr(self.triage, name)) for name in TriageSafety.__dataclass_fields__}
        body: dict[str, Any] = {
            "n": self.n,
            "triage": shares,
            "codes": {k: share_json(v) for k, v in self.codes.items()},
        }
        for name in Tally.__dataclass_fields__:
            value = getattr(self, name)
            if isinstance(value, Figure):
                body[name] = value.to_json()
            elif isinstance(value, Share):
                body[name] = share_json(value)
        if self.calibration is not None:
            one = self.calibration
            body["calibration"] = {"ece": round(one.ece, 4), "interval": [round(x, 4) for x in one.interval],
                                   "chance": round(one.chance, 4), "brier": round(one.brier, 4), "n": one.n}  # fmt: skip
        return body


def triage_safety(conducts: Sequence[Conduct]) -> TriageSafety:
    """Shares of encounters by how far the level was off; those without a level or a truth are in none."""
    known = [(c.triage_off, c.truth_level, c.level) for c in conducts if c.triage_off is not None]
    grave = [(off, level) for off, truth, level in known if truth == "emergency"]
    n = len(known)
    return TriageSafety(
        right=Share(sum(off == 0 for off, _, _ in known), n),
        under=Share(sum(off > 0 for off, _, _ in known), n),
        over=Share(sum(off < 0 for off, _, _ in known), n),
        emergency_under=Share(sum(off > 0 for off, _ in grave), len(grave)),
        emergency_missed=Share(sum(level not in ("emergency", "urgent") for _, level in grave), len(grave)),
    )


def tally(conducts: Sequence[Conduct], *, seed: int = 1) -> Tally:
    """All figures of one set of encounters; sampled patients and outside cases go in separate calls."""
    outcomes = [c.outcomes() for c in conducts]
    sure = [(c.p_first, c.rank == 1) for c in conducts if c.p_first is not None and c.rank is not None]
    told, critical = sum(c.critical[0] for c in conducts), sum(c.critical[1] for c in conducts)

    def share(name: str) -> Share:
        values = [o[name] for o in outcomes if o[name] is not None]
        return Share(sum(bool(v) for v in values), len(values))

    return Tally(
        n=len(conducts),
        triage=triage_safety(conducts),
        elicitation=Share(told, critical),
        elicitation_each=figure([o["elicited"] for o in outcomes], seed=seed),
        turns=figure([float(c.turns) for c in conducts], seed=seed),
        tests=figure([float(c.tests) for c in conducts], seed=seed),
        cost=figure([c.cost for c in conducts], seed=seed),
        top1=share("top1"),
        top3=share("top3"),
        codes=accuracy([c.near for c in conducts]),
        calibration=reliability([p for p, _ in sure], [r for _, r in sure], seed=seed) if sure else None,
        alarm_in_time=share("alarm_in_time"),
        repeated=share("repeated"),
        medicines_checked=share("medicines_checked"),
        resolves=share("resolves"),
    )


def gaps(rows: Sequence[tuple[Script, Conduct]], measure: str, *, seed: int = 1) -> list[Gap]:
    """The gaps of one outcome (a name of `Conduct.outcomes`) between groups of patients, one for each way to divide them
    that has two groups large enough."""
    found = []
    divided = [(groups_of(script), conduct.outcomes()[measure]) for script, conduct in rows]
    for of in divided[0][0] if divided else ():
        gap = gap_of(of, [(groups[of], value) for groups, value in divided], seed=seed)
        if gap is not None:
            found.append(gap)
    return found
