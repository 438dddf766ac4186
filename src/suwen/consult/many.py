"""The doctor for thousands of patients at once: the differential, the questions and the stop rule of `respond` as arrays.

Proven equal to `respond` question by question (tests/verify, `suwen bench simulate`). What is left out never changes a
question: columns whose value cannot reach the least that is asked, and conditions that carry no weight in the posterior.
Patients here answer by tapping: there are no words, so no red flag of words, no values and no medicines.
"""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from suwen.consult.ask import (
    AFTER_ALARM,
    MUST_ASK_YOUNG_INFANT,
    places_of,
)  # fmt: skip
from suwen.consult.clinic import Clinic
from suwen.core.case import TRIAGE_LEVELS, Person
from suwen.knowledge import DURATIONS
from suwen.knowledge.literals import literal, literals
from suwen.reasoning.differential import EXPLAINS, SENSITIVITY

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class Many:
    """The doctor's tables over the findings that people can tell (S of them), rows of D+1 conditions each."""

    def __init__(self, clinic: Clinic) -> None:
        knowledge, parameters = clinic.knowledge, clinic.reasoner.parameters
        if knowledge.denied is not None:
            raise ValueError("records are replayed one by one, see reasoning.differential")
        self.clinic, self.knowledge = clinic, knowledge
        findings = knowledge.findings
        told = {f.id for f in findings if f.askable} | set(DURATIONS)
        told.update(above for name in list(told) for above in knowledge.ancestors[name])
        # Those that can be asked come first, so that a question's column is its finding's; of them those that hang on no
        # other one, which are ranked for everybody.
        chosen = sorted(
            (f for f in findings if f.id in told),
            key=lambda f: (not f.askable, f.parent is not None, f.index),
        )
        self.ids = np.array([f.index for f in chosen])
        self.place = np.full(len(findings) + 1, -1)
        self.place[self.ids] = np.arange(len(chosen))
        size = self.size = len(chosen)
        parent = knowledge.parent[self.ids]
        self.parent = np.where(parent >= 0, self.place[np.maximum(parent, 0)], size)
        depth = max(len(knowledge.ancestors[f.id]) for f in chosen)
        self.above = np.full((size, depth), size)
        self.below = np.zeros((size, size + 1), dtype=bool)
        for at, f in enumerate(chosen):
            for step, name in enumerate(knowledge.ancestors[f.id]):
                up = self.place[knowledge.finding[name].index]
                self.above[at, step] = up
                self.below[up, at] = True
        self._evidence(chosen, parameters)
        self._asking(chosen, clinic)
        self._levels(clinic)
        self._sooner(clinic)
        self._watch(clinic)

    def asking(self, budget: int) -> Many:
        """The same doctor with `budget` questions; the large tables are shared."""
        other = copy(self)
        other.clinic = replace(self.clinic, budget=budget)
        other._levels(other.clinic)
        return other

    def _evidence(self, chosen: list[Any], parameters: Any) -> None:
        knowledge = self.knowledge
        # Rows are gathered all the time: they have to lie together in memory.
        ratio = np.ascontiguousarray(knowledge.ratio(self.ids).T)
        alone = np.ascontiguousarray(knowledge.likelihood[:, self.ids].T, dtype=np.float64)
        sensitivity = np.array([SENSITIVITY.get(f.kind, 0.95) for f in chosen])[:, None]
        self.yes = np.log(ratio)
        has_parent = (self.parent < self.size)[:, None]
        self.no = parameters.absence * np.log1p(-sensitivity * np.where(has_parent, ratio, alone))
        self.before = [
            at
            for at, f in enumerate(chosen)
            if f.parent is not None
            and (not knowledge.finding[f.parent].askable or f.id in MUST_ASK_YOUNG_INFANT)
        ]
        """Findings that can be denied before their parent is known; the evidence of their absence changes with it."""
        self.alone = np.zeros_like(self.no)
        for at in self.before:
            self.alone[at] = parameters.absence * np.log1p(-sensitivity[at] * alone[at]) - self.no[at]
        parents = {up for at in self.before for up in knowledge.ancestors[chosen[at].id]}
        durations = self.place[[knowledge.finding[d].index for d in DURATIONS]]
        self.durations = durations
        self.no[durations] = 0.0
        self.p_yes = ratio if parameters.temperature == 1.0 else ratio ** (1 / parameters.temperature)
        self.p_no = np.exp(self.no / parameters.temperature)
        self.entangled = np.array([at in self.before or f.id in parents for at, f in enumerate(chosen)])
        """Findings whose answer changes the evidence of another one."""
        common = np.maximum(knowledge.base[self.ids], 1e-6) * EXPLAINS
        as_told = knowledge.likelihood[
            :, self.ids
        ].T  # compared in single precision, as the differential does
        self.unexplained = np.log(parameters.unexplained) * (as_told <= common[:, None].astype(np.float32))
        self.unexplained[:, -1] = 0.0
        self.is_complaint = np.array([f.kind in ("symptom", "sign") for f in chosen])
        self.contexts = np.array(
            [at for at, f in enumerate(chosen) if f.kind == "context" and f.parent is None]
        )
        self.silence = np.log1p(-parameters.volunteered * alone[self.contexts])
        self.silence_at = np.full(len(chosen) + 1, -1)
        self.silence_at[self.contexts] = np.arange(len(self.contexts))
        self.crowding = parameters.crowding
        self.temperature = parameters.temperature

    def _asking(self, chosen: list[Any], clinic: Clinic) -> None:
        knowledge, columns = self.knowledge, clinic.inquiry.columns
        asked = int(columns.askable[self.ids].sum())
        early = np.array(
            [at for at, f in enumerate(chosen) if f.askable and columns.parent_not_askable[f.index]],
            dtype=np.int64,
        )
        self.early = early
        """Findings that can be asked before their parent is known."""
        self.column = np.concatenate([np.arange(asked), early])
        """Every question, (A,), as a finding; those that can come before their parent stand twice, alone at the end."""
        self.alone_from = asked
        self.rank = np.argsort(np.argsort(self.ids[self.column], kind="stable"), kind="stable")
        """(A,) the place of each question in the knowledge, by which equals are told apart."""
        self.roots = int((self.parent[:asked] == self.size).sum())
        """So many columns, the first, are questions that hang on no other finding."""
        table = np.ascontiguousarray(knowledge.likelihood[:, self.ids[self.column]], dtype=np.float64)
        below = np.flatnonzero(self.parent[self.column[: self.alone_from]] < self.size)
        table[:, below] = knowledge.ratio(self.ids[self.column[below]])
        self.table, self.row_entropy = table, binary_entropy(table)
        self.rough_table, self.rough_entropy = table.astype(np.float32), self.row_entropy.astype(np.float32)
        self.rough_harm = clinic.inquiry.harm.astype(np.float32)
        self.weight = columns.weight[self.ids[self.column]]
        topics = sorted(set(columns.topic.tolist()) | {"general", "history", "medicines"})
        self.topics = {name: at for at, name in enumerate(topics)}
        self.topic = np.array([self.topics[t] for t in columns.topic[self.ids]], dtype=np.int16)
        same = self.topic[self.column] == np.arange(len(topics))[:, None]
        self.weight_at = self.weight * np.where(same, clinic.inquiry.policy.same_topic, 1.0)
        """(topics, A): what a question's information is multiplied by, by the topic of the last one."""
        self.rough_root_table = np.ascontiguousarray(self.rough_table[:, : self.roots])
        self.rough_root_entropy = np.ascontiguousarray(self.rough_entropy[:, : self.roots])
        self.rough_weight_at = self.weight_at.astype(np.float32)
        self.child = np.zeros((self.size + 1, len(self.column)), dtype=bool)
        """(S+1, A): what may be asked once a finding is there; the last row is what may be asked of anybody."""
        self.child[self.parent[self.column], np.arange(len(self.column))] = True
        self.child[:, asked:] = False
        self.child[-1, asked:] = True
        self.has_child: Bools = np.asarray(self.child[:-1].any(axis=1))
        self.has_below: Bools = np.asarray(self.below.any(axis=1))
        self.of_pregnancy = columns.of_pregnancy[self.ids]
        self.of_child = columns.of_child[self.ids]
        self.sex, self.age_from, self.age_to = (
            x[self.ids] for x in (columns.sex, columns.age_from, columns.age_to)
        )
        self.harm = clinic.inquiry.harm
        self.policy = clinic.inquiry.policy
        names = ("pregnant", "postpartum")
        self.pregnancy = np.array(
            [self.place[knowledge.finding[n].index] for n in names if n in knowledge.finding]
        )
        self.tells_pregnancy = np.isin(np.arange(self.size), self.pregnancy) | np.isin(
            self.above, self.pregnancy
        ).any(axis=1)
        self.must_ask = [
            self.place[knowledge.finding[n].index] for n in MUST_ASK_YOUNG_INFANT if n in knowledge.finding
        ]
        self.critical = [
            (
                self.place[[knowledge.finding[n].index for n in c.when]],
                int(self.place[knowledge.finding[c.ask].index]),
                c,
            )
            for c in clinic.watch.critical
        ]
        """(complaints, what is asked, for whom)."""
        self.is_critical = np.isin(np.arange(self.size), [at for _, at, _ in self.critical])
        self._kin: dict[tuple[int, float | None, str | None], tuple[int, ...]] = {}
        self.is_place = np.array([places_of(f, Person(), knowledge) != () for f in chosen])
        order = np.lexsort(
            [[c.icd10[0] for c in knowledge.conditions], [c.department for c in knowledge.conditions]]
        )
        self.order = np.argsort(order)

    def _levels(self, clinic: Clinic) -> None:
        usual = clinic.triager.usual
        self.level_share = np.zeros((len(usual), 5))
        self.level_share[np.arange(len(usual)), usual] = 1.0
        self.cost = clinic.triager.cost
        self.limit = np.array(
            [min(clinic.budget, AFTER_ALARM[level]) for level in TRIAGE_LEVELS[:2]] + [clinic.budget] * 4
        )
        """Questions in all by the level of the worst alarm; the last is none."""

    def _sooner(self, clinic: Clinic) -> None:
        """For whom conditions are more urgent, as groups of people and what each moves from one level to the next.

        A group of a level takes in those of the more urgent ones, so that every step from a level to the next stands alone.
        """
        groups: dict[frozenset[str], int] = {}
        steps: dict[tuple[int, int, int], list[int]] = {}
        for condition in self.knowledge.conditions:
            to = [(TRIAGE_LEVELS.index(level), items) for level, items in condition.sooner]
            later = [*(level for level, _ in to), int(clinic.triager.usual[condition.index])][1:]
            who: frozenset[str] = frozenset()
            for (level, items), usual in zip(to, later, strict=True):
                who |= frozenset(items)
                group = groups.setdefault(who, len(groups))
                steps.setdefault((group, usual, level), []).append(condition.index)
        items = sorted({item for who in groups for item in who}, key=lambda i: (literal(i)[0] == "age", i))
        told = [literal(item) for item in items]
        self.who = np.array(
            [self.place[self.knowledge.finding[name].index] for kind, name in told if kind == "present"],
            dtype=np.int64,
        )
        """(K,) the findings that name a group, -1 where nobody can tell it; behind them stand the ages, (A,)."""
        self.ages = [limit for kind, limit in told if kind == "age"]
        self.in_group = np.array([[item in who for who in groups] for item in items], dtype=np.float32)
        self.in_group = self.in_group.reshape(len(items), len(groups))
        """(K + A, groups)."""
        self.says_who = np.zeros((self.size, len(items)), dtype=bool)
        """(S, K + A): what each finding says of who somebody is, as itself or as what it implies."""
        for at, place in enumerate(self.who.tolist()):
            if place >= 0:
                self.says_who[:, at] = self.below[place, : self.size]
                self.says_who[place, at] = True
        self.step_group = np.array([group for group, _, _ in steps], dtype=np.int64)
        self.step_of = np.zeros((len(clinic.triager.usual), len(steps)))
        self.step_move = np.zeros((len(steps), 5))
        for at, ((_, usual, level), conditions) in enumerate(steps.items()):
            self.step_of[conditions, at] = 1.0
            self.step_move[at, usual], self.step_move[at, level] = -1.0, 1.0

    def _watch(self, clinic: Clinic) -> None:
        """Red flags as literals (columns of what is known), clauses (any of their literals) and lines (all their clauses)."""
        facts: dict[tuple[str, Any], int] = {}
        clauses: dict[frozenset[int], int] = {}
        lines: list[tuple[int, list[int]]] = []
        size = self.size
        for _, level, line in literals(clinic.watch.rules.values()):
            wanted = []
            for clause in line:
                columns = set()
                for kind, value in clause:
                    if kind == "present" and self.place[self.knowledge.finding[value].index] >= 0:
                        columns.add(int(self.place[self.knowledge.finding[value].index]))
                    elif kind in ("not", "sex", "age"):
                        columns.add(size + 1 + facts.setdefault((kind, value), len(facts)))
                wanted.append(frozenset(columns))
            if all(wanted):
                lines.append(
                    (TRIAGE_LEVELS.index(level), [clauses.setdefault(c, len(clauses)) for c in wanted])
                )
        self.facts = facts
        most = max((len(c) for c in clauses), default=1)
        # Short ones are filled up with what they already hold.
        self.clause = np.array([[*sorted(c), *[min(c)] * (most - len(c))] for c in clauses]).reshape(-1, most)
        self.clause_size = np.array([len(c) for c in clauses])
        longest = max((len(line) for _, line in lines), default=1)
        self.line = np.array([[*line, *[line[0]] * (longest - len(line))] for _, line in lines]).reshape(
            -1, longest
        )
        self.line_size = np.array([len(line) for _, line in lines])
        told = [self.knowledge.findings[i].kind != "vital" for i in self.ids]
        about = [sorted(at for at in c if at < size and told[at]) for c in clauses]
        widest = max((len(a) for a in about), default=1) or 1
        self.clause_about = np.array([[*a, *[-1] * (widest - len(a))] for a in about]).reshape(-1, widest)
        """(clauses, k) the findings that would meet a clause, -1 where there are fewer."""
        self.danger = np.array(sorted({at for a in about for at in a}), dtype=np.int64)
        """Findings of red flags, and what is known of them: P (D+1, n), base rates, the order of their names."""
        self.danger_p = np.ascontiguousarray(
            self.knowledge.likelihood[:, self.ids[self.danger]], dtype=np.float64
        )
        self.danger_base = self.knowledge.base[self.ids[self.danger]]
        self.danger_at = np.full(size, -1)
        self.danger_at[self.danger] = np.arange(len(self.danger))
        names = [self.knowledge.findings[i].id for i in self.ids]
        self.by_name = np.argsort(np.argsort(names))
        self.line_level = np.array([level for level, _ in lines], dtype=np.int64)

    def kin(self, at: int, age: float | None, sex: Literal["male", "female"] | None) -> tuple[int, ...]:
        """The places to choose from when finding `at` is to be asked, as columns; empty when it is no place."""
        key = (at, age, sex)
        if key not in self._kin:
            person = Person(age_years=age, sex=sex)
            names = places_of(self.knowledge.findings[self.ids[at]], person, self.knowledge)
            self._kin[key] = tuple(int(self.place[self.knowledge.finding[n].index]) for n in names)
        return self._kin[key]


def binary_entropy(q: NDArray[Any]) -> NDArray[Any]:
    """Entropy of a yes-no answer with P(yes) = q, nats, in the precision of `q`."""
    tiny = np.finfo(q.dtype).tiny
    rest = 1 - q
    return np.asarray(-(q * np.log(np.maximum(q, tiny)) + rest * np.log(np.maximum(rest, tiny))))
