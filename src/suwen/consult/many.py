"""The doctor for thousands of patients at once: the differential, the questions and the stop rule of `respond` as arrays.

Proven equal to `respond` question by question (tests/verify, `suwen bench simulate`). What is left out never changes a
question: columns whose value cannot reach the least that is asked, and conditions that carry no weight in the posterior.
Patients here answer by tapping: there are no words, so no red flag of words, no values and no medicines.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from suwen.consult.ask import (
    AFTER_ALARM, ENOUGH_QUESTIONS, LEAST_QUESTIONS, LOOKED_AHEAD, MOST_PLACES,
    MUST_ASK_YOUNG_INFANT, SETTLED, TOO_LITTLE, places_of,
)  # fmt: skip
from suwen.consult.clinic import Clinic
from suwen.core.case import TRIAGE_LEVELS, Person
from suwen.knowledge import DURATIONS
from suwen.reasoning.differential import CROWD, EXPLAINS, SENSITIVITY
from suwen.reasoning.inquiry import CHILD_UNTIL_YEARS, HARM, LEAST_P, LEAST_P_ANSWER, NEAR, VALUE_DIGITS
from suwen.reasoning.triage import UNCLEAR
from suwen.safety.redflags import literals

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

FINDING, WHERE, AGE, SEX, DURATION, MEDICINES, END = range(7)
"""What a question is: a yes-no about a finding, the place of a finding, who the patient is, or the end."""
CHUNK = 96
"""Patients looked at together: alike ones, so that few conditions and questions are in play."""
TAIL = 1e-7
"""Probability that may be left out when the level after an answer is worked out; at most 1e-5 of it moves then."""
DOUBT = 1e-4
"""Relative distance of two expected harms below which the level is worked out over every condition."""
_TINY = 1e-300


@dataclass(frozen=True, slots=True)
class Openings:
    """The first words of n patients: complaints (n, k) indices of findings, -1 where there are fewer; age in years, nan
    where not told; sex 0 not told, 1 male, 2 female; duration a place in DURATIONS or -1; month 1..12."""

    complaints: Ints
    age_years: Floats
    sex: Ints
    duration: Ints
    month: Ints


@dataclass(frozen=True, slots=True)
class Questions:
    """What is asked of each row: kind (see FINDING ...), and the finding, or for WHERE the finding whose place is asked."""

    kind: Ints
    finding: Ints
    places: dict[int, tuple[int, ...]]
    """Row to the findings offered, for WHERE."""


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
        chosen = [f for f in findings if f.id in told]
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
        self._watch(clinic)

    def _evidence(self, chosen: list[Any], parameters: Any) -> None:
        knowledge = self.knowledge
        ratio = knowledge.ratio(self.ids).T
        alone = knowledge.likelihood[:, self.ids].T.astype(np.float64)
        sensitivity = np.array([SENSITIVITY.get(f.kind, 0.95) for f in chosen])[:, None]
        self.yes = np.ascontiguousarray(np.log(ratio))
        has_parent = (self.parent < self.size)[:, None]
        self.no = parameters.absence * np.log1p(-sensitivity * np.where(has_parent, ratio, alone))
        self.no_alone = {
            at: parameters.absence * np.log1p(-sensitivity[at] * alone[at])
            for at, f in enumerate(chosen)
            if f.parent is not None
            and (not knowledge.finding[f.parent].askable or f.id in MUST_ASK_YOUNG_INFANT)
        }
        """Findings that can be denied before their parent is known; the evidence of their absence changes with it."""
        durations = self.place[[knowledge.finding[d].index for d in DURATIONS]]
        self.durations = durations
        self.no[durations] = 0.0
        common = np.maximum(knowledge.base[self.ids], 1e-6) * EXPLAINS
        as_told = knowledge.likelihood[:, self.ids].T  # compared in single precision, as the differential does
        self.unexplained = np.log(parameters.unexplained) * (as_told <= common[:, None].astype(np.float32))
        self.unexplained[:, -1] = 0.0
        self.is_complaint = np.array([f.kind in ("symptom", "sign") for f in chosen])
        self.contexts = np.array([at for at, f in enumerate(chosen) if f.kind == "context" and f.parent is None])
        self.silence = np.log1p(-parameters.volunteered * alone[self.contexts])
        self.silence_at = np.full(len(chosen) + 1, -1)
        self.silence_at[self.contexts] = np.arange(len(self.contexts))
        # Contexts that nobody can be asked about are silent for good, as they are in the differential.
        self.all_silent = np.asarray(self.clinic.reasoner.all_silent)
        self.crowding = parameters.crowding
        self.temperature = parameters.temperature

    def _asking(self, chosen: list[Any], clinic: Clinic) -> None:
        knowledge, columns = self.knowledge, clinic.inquiry.columns
        self.askable = columns.askable[self.ids]
        early = np.array([at for at, f in enumerate(chosen) if f.askable and columns.parent_not_askable[f.index]], dtype=np.int64)
        self.early = early
        """Findings that can be asked before their parent is known."""
        self.column = np.concatenate([np.flatnonzero(self.askable), early])
        """Every question, (A,), as a finding; those that can come before their parent stand twice, alone at the end."""
        self.alone_from = len(self.column) - len(early)
        table = knowledge.likelihood[:, self.ids[self.column]].astype(np.float64)
        below = np.flatnonzero(self.parent[self.column[: self.alone_from]] < self.size)
        table[:, below] = knowledge.ratio(self.ids[self.column[below]])
        self.table = np.ascontiguousarray(table)
        self.row_entropy = _entropy(self.table)
        self.weight = columns.weight[self.ids[self.column]]
        topics = sorted(set(columns.topic.tolist()) | {"general", "medicines"})
        self.topics = {name: at for at, name in enumerate(topics)}
        self.topic = np.array([self.topics[t] for t in columns.topic[self.ids]])
        self.of_pregnancy = columns.of_pregnancy[self.ids]
        self.of_child = columns.of_child[self.ids]
        self.sex, self.age_from, self.age_to = (
            x[self.ids] for x in (columns.sex, columns.age_from, columns.age_to)
        )
        self.harm = clinic.inquiry.harm
        self.policy = clinic.inquiry.policy
        names = ("pregnant", "postpartum")
        self.pregnancy = np.array([self.place[knowledge.finding[n].index] for n in names if n in knowledge.finding])
        self.must_ask = [self.place[knowledge.finding[n].index] for n in MUST_ASK_YOUNG_INFANT if n in knowledge.finding]
        self._kin: dict[tuple[int, float | None, str | None], tuple[int, ...]] = {}
        self.is_place = np.array([places_of(f, Person(), knowledge) != () for f in chosen])
        order = np.lexsort([[c.icd10[0] for c in knowledge.conditions], [c.department for c in knowledge.conditions]])
        self.order = np.argsort(order)

    def _levels(self, clinic: Clinic) -> None:
        self.level_share = np.zeros((len(clinic.triager.level), 5))
        self.level_share[np.arange(len(clinic.triager.level)), clinic.triager.level] = 1.0
        self.cost = clinic.triager.cost
        self.limit = np.array([min(clinic.budget, AFTER_ALARM[level]) for level in TRIAGE_LEVELS[:2]] + [clinic.budget] * 4)
        """Questions in all by the level of the worst alarm; the last is none."""

    def _watch(self, clinic: Clinic) -> None:
        """Red flags as literals (columns of what is known), clauses (any of their literals) and lines (all their clauses)."""
        facts: dict[tuple[str, Any], int] = {}
        clauses: dict[frozenset[int], int] = {}
        lines: list[tuple[int, list[int]]] = []
        size = self.size
        for rule, level, line in literals(clinic.watch.rules.values()):
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
                lines.append((TRIAGE_LEVELS.index(level), [clauses.setdefault(c, len(clauses)) for c in wanted]))
        self.facts = facts
        most = max((len(c) for c in clauses), default=1)
        self.clause = np.array([[*sorted(c), *[min(c)] * (most - len(c))] for c in clauses]).reshape(-1, most)
        longest = max((len(line) for _, line in lines), default=1)
        self.line = np.array([[*line, *[line[0]] * (longest - len(line))] for _, line in lines]).reshape(-1, longest)
        self.line_level = np.array([level for level, _ in lines], dtype=np.int64)

    def begin(self, openings: Openings) -> Wave:
        """All these patients after their first words; nothing was asked yet but what brings them."""
        return Wave(self, openings)

    def kin(self, at: int, age: float | None, sex: str | None) -> tuple[int, ...]:
        """The places to choose from when finding `at` is to be asked, as columns; empty when it is no place."""
        key = (at, age, sex)
        if key not in self._kin:
            names = places_of(self.knowledge.findings[self.ids[at]], Person(age_years=age, sex=sex), self.knowledge)  # type: ignore[arg-type]
            self._kin[key] = tuple(int(self.place[self.knowledge.finding[n].index]) for n in names)
        return self._kin[key]


class Wave:
    """The cases of one batch; rows are patients. Columns of findings have one more that is always there: 'no parent'."""

    def __init__(self, many: Many, openings: Openings) -> None:
        self.many = many
        n, size = len(openings.age_years), many.size
        self.age, self.sex, self.month = openings.age_years.copy(), openings.sex.copy(), openings.month
        self.present = np.zeros((n, size + 1), dtype=bool)
        self.present[:, size] = True
        self.told = np.zeros((n, size + 1), dtype=bool)
        """Findings of the case, whatever their status."""
        self.said_yes, self.said_no, self.implied, self.closed = (np.zeros((n, size + 1), dtype=bool) for _ in range(4))
        self.number = np.zeros(n, dtype=np.int64)
        self.asked = np.ones(n, dtype=np.int64)
        self.topic = np.full(n, many.topics["general"])
        self.asked_age, self.asked_sex, self.asked_duration, self.asked_medicines = (np.zeros(n, dtype=bool) for _ in range(4))
        self.floor = np.full(n, 5)
        self.evidence = np.zeros((n, many.yes.shape[1]))
        self.log_prior = np.zeros((n, many.yes.shape[1]))
        self.p = np.zeros((n, many.yes.shape[1]))
        self.where: set[tuple[int, int]] = set()
        self._set_prior(np.arange(n))
        for k in range(openings.complaints.shape[1]):
            rows = np.flatnonzero(openings.complaints[:, k] >= 0)
            self._yes(rows, many.place[openings.complaints[rows, k]], opening=True)
        rows = np.flatnonzero(openings.duration >= 0)
        self._yes(rows, many.durations[openings.duration[rows]])
        self._alarm(np.arange(n))

    # -- hearing --------------------------------------------------------------------------------------------

    def hear(self, rows: Ints, questions: Questions, answers: Ints, people: tuple[Floats, Ints]) -> None:
        """Take in the answers of `rows`: for FINDING 1 yes, 0 no, -1 not sure; for WHERE the finding named or -1 for
        elsewhere; for DURATION its place. `people` holds (age in years, sex 1 male 2 female) of every row."""
        many = self.many
        kind = questions.kind
        for which, value, told in ((AGE, people[0], self.age), (SEX, people[1], self.sex)):
            chosen = rows[kind == which]
            told[chosen] = value[chosen]
            if len(chosen):
                self._set_prior(chosen)
        chosen = kind == DURATION
        self._yes(rows[chosen], many.durations[answers[chosen]])
        chosen = kind == FINDING
        at, said, who = many.place[questions.finding[chosen]], answers[chosen], rows[chosen]
        self._yes(who[said == 1], at[said == 1])
        self._no(who[said == 0], at[said == 0])
        self._unknown(who[said == -1], at[said == -1])
        for i in np.flatnonzero(kind == WHERE):
            row = int(rows[i])
            offered = [int(many.place[f]) for f in questions.places[row]]
            named = -1 if answers[i] < 0 else int(many.place[answers[i]])
            who = np.array([row])
            if named >= 0:
                self._yes(who, np.array([named]))
            for at_one in offered:
                if at_one != named:
                    self._no(who, np.array([at_one]))
        self._alarm(rows[(kind != MEDICINES)])

    def _set_prior(self, rows: Ints) -> None:
        """The prior of who they are; what was already broken of the silence stays broken."""
        many, reasoner = self.many, self.many.clinic.reasoner
        key = np.stack([np.nan_to_num(self.age[rows], nan=-1.0), self.sex[rows], self.month[rows]], axis=1)
        for one, members in _groups(key):
            person = Person(
                age_years=None if one[0] < 0 else float(one[0]),
                sex=(None, "male", "female")[int(one[1])],  # type: ignore[arg-type]
            )
            with np.errstate(divide="ignore"):
                base = np.log(reasoner.prior(person, int(one[2]))) + many.all_silent
            self.log_prior[rows[members]] = base
        broken = (self.told[rows] | self.present[rows])[:, many.contexts]
        for i, context in zip(*np.nonzero(broken), strict=True):
            self.log_prior[rows[i]] -= many.silence[context]

    def _break_silence(self, rows: Ints, at: Ints) -> None:
        """Something was said of `at`: if it is an injury or exposure, its not being mentioned counts no more."""
        new = ~(self.told[rows, at] | self.present[rows, at])
        chosen = new & (self.many.silence_at[at] >= 0)
        if chosen.any():
            self.log_prior[rows[chosen]] -= self.many.silence[self.many.silence_at[at[chosen]]]

    def _yes(self, rows: Ints, at: Ints, *, opening: bool = False) -> None:
        if not len(rows):
            return
        many = self.many
        self._break_silence(rows, at)
        already = self.present[rows, at]
        self.evidence[rows[~already]] += many.yes[at[~already]]
        if opening:
            shown = many.is_complaint[at]
            self.evidence[rows[shown]] += many.unexplained[at[shown]]
        self.number[rows] += ~self.implied[rows, at]
        self.told[rows, at] = self.said_yes[rows, at] = self.present[rows, at] = self.closed[rows, at] = True
        for step in range(many.above.shape[1]):
            up = many.above[at, step]
            real = up < many.size
            r, u = rows[real], up[real]
            if not len(r):
                break
            self._break_silence(r, u)
            new = ~self.present[r, u]
            self.evidence[r[new]] += many.yes[u[new]]
            self.number[r] -= self.said_yes[r, u] & ~self.implied[r, u]
            self.present[r, u] = self.implied[r, u] = self.closed[r, u] = True
        for early in many.no_alone:
            self._parent_known(rows, early)

    def _parent_known(self, rows: Ints, early: int) -> None:
        """A finding denied before its parent was known: with the parent there, its absence says something else."""
        many = self.many
        changed = rows[self.said_no[rows, early] & self.present[rows, many.parent[early]] & ~self.implied[rows, early]]
        if len(changed):
            self.evidence[changed] += many.no[early] - many.no_alone[early]
            self.implied[changed, early] = True  # done once; of a denied finding it means nothing else

    def _no(self, rows: Ints, at: Ints) -> None:
        if not len(rows):
            return
        many = self.many
        self._break_silence(rows, at)
        self.told[rows, at] = self.closed[rows, at] = True
        contradicts = self.present[rows, at]  # what is more special was said before, and it stays
        rows, at = rows[~contradicts], at[~contradicts]
        table = many.no[at]
        for early, alone in many.no_alone.items():
            before = (at == early) & ~self.present[rows, many.parent[early]]
            table[before] = alone
            self.implied[rows[(at == early) & ~before], early] = True
        self.evidence[rows] += table
        self.said_no[rows, at] = True
        self.closed[rows] |= many.below[at]

    def _unknown(self, rows: Ints, at: Ints) -> None:
        self._break_silence(rows, at)
        self.told[rows, at] = self.closed[rows, at] = True

    def _alarm(self, rows: Ints) -> None:
        """Raise the floor of `rows` by the red flags that hold now."""
        many = self.many
        if not len(rows) or not len(many.line):
            return
        facts = np.zeros((len(rows), len(many.facts)), dtype=bool)
        age = self.age[rows]
        for (kind, value), column in many.facts.items():
            if kind == "not":
                at = many.place[many.knowledge.finding[value].index]
                facts[:, column] = True if at < 0 else ~self.present[rows, at]
            elif kind == "sex":
                facts[:, column] = self.sex[rows] == (1 if value == "male" else 2)
            else:
                sign, limit = value
                with np.errstate(invalid="ignore"):
                    facts[:, column] = sign(age, limit) & ~np.isnan(age)
        known = np.concatenate([self.present[rows], facts], axis=1)
        holds = known[:, many.clause].any(axis=2)
        raised = holds[:, many.line].all(axis=2)
        level = np.where(raised, many.line_level, 5).min(axis=1)
        self.floor[rows] = np.minimum(self.floor[rows], level)

    # -- thinking -------------------------------------------------------------------------------------------

    def think(self, rows: Ints) -> None:
        """The posterior of `rows`, kept in `p`."""
        weight = (CROWD / np.maximum(self.number[rows], CROWD)) ** self.many.crowding / self.many.temperature
        log_p = self.log_prior[rows] + weight[:, None] * self.evidence[rows]
        log_p -= log_p.max(axis=1, keepdims=True)
        p = np.exp(log_p)
        self.p[rows] = p / p.sum(axis=1, keepdims=True)

    def level(self, rows: Ints) -> Ints:
        """The triage level of `rows` now, 0 emergency .. 4 self-care."""
        p = self.p[rows]
        return self._level(p @ self.many.level_share, p[:, :-1].max(axis=1), self.floor[rows])

    def _level(self, shares: Floats, highest: Floats, floor: Ints) -> Ints:
        chosen = np.argmin(shares @ self.many.cost.T, axis=-1)
        chosen = np.where(highest < UNCLEAR, np.minimum(chosen, TRIAGE_LEVELS.index("soon")), chosen)
        return np.asarray(np.minimum(chosen, floor))

    # -- asking ---------------------------------------------------------------------------------------------

    def next(self, rows: Ints) -> Questions:
        """The next question of each of `rows`, or its end, noted as asked. Call `think` first."""
        many = self.many
        kind, finding = np.full(len(rows), -1), np.full(len(rows), -1)
        topic = np.full(len(rows), many.topics["general"])
        age = self.age[rows]
        kind[self.asked[rows] >= many.limit[self.floor[rows]]] = END
        with np.errstate(invalid="ignore"):
            young = ~np.isnan(age) & (age < 0.25)
        for at in many.must_ask:
            chosen = (kind < 0) & young & ~self.told[rows, at]
            kind[chosen], finding[chosen] = FINDING, many.ids[at]
        for which, needed, done in (
            (AGE, np.isnan(age), self.asked_age),
            (SEX, self.sex[rows] == 0, self.asked_sex),
            (DURATION, ~self.told[rows][:, many.durations].any(axis=1), self.asked_duration),
        ):
            chosen = (kind < 0) & needed & ~done[rows]
            kind[chosen] = which
            done[rows[chosen]] = True
        places: dict[int, tuple[int, ...]] = {}
        left = np.flatnonzero(kind < 0)
        likeliest = many.order[self.p[rows[left], :-1].argmax(axis=1)]
        left = left[np.argsort(likeliest, kind="stable")]
        for start in range(0, len(left), CHUNK):
            part = left[start : start + CHUNK]
            best, enough = self._choose(rows[part])
            kind[part] = np.where(enough, END, FINDING)
            finding[part[~enough]] = many.ids[best[~enough]]
            topic[part[~enough]] = many.topic[best[~enough]]
        self._ask_places(rows, kind, finding, left, places)
        last = (kind == END) & np.isin(np.arange(len(rows)), left) & ~self.asked_medicines[rows] & (self.floor[rows] > 0)
        kind[last] = MEDICINES
        self.asked_medicines[rows[last]] = True
        topic[last] = many.topics["medicines"]
        going = kind != END
        self.asked[rows[going]] += 1
        self.topic[rows[going]] = topic[going]
        return Questions(kind, finding, places)

    def _ask_places(
        self, rows: Ints, kind: Ints, finding: Ints, left: Ints, places: dict[int, tuple[int, ...]]
    ) -> None:
        """Where the question is about one of several places of a finding, they are put together."""
        many = self.many
        for i in left[kind[left] == FINDING]:
            at = int(many.place[finding[i]])
            if not many.is_place[at]:
                continue
            row, up = int(rows[i]), int(many.parent[at])
            if (row, up) in self.where:
                continue
            age = None if np.isnan(self.age[row]) else float(self.age[row])
            kin = many.kin(at, age, (None, "male", "female")[self.sex[row]])
            if kin and not self.told[row, list(kin)].any():
                self.where.add((row, up))
                kind[i], finding[i] = WHERE, many.ids[up]
                places[row] = tuple(int(many.ids[k]) for k in kin[:MOST_PLACES])

    def _choose(self, rows: Ints) -> tuple[Ints, Bools]:
        """(m,) the best question of each row as a finding's column, and whether enough was asked."""
        many = self.many
        p = self.p[rows]
        top = p[:, :-1].max(axis=1, keepdims=True)
        keep = p >= np.maximum(LEAST_P, NEAR * top)
        keep |= (many.harm >= HARM["urgent"]) & (p >= np.maximum(LEAST_P / 5, NEAR / 5 * top))
        union = np.flatnonzero(keep.any(axis=0))
        p = np.where(keep[:, union], p[:, union], 0.0)
        p /= p.sum(axis=1, keepdims=True)
        columns = self._worth_a_look(rows, union)
        if not len(columns):
            return np.zeros(len(rows), dtype=np.int64), np.ones(len(rows), dtype=bool)
        at = many.column[columns]
        value, yes = self._value(p, union, columns)
        value *= many.weight[columns]
        value = np.where(many.topic[at] == self.topic[rows][:, None], value * many.policy.same_topic, value)
        value = np.where(yes < many.policy.least_likely, value * 0.2, value)
        value[~self._free(rows, columns, at)] = -1.0
        value = np.round(value, VALUE_DIGITS)
        # The first of equals in the order of the knowledge; the columns that stand twice come at the end.
        if columns[-1] >= many.alone_from:
            order = np.argsort(at, kind="stable")
            value, yes, at, columns = value[:, order], yes[:, order], at[order], columns[order]
        best = value.argmax(axis=1)
        most = value[np.arange(len(rows)), best]
        asked = self.asked[rows]
        enough = most < np.where(asked < LEAST_QUESTIONS, TOO_LITTLE / 4, TOO_LITTLE)
        settled = ~enough & (asked >= LEAST_QUESTIONS) & ((top[:, 0] >= SETTLED) | (asked >= ENOUGH_QUESTIONS))
        if settled.any():
            chosen = np.flatnonzero(settled)
            enough[chosen] = ~self._changes_level(rows[chosen], value[chosen], yes[chosen], at)
        return at[best], enough

    def _worth_a_look(self, rows: Ints, union: Ints) -> Ints:
        """Columns whose value can reach the least that is asked, whatever the posterior over `union` is.

        The information of a yes-no answer is at most the capacity of the channel between its least and its greatest
        probability (the entropy is concave, so those between tell less); the gain about danger is no more than that.
        """
        many = self.many
        table = many.table[union]
        low, high = table.min(axis=0), table.max(axis=0)
        wide = np.maximum(high - low, 1e-12)
        slope = (_entropy(high) - _entropy(low)) / wide
        z = np.clip(1 / (1 + np.exp(np.clip(slope, -700, 700))), low, high)
        most = _entropy(z) - (_entropy(low) + slope * (z - low))
        bound = (1 + many.policy.harm) * most * many.weight * max(many.policy.same_topic, 1.0)
        return np.flatnonzero(bound >= TOO_LITTLE / 4 * 0.999)

    def _value(self, p: Floats, union: Ints, columns: Ints) -> tuple[Floats, Floats]:
        """(m, C) information plus harm times the information about danger, and P(yes)."""
        many = self.many
        table = many.table[np.ix_(union, columns)]
        z = p @ table
        information = _entropy(z) - p @ many.row_entropy[np.ix_(union, columns)]
        weighted = p * many.harm[union]
        q = weighted.sum(axis=1, keepdims=True)
        dangerous = weighted @ table
        after = z * _entropy(np.clip(dangerous / z, 0, 1))
        after += (1 - z) * _entropy(np.clip((q - dangerous) / (1 - z), 0, 1))
        danger = np.maximum(_entropy(q) - after, 0.0)
        return np.maximum(information, 0.0) + many.policy.harm * danger, z

    def _free(self, rows: Ints, columns: Ints, at: Ints) -> Bools:
        many = self.many
        here = self.present[rows]
        parent = many.parent[at]
        early = np.isin(at, many.early)
        alone = columns >= many.alone_from
        free = ~self.closed[np.ix_(rows, at)]
        has = here[:, parent]
        free &= np.where(early & alone, ~has, has)
        age, sex = self.age[rows][:, None], self.sex[rows][:, None]
        told_age = ~np.isnan(age)
        with np.errstate(invalid="ignore"):
            free &= ~told_age | ((many.age_from[at] <= age) & (age <= many.age_to[at]))
            free &= ~many.of_child[at] | (told_age & (age < CHILD_UNTIL_YEARS))
        free &= (many.sex[at] == 0) | (sex == 0) | (many.sex[at] == sex)
        expecting = here[:, many.pregnancy].any(axis=1, keepdims=True)
        free &= ~many.of_pregnancy[at] | expecting
        return np.asarray(free)

    def _changes_level(self, rows: Ints, value: Floats, yes: Floats, at: Ints) -> Bools:
        """Whether any likely answer to the best questions would change the level of each row."""
        now = self.level(rows)
        found = np.zeros(len(rows), dtype=bool)
        k = min(LOOKED_AHEAD, value.shape[1])
        best = np.argsort(-value, axis=1, kind="stable")[:, :k]
        for step in range(k):
            worth = np.take_along_axis(value, best[:, step : step + 1], axis=1)[:, 0] >= TOO_LITTLE
            p_yes = np.take_along_axis(yes, best[:, step : step + 1], axis=1)[:, 0]
            for answer, p_answer in ((1, p_yes), (0, 1 - p_yes)):
                open_ = np.flatnonzero(~found & worth & (p_answer >= LEAST_P_ANSWER))
                if len(open_):
                    after = self._level_after(rows[open_], at[best[open_, step]], answer)
                    found[open_] = after != now[open_]
        return found

    def _level_after(self, rows: Ints, at: Ints, answer: int) -> Ints:
        """The level after one answer, worked out over every condition."""
        many = self.many
        term = many.yes[at].copy() if answer else many.no[at].copy()
        number = self.number[rows].copy()
        log_prior = self.log_prior[rows]
        spoken = self.told[rows] | self.present[rows]
        quiet = ~spoken[np.arange(len(rows)), at] & (many.silence_at[at] >= 0)
        log_prior[quiet] -= many.silence[many.silence_at[at[quiet]]]
        if answer:
            number += 1
            for step in range(many.above.shape[1]):
                up = many.above[at, step]
                real = np.flatnonzero(up < many.size)
                new = real[~self.present[rows[real], up[real]]]
                term[new] += many.yes[up[new]]
                number[real] -= self.said_yes[rows[real], up[real]] & ~self.implied[rows[real], up[real]]
                broken = new[many.silence_at[up[new]] >= 0]
                log_prior[broken] -= many.silence[many.silence_at[up[broken]]]
            for early, alone in many.no_alone.items():
                parent = many.parent[early]
                learns = (at == parent) | (many.above[at] == parent).any(axis=1)
                changed = learns & self.said_no[rows, early] & ~self.present[rows, parent]
                term[changed] += many.no[early] - alone
        else:
            for early, alone in many.no_alone.items():
                term[(at == early) & ~self.present[rows, many.parent[early]]] = alone
        weight = (CROWD / np.maximum(number, CROWD)) ** many.crowding / many.temperature
        log_p = log_prior + weight[:, None] * (self.evidence[rows] + term)
        log_p -= log_p.max(axis=1, keepdims=True)
        p = np.exp(log_p)
        p /= p.sum(axis=1, keepdims=True)
        return self._level(p @ many.level_share, p[:, :-1].max(axis=1), self.floor[rows])


def _entropy(q: Floats) -> Floats:
    """Entropy of a yes-no answer with P(yes) = q, nats."""
    return np.asarray(-(q * np.log(np.maximum(q, _TINY)) + (1 - q) * np.log(np.maximum(1 - q, _TINY))))


def _groups(key: NDArray[Any]) -> list[tuple[NDArray[Any], Ints]]:
    """Rows that are alike: (the row, where it stands), over a (n, k) array."""
    if not len(key):
        return []
    each, where = np.unique(key, axis=0, return_inverse=True)
    where = where.reshape(-1)
    order = np.argsort(where, kind="stable")
    ends = np.cumsum(np.bincount(where))
    return [(one, part) for one, part in zip(each, np.split(order, ends[:-1]), strict=True)]
