"""The same wave with its sums on a GPU: what is weighed lies there in double precision, who was asked what stays here.

A GPU's matrix units make the whole products cheaper than leaving anything out, so that nothing is ranked roughly first.
Needs torch, which is imported where a `TorchWave` is made; runs on the CPU too, for proof.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from suwen.consult.ask import ENOUGH_QUESTIONS, LEAST_QUESTIONS, LOOKED_AHEAD, SETTLED, TOO_LITTLE
from suwen.consult.many import Bools, Floats, Ints, Many
from suwen.consult.wave import Openings, Wave
from suwen.core.case import TRIAGE_LEVELS
from suwen.reasoning.differential import CROWD
from suwen.reasoning.inquiry import HARM, LEAST_P, LEAST_P_ANSWER, NEAR, VALUE_DIGITS
from suwen.reasoning.triage import UNCLEAR

ROWS = 4096
"""Patients whose questions are ranked in one product."""


def device() -> str | None:
    """The GPU that torch can use here, or None; torch that is not installed is no GPU."""
    # Asked of the driver, not of CUDA: a process that has used CUDA cannot fork workers that use it too.
    os.environ.setdefault("PYTORCH_NVML_BASED_CUDA_CHECK", "1")
    try:
        import torch
    except ImportError:
        return None
    return "cuda" if torch.cuda.is_available() else None


class Tables:
    """The doctor's tables on a device, made once for all waves of a process; attributes as in `Many`."""

    def __getattr__(self, name: str) -> Any:  # the tables are tensors, named in one place only
        raise AttributeError(name)

    def __init__(self, many: Many, on: str) -> None:
        import torch

        if on == "cpu":
            torch.set_num_threads(1)  # there is a process for every core
        self.many, self.on, self.torch = many, on, torch
        for name in (
            "yes",
            "no",
            "alone",
            "unexplained",
            "silence",
            "p_yes",
            "p_no",
            "harm",
            "weight_at",
            "level_share",
            "step_of",
            "step_move",
            "cost",
        ):
            setattr(self, name, self.put(getattr(many, name)))
        self.table, self.row_entropy = self.put(many.table), self.put(many.row_entropy)
        self.first = self.put(many.rank * 10.0 ** -(VALUE_DIGITS + 5))
        """Taken off a rounded value, so that of equals the first in the knowledge wins."""

    def put(self, value: Any) -> Any:
        return self.torch.as_tensor(np.ascontiguousarray(value), device=self.on)


class TorchWave(Wave):
    """A wave whose evidence, prior and posterior lie on `tables.on`."""

    def __init__(self, many: Many, openings: Openings, tables: Tables) -> None:
        self.tables, self.torch = tables, tables.torch
        super().__init__(many, openings)

    def _begin(self, n: int) -> None:
        wide = self.many.yes.shape[1]
        self.evidence, self.log_prior, self._p = (
            self.torch.zeros((n, wide), dtype=self.torch.float64, device=self.tables.on) for _ in range(3)
        )

    @property
    def p(self) -> Floats:
        return np.asarray(self._p.cpu().numpy())

    @p.setter
    def p(self, value: Floats) -> None:
        self._p = self.tables.put(value)

    def _set_prior(self, rows: Ints, value: Floats) -> None:
        self.log_prior[self.tables.put(rows)] = self.tables.put(value)

    def _spoken_of(self, rows: Ints, contexts: Ints) -> None:
        self.log_prior[self.tables.put(rows)] -= self.tables.silence[self.tables.put(contexts)]

    def _weigh(self, table: str, rows: Ints, at: Ints, *, sign: int = 1) -> None:
        if len(rows):
            self.evidence[self.tables.put(rows)] += sign * getattr(self.tables, table)[self.tables.put(at)]

    def think(self, rows: Ints) -> None:
        if len(rows):
            at = self.tables.put(rows)
            self._p[at] = self._normal(self.log_prior[at], self.evidence[at], self.number[rows])

    def _normal(self, log_prior: Any, evidence: Any, number: Ints) -> Any:
        many = self.many
        weight = (CROWD / np.maximum(number, CROWD)) ** many.crowding / many.temperature
        log_p = log_prior + self.tables.put(weight)[:, None] * evidence
        return self.torch.softmax(log_p, dim=1)

    def _posteriors(self, rows: Ints) -> Floats:
        return np.asarray(self._p[self.tables.put(rows)].cpu().numpy())

    def level(self, rows: Ints) -> Ints:
        return np.asarray(self._levels(self._p[self.tables.put(rows)], rows).cpu().numpy())

    def _levels(self, p: Any, rows: Ints, told: Ints | None = None) -> Any:
        torch, tables, floor = self.torch, self.tables, self.floor[rows]
        moved = (p @ tables.step_of) * tables.put(self._moved(rows, told))
        share = p @ tables.level_share + moved @ tables.step_move
        chosen = (share @ tables.cost.T).argmin(dim=1)
        unclear = p[:, :-1].amax(dim=1) < UNCLEAR
        chosen = torch.where(unclear, chosen.clamp(max=TRIAGE_LEVELS.index("soon")), chosen)
        return torch.minimum(chosen, tables.put(floor))

    def _choose(self, rows: Ints) -> tuple[Ints, Bools]:
        best, enough = np.zeros(len(rows), dtype=np.int64), np.zeros(len(rows), dtype=bool)
        for start in range(0, len(rows), ROWS):
            part = slice(start, start + ROWS)
            best[part], enough[part] = self._choose_some(rows[part])
        return best, enough

    def _choose_some(self, rows: Ints) -> tuple[Ints, Bools]:
        torch, many = self.torch, self.many
        p = self._p[self.tables.put(rows)]
        highest = p[:, :-1].amax(dim=1)
        value, yes = self._value(rows, p, highest)
        key = torch.round(value, decimals=VALUE_DIGITS) - self.tables.first
        top = key.topk(LOOKED_AHEAD, dim=1).indices
        value, yes = value.gather(1, top), yes.gather(1, top)
        asked = self.asked[rows]
        least = np.where(asked < LEAST_QUESTIONS, TOO_LITTLE / 4, TOO_LITTLE)
        enough = value[:, 0].cpu().numpy() < least
        settled = (asked >= LEAST_QUESTIONS) & (
            (highest.cpu().numpy() >= SETTLED) | (asked >= ENOUGH_QUESTIONS)
        )
        column = top.cpu().numpy()
        chosen = np.flatnonzero(settled & ~enough)
        if len(chosen):
            at = self.tables.put(chosen)
            enough[chosen] = ~self._level_moves(rows[chosen], column[chosen], value[at], yes[at], p[at])
        return many.column[column[:, 0]], enough

    def _value(self, rows: Ints, p: Any, highest: Any) -> tuple[Any, Any]:
        """(m, A) what each question is worth, -1 where it may not be asked, and P(yes)."""
        torch, tables, policy = self.torch, self.tables, self.many.policy
        top = highest[:, None]
        harm = tables.harm
        keep = p >= (NEAR * top).clamp(min=LEAST_P)
        keep |= (harm >= HARM["urgent"]) & (p >= (NEAR / 5 * top).clamp(min=LEAST_P / 5))
        p = torch.where(keep, p, 0.0)
        p = p / p.sum(dim=1, keepdim=True)
        weighted = p * harm
        z = p @ tables.table
        dangerous, q = weighted @ tables.table, weighted.sum(dim=1, keepdim=True)
        self.products += 6 * len(rows) * p.shape[1] * z.shape[1]
        entropy = self._entropy
        value = (entropy(z) - p @ tables.row_entropy).clamp(min=0)
        after = z * entropy((dangerous / z).clamp(0, 1)) + (1 - z) * entropy(
            ((q - dangerous) / (1 - z)).clamp(0, 1)
        )
        value = value + policy.harm * (entropy(q) - after).clamp(min=0)
        weight = tables.weight_at[tables.put(self.topic[rows].astype(np.int64))]
        value = value * torch.where(z < policy.least_likely, 0.2 * weight, weight)
        return torch.where(tables.put(self.free(rows)), value, -1.0), z

    def _entropy(self, q: Any) -> Any:
        return self.torch.special.entr(q) + self.torch.special.entr(1 - q)

    def _level_moves(self, rows: Ints, column: Ints, value: Any, yes: Any, p: Any) -> Bools:
        """Whether any likely answer to the best questions would change the level."""
        tables, many = self.tables, self.many
        now = self._levels(p, rows)
        moves = self.torch.zeros(len(rows), dtype=self.torch.bool, device=tables.on)
        worth = value >= TOO_LITTLE
        for step in range(column.shape[1]):
            at = many.column[column[:, step]]
            for answer, p_answer in ((1, yes[:, step]), (0, 1 - yes[:, step])):
                after = self._levels_after(rows, at, answer, p)
                moves |= worth[:, step] & (p_answer >= LEAST_P_ANSWER) & (after != now)
        return np.asarray(moves.cpu().numpy())

    def _levels_after(self, rows: Ints, at: Ints, answer: int, p: Any) -> Any:
        tables, many = self.tables, self.many
        here, where = tables.put(at), tables.put(rows)
        silence = many.silence_at[at]
        quiet = (silence >= 0) & ~(self.told[rows, at] | self.present[rows, at])
        broken = self.torch.where(
            tables.put(quiet)[:, None], tables.silence[tables.put(np.maximum(silence, 0))], 0.0
        )
        number = self.number[rows] + answer
        term = (tables.yes if answer else tables.no)[here]
        after = self._normal(self.log_prior[where] - broken, self.evidence[where] + term, number)
        level = self._levels(after, rows, at if answer else None)
        # What changes the evidence of another finding, or stands beside a parent already told, is summed as on the CPU.
        apart = np.flatnonzero(self._told_above(rows, at) | many.entangled[at])
        if len(apart):
            level[tables.put(apart)] = tables.put(self._level_after_all(rows[apart], at[apart], answer))
        return level

    def _told_above(self, rows: Ints, at: Ints) -> Bools:
        return np.asarray(self.said_yes[rows[:, None], self.many.above[at]].any(axis=1))

    def _level_after_all(self, rows: Ints, at: Ints, answer: int) -> Ints:
        """The level after one answer by the sums of the CPU, for the few that need it."""
        where = self.tables.put(rows)
        copy = _Few(
            self,
            rows,
            np.asarray(self.evidence[where].cpu().numpy()),
            np.asarray(self.log_prior[where].cpu().numpy()),
        )
        return copy.level_after(at, answer)


class _Few(Wave):
    """Some rows of a wave, brought back."""

    def __init__(self, wave: TorchWave, rows: Ints, evidence: Floats, log_prior: Floats) -> None:
        self.many = wave.many
        for name in ("told", "present", "said_yes", "said_no", "implied", "number", "floor", "age"):
            setattr(self, name, getattr(wave, name)[rows])
        self.evidence, self.log_prior = evidence, log_prior

    def level_after(self, at: Ints, answer: int) -> Ints:
        return Wave._level_after_all(self, np.arange(len(at)), at, answer)
