"""Simulated patients by the thousand, as arrays: who they are, what they have, what of it they tell first.

Case i of a seed is the same however many are drawn and wherever they are drawn. For patients who talk see `script`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from suwen.knowledge import AGE_BAND_ENDS, AGE_SHARE, Knowledge
from suwen.patients.tables import P_COMPLAINTS, Tables

BLOCK = 512
"""Cases that share one random stream."""
OLDEST_YEARS = 90.0
P_TOLD_AT_ONCE = 0.5
"""P(age, sex, duration each told with the complaint). Source: estimate."""
MOST_COMPLAINTS = len(P_COMPLAINTS)


@dataclass(frozen=True, slots=True)
class Noise:
    """P(a question is answered with 'not sure'), and P(the answer is the opposite of the truth)."""

    unsure: float = 0.0
    wrong: float = 0.0


@dataclass(frozen=True)
class Crowd:
    """n people; findings are indices of the knowledge.

    number: (n,) their places in the seed's sequence. condition: (n,). age_years: (n,). is_female: (n,). month: (n,) 1..12.
    truth: (n, F) what is there of what people can tell; measurements are False. complaints: (n, 3), -1 where there are fewer. duration: (n,) place in DURATIONS.
    tells_age, tells_sex, tells_duration: (n,) whether it is among the first words.
    """

    seed: int
    number: NDArray[np.int64]
    condition: NDArray[np.int64]
    age_years: NDArray[np.float64]
    is_female: NDArray[np.bool_]
    month: NDArray[np.int64]
    truth: NDArray[np.bool_]
    complaints: NDArray[np.int64]
    duration: NDArray[np.int64]
    tells_age: NDArray[np.bool_]
    tells_sex: NDArray[np.bool_]
    tells_duration: NDArray[np.bool_]
    noise: Noise = Noise()

    def __len__(self) -> int:
        return len(self.number)

    def answers(self, rows: NDArray[np.int64], findings: NDArray[np.int64]) -> NDArray[np.int8]:
        """What each of `rows` says about one finding: 1 yes, 0 no, -1 not sure; the same whenever it is asked."""
        said = self.truth[rows, findings].astype(np.int8)
        if self.noise.wrong:
            wrong = _uniform(self.seed, self.number[rows], findings, 1) < self.noise.wrong
            said = np.where(wrong, 1 - said, said).astype(np.int8)
        if self.noise.unsure:
            unsure = _uniform(self.seed, self.number[rows], findings, 2) < self.noise.unsure
            said = np.where(unsure, -1, said).astype(np.int8)
        return said


class Crowds:
    """Draws crowds under one knowledge; `even` gives every condition the same chance, else they come as often as in practice."""

    def __init__(self, knowledge: Knowledge, *, even: bool = False, noise: Noise | None = None) -> None:
        self.knowledge = knowledge
        self.noise = noise or Noise()
        tables = Tables(knowledge)
        self._durations = np.array(tables.durations)
        self._told = np.flatnonzero(tables.tellable)
        # As the knowledge has it, without the reasoner's floor: that would give everybody some absurdly rare findings.
        self._p = np.ascontiguousarray(tables.given[:, self._told])
        self._levels = [
            (c[there], above[there]) for c, above in tables.levels for there in [tables.tellable[c]]
        ]
        with np.errstate(divide="ignore"):
            self._appeal = np.log(tables.appeal).astype(np.float32)
        self._from, self._to, self._sex = tables.only
        self._limited = np.flatnonzero((self._sex >= 0) | (self._from > 0) | (self._to < 200))
        weight = knowledge.prior[:-1]
        self._share = (weight > 0).astype(float) if even else weight

    def draw(self, start: int, stop: int, seed: int) -> Crowd:
        """People number `start` to `stop` - 1 of a seed."""
        parts = []
        for block in range(start // BLOCK, (stop - 1) // BLOCK + 1):
            crowd = self._block(block, seed)
            low, high = max(start - block * BLOCK, 0), min(stop - block * BLOCK, BLOCK)
            parts.append({name: getattr(crowd, name)[low:high] for name in _ARRAYS})
        joined = {name: np.concatenate([p[name] for p in parts]) for name in _ARRAYS}
        return Crowd(seed=seed, noise=self.noise, **joined)

    def _block(self, block: int, seed: int) -> Crowd:
        chance = np.random.default_rng([seed, block])
        n, knowledge = BLOCK, self.knowledge
        band = np.searchsorted(np.cumsum(AGE_SHARE), chance.random(n) * AGE_SHARE.sum())
        ends = np.array([0.0, *AGE_BAND_ENDS, OLDEST_YEARS])
        age = ends[band] + chance.random(n) * (ends[band + 1] - ends[band])
        age = np.where(age >= 1, np.floor(age), np.floor(age * 365) / 365)
        band = np.searchsorted(np.array(AGE_BAND_ENDS), age, side="right")
        female = chance.random(n) < 0.5
        month = chance.integers(1, 13, n)
        weight = self._share[:, band, female.astype(int), (month % 12) // 3 - 1]
        total = np.cumsum(weight, axis=0)
        condition = (total < chance.random(n) * total[-1]).sum(axis=0)
        truth = np.zeros((n, len(knowledge.findings)), dtype=bool)
        truth[:, self._told] = chance.random((n, len(self._told)), dtype=np.float32) < self._p[condition]
        truth[:, self._limited] &= self._fits(age, female)
        for columns, above in self._levels:
            truth[:, columns] &= truth[:, above]
        shares = np.cumsum(knowledge.likelihood[condition][:, self._durations], axis=1)
        duration = np.minimum((shares < chance.random((n, 1)) * shares[:, -1:]).sum(axis=1), 3)
        truth[:, self._durations] = np.arange(4) == duration[:, None]
        complaints = self._complaints(condition, truth, age, female, chance)
        told = chance.random((3, n)) < P_TOLD_AT_ONCE
        return Crowd(
            seed, block * BLOCK + np.arange(n), condition, age, female, month, truth, complaints, duration,
            told[0], told[1], told[2],
        )  # fmt: skip

    def _fits(self, age: NDArray[np.float64], female: NDArray[np.bool_]) -> NDArray[np.bool_]:
        at = self._limited
        sex = self._sex[at]
        fits = (self._from[at] <= age[:, None]) & (age[:, None] <= self._to[at])
        return np.asarray(fits & ((sex < 0) | (sex == female[:, None])))

    def _complaints(
        self, condition: NDArray[np.int64], truth: NDArray[np.bool_], age: NDArray[np.float64],
        female: NDArray[np.bool_], chance: np.random.Generator,
    ) -> NDArray[np.int64]:  # fmt: skip
        """(n, 3): by what they come, what speaks most for their illness first more often; somebody always has one."""
        appeal = self._appeal[condition]
        possible = np.ones(truth.shape, dtype=bool)
        possible[:, self._limited] = self._fits(age, female)
        none = np.asarray(~(truth & np.isfinite(appeal)).any(axis=1))
        forced = np.where(possible, appeal, -np.inf)[none].argmax(axis=1)
        truth[np.flatnonzero(none), forced] = True
        for who, what in zip(np.flatnonzero(none).tolist(), forced.tolist(), strict=True):
            names = self.knowledge.ancestors[self.knowledge.findings[what].id]
            truth[who, [self.knowledge.finding[name].index for name in names]] = True
        row, finding = np.nonzero(truth)
        pull = appeal[row, finding] + chance.gumbel(
            size=len(row)
        )  # the greatest of these is a draw by appeal
        pull[none[row]] = np.where(
            finding[none[row]] == forced[(np.cumsum(none) - 1)[row[none[row]]]], 0.0, -np.inf
        )
        order = np.lexsort((-pull, row))
        row, finding, pull = row[order], finding[order], pull[order]
        place = np.arange(len(row)) - np.searchsorted(row, np.arange(len(truth)))[row]
        number = 1 + np.searchsorted(np.cumsum(P_COMPLAINTS), chance.random(len(truth)))
        told = (place < number[row]) & np.isfinite(pull)
        found = np.full((len(truth), MOST_COMPLAINTS), -1, dtype=np.int64)
        found[row[told], place[told]] = finding[told]
        return found


_ARRAYS = tuple(name for name in Crowd.__dataclass_fields__ if name not in ("seed", "noise"))


def _uniform(
    seed: int, number: NDArray[np.int64], finding: NDArray[np.int64], use: int
) -> NDArray[np.float64]:
    """A number in [0, 1) that depends on nothing but its arguments (SplitMix64; Steele et al., OOPSLA 2014)."""
    x = number.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + finding.astype(np.uint64)
    x = x * np.uint64(0xD1B54A32D192ED03) + np.uint64(seed * 4 + use)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        x = (x ^ (x >> np.uint64(shift))) * np.uint64(factor)
    return np.asarray((x ^ (x >> np.uint64(31))) >> np.uint64(11), dtype=np.float64) * 2.0**-53
