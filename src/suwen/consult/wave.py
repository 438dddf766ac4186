"""Thousands of consultations side by side: what is known of each patient, what each is asked next, and when it is enough.

The rules are those of `consult.turn`, `consult.ask` and `reasoning`, turn by turn; only the arithmetic is shared out.
Questions are ranked in single precision over the conditions in play. Where that leaves a doubt, between two questions or
at a threshold, the patients concerned are worked out again in double precision, so that the question is the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from suwen.consult.ask import (
    ENOUGH_QUESTIONS,
    LEAST_P_ALONE,
    LEAST_P_DANGER,
    LEAST_QUESTIONS,
    LIFT,
    LOOKED_AHEAD,
    MOST_PLACES,
    PAST_AFTER,
    SETTLED,
    TOO_LITTLE,
)
from suwen.consult.many import Bools, Floats, Ints, Many, binary_entropy
from suwen.core.case import TRIAGE_LEVELS, Person
from suwen.reasoning.differential import CROWD
from suwen.reasoning.inquiry import CHILD_UNTIL_YEARS, HARM, LEAST_P, LEAST_P_ANSWER, NEAR, VALUE_DIGITS
from suwen.reasoning.triage import UNCLEAR
from suwen.safety.critical import MOST_CRITICAL

FINDING, WHERE, AGE, SEX, DURATION, PAST, MEDICINES, END = range(8)
"""What a question is: a yes-no about a finding, the place of a finding, who the patient is, or the end."""
CHUNK = 16
"""Patients whose questions are ranked together: alike ones, so that few conditions are in play."""
BLOCK = 128
"""Patients whose differential is worked out together: as many as the processor's cache holds."""
DOUBT = 2e-5
"""Nats within which two values in single precision may stand the other way round in double; several times what is seen."""

_SEXES: tuple[Literal["male", "female"] | None, ...] = (None, "male", "female")


@dataclass(frozen=True, slots=True)
class Openings:
    """The first words of n patients: number, their places in a seed's sequence; complaints (n, k) indices of findings, -1
    where there are fewer; age in years, nan where not told; sex 0 not told, 1 male, 2 female; duration a place in DURATIONS
    or -1; month 1..12."""

    number: Ints
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


@dataclass(frozen=True, slots=True)
class _Ranked:
    """The best questions of m rows as columns (m, k), most valuable first, their values and P(yes)."""

    column: Ints
    value: Floats
    yes: Floats


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
        self.said_yes, self.said_no, self.implied, self.closed = (
            np.zeros((n, size + 1), dtype=bool) for _ in range(4)
        )
        self.unlocked = np.repeat(many.child[-1:], n, axis=0)
        """(n, A) questions whose parent is there."""
        self.fits = np.zeros((n, len(many.column)), dtype=bool)
        self.number = np.zeros(n, dtype=np.int64)
        self.asked = np.ones(n, dtype=np.int64)
        self.topic = np.full(n, many.topics["general"], dtype=np.int16)
        self.asked_age, self.asked_sex, self.asked_duration, self.asked_past, self.asked_medicines = (
            np.zeros(n, dtype=bool) for _ in range(5)
        )
        self.asked_critical = np.zeros(n, dtype=np.int64)
        self.floor = np.full(n, 5)
        self._begin(n)
        self.products = self.turns = 0
        """Floating-point operations in matrix products so far, and differentials worked out for a choice."""
        self.complaint = openings.complaints[:, 0]
        self.where: set[tuple[int, int]] = set()
        self._set_person(np.arange(n))
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
        news = (kind == AGE) | (kind == SEX) | (kind == DURATION) | (kind == WHERE)
        for which, value, told in ((AGE, people[0], self.age), (SEX, people[1], self.sex)):
            chosen = rows[kind == which]
            told[chosen] = value[chosen]
            self._set_person(chosen)
        chosen = kind == DURATION
        self._yes(rows[chosen], many.durations[answers[chosen]])
        chosen = kind == FINDING
        news |= chosen & (answers == 1)
        at, said, who = many.place[questions.finding[chosen]], answers[chosen], rows[chosen]
        self._yes(who[said == 1], at[said == 1])
        self._no(who[said == 0], at[said == 0])
        self._unknown(who[said == -1], at[said == -1])
        for i in np.flatnonzero(kind == WHERE):
            self._place(int(rows[i]), questions.places[int(rows[i])], int(answers[i]))
        self._alarm(rows[news])

    def _place(self, row: int, offered: tuple[int, ...], named: int) -> None:
        who = np.array([row])
        if named >= 0:
            self._yes(who, self.many.place[[named]])
        for other in offered:
            if other != named:
                self._no(who, self.many.place[[other]])

    def _set_person(self, rows: Ints) -> None:
        """The prior and the possible findings of who they are; what was already broken of the silence stays broken."""
        if not len(rows):
            return
        many, reasoner = self.many, self.many.clinic.reasoner
        key = np.stack([np.nan_to_num(self.age[rows], nan=-1.0), self.sex[rows], self.month[rows]], axis=1)
        for one, members in _groups(key):
            person = Person(
                age_years=None if one[0] < 0 else float(one[0]),
                sex=_SEXES[int(one[1])],
            )
            with np.errstate(divide="ignore"):
                value = np.log(reasoner.prior(person, int(one[2]))) + reasoner.all_silent
            self._set_prior(rows[members], value)
        i, context = np.nonzero((self.told[rows] | self.present[rows])[:, many.contexts])
        for one_each in range(int(np.bincount(i).max(initial=0))):
            nth = np.arange(len(i)) - np.searchsorted(i, i) == one_each
            self._spoken_of(rows[i[nth]], context[nth])
        self._set_fits(rows)

    def _set_fits(self, rows: Ints) -> None:
        """Which questions this age and sex, and a pregnancy, allow."""
        many = self.many
        at = many.column
        age, sex = self.age[rows][:, None], self.sex[rows][:, None]
        told = ~np.isnan(age)
        with np.errstate(invalid="ignore"):
            fits = ~told | ((many.age_from[at] <= age) & (age <= many.age_to[at]))
            fits &= ~many.of_child[at] | (told & (age < CHILD_UNTIL_YEARS))
        fits &= (many.sex[at] == 0) | (sex == 0) | (many.sex[at] == sex)
        expecting = self.present[rows][:, many.pregnancy].any(axis=1, keepdims=True)
        self.fits[rows] = fits & (~many.of_pregnancy[at] | expecting)

    def _break_silence(self, rows: Ints, at: Ints) -> None:
        """Something was said of `at`: if it is an injury or exposure, its not being mentioned counts no more."""
        context = self.many.silence_at[at]
        chosen = (context >= 0) & ~(self.told[rows, at] | self.present[rows, at])
        if chosen.any():
            self._spoken_of(rows[chosen], context[chosen])

    def _yes(self, rows: Ints, at: Ints, *, opening: bool = False) -> None:
        if not len(rows):
            return
        many = self.many
        self._break_silence(rows, at)
        new = ~self.present[rows, at]
        self._weigh("yes", rows[new], at[new])
        if opening:
            shown = many.is_complaint[at]
            self._weigh("unexplained", rows[shown], at[shown])
        self.number[rows] += ~self.implied[rows, at]
        self.told[rows, at] = self.said_yes[rows, at] = self.present[rows, at] = self.closed[rows, at] = True
        self._unlock(rows, at)
        for step in range(many.above.shape[1]):
            up = many.above[at, step]
            real = up < many.size
            r, u = rows[real], up[real]
            if not len(r):
                break
            self._break_silence(r, u)
            new = ~self.present[r, u]
            self._weigh("yes", r[new], u[new])
            self.number[r] -= self.said_yes[r, u] & ~self.implied[r, u]
            self.present[r, u] = self.implied[r, u] = self.closed[r, u] = True
            self._unlock(r, u)
        for early in many.before:
            self._parent_known(rows, early)
        expecting = many.tells_pregnancy[at]
        if expecting.any():
            self._set_fits(rows[expecting])

    def _unlock(self, rows: Ints, at: Ints) -> None:
        chosen = np.asarray(self.many.has_child[at])
        self.unlocked[rows[chosen]] |= self.many.child[at[chosen]]

    def _parent_known(self, rows: Ints, early: int) -> None:
        """A finding denied before its parent was known: with the parent there, its absence says something else."""
        many = self.many
        changed = rows[
            self.said_no[rows, early] & self.present[rows, many.parent[early]] & ~self.implied[rows, early]
        ]
        if len(changed):
            self._weigh("alone", changed, np.full(len(changed), early), sign=-1)
            self.implied[changed, early] = True  # done once; of a denied finding it means nothing else

    def _denied_anew(self, rows: Ints, at: Ints, early: int) -> Bools:
        """Where denying `at` denies again, and more widely, what was denied before its parent was known."""
        wider = np.isin(at, self.many.above[early])
        return np.asarray(wider & self.said_no[rows, early] & ~self.implied[rows, early])

    def _no(self, rows: Ints, at: Ints) -> None:
        if not len(rows):
            return
        many = self.many
        self._break_silence(rows, at)
        self.told[rows, at] = self.closed[rows, at] = True
        heard = ~self.present[rows, at]  # what is more special was said before, and it stays
        rows, at = rows[heard], at[heard]
        self._weigh("no", rows, at)
        for early in many.before:
            said = rows[self._denied_anew(rows, at, early)]
            self._weigh("no", said, np.full(len(said), early), sign=-1)  # the wider no says it too
            self._weigh("alone", said, np.full(len(said), early), sign=-1)
            self.implied[said, early] = True
            here = self.present[rows, many.parent[early]]
            before = (at == early) & ~here
            self._weigh("alone", rows[before], at[before])
            self.implied[rows[(at == early) & here], early] = True
        self.said_no[rows, at] = True
        general = np.asarray(many.has_below[at])
        self.closed[rows[general]] |= many.below[at[general]]

    def _unknown(self, rows: Ints, at: Ints) -> None:
        self._break_silence(rows, at)
        self.told[rows, at] = self.closed[rows, at] = True

    def _alarm(self, rows: Ints) -> None:
        """Raise the floor of `rows` by the red flags that hold now."""
        many = self.many
        if not len(rows) or not len(many.line):
            return
        holds = self._clauses(rows, self._literals(rows))
        raised = holds[:, many.line[:, 0]]
        for k in range(1, many.line.shape[1]):
            some = many.line_size > k
            raised[:, some] &= holds[:, many.line[some, k]]
        level = np.where(raised, many.line_level, 5).min(axis=1)
        self.floor[rows] = np.minimum(self.floor[rows], level)

    def _literals(self, rows: Ints) -> Bools:
        """(m, S + 1 + facts): what red flags look at."""
        many = self.many
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
        return np.concatenate([self.present[rows], facts], axis=1)

    def _clauses(self, rows: Ints, known: Bools) -> Bools:
        """(m, clauses): which hold."""
        many = self.many
        holds = known[:, many.clause[:, 0]]
        for k in range(1, many.clause.shape[1]):
            some = many.clause_size > k
            holds[:, some] |= known[:, many.clause[some, k]]
        return holds

    def _danger_left(self, rows: Ints) -> Ints:
        """(m,) what would complete a red flag that makes it more urgent, as `ask` looks for it before the end; -1 none."""
        many = self.many
        found = np.full(len(rows), -1)
        if not len(rows) or not len(many.line):
            return found
        known = self._literals(rows)
        holds = self._clauses(rows, known)
        known[:, many.size + 1 :] = False
        by_finding = self._clauses(rows, known)
        real = np.arange(many.line.shape[1]) < many.line_size[:, None]
        open_ = ~holds[:, many.line] & real
        i, line = np.nonzero((open_.sum(axis=2) == 1) & (many.line_level < self.level(rows)[:, None]))
        clause = many.line[line, np.argmax(open_[i, line], axis=1)]
        begun = np.asarray((by_finding[:, many.line] & real).any(axis=2))[i, line]
        at = many.clause_about[clause]
        pair, k = np.nonzero(at >= 0)
        i, at, begun, level = i[pair], at[pair, k], begun[pair], many.line_level[line[pair]]
        likely = self._posteriors(rows) @ many.danger_p
        p = likely[i, many.danger_at[at]]
        base = many.danger_base[many.danger_at[at]]
        asking = (
            (p >= np.where(begun, LEAST_P_DANGER, LEAST_P_ALONE))
            & (p >= LIFT * base)
            & self._open(rows)[i, at]
        )
        i, at, level, p = i[asking], at[asking], level[asking], p[asking]
        order = np.lexsort((many.by_name[at], p * np.array([HARM[t] for t in TRIAGE_LEVELS])[level], i))
        found[i[order]] = at[order]  # the last of each row is the greatest
        return found

    def _open(self, rows: Ints) -> Bools:
        """(m, S) which findings may be asked."""
        many = self.many
        free = self.free(rows)
        open_ = np.zeros((len(rows), many.size), dtype=bool)
        open_[:, : many.alone_from] = free[:, : many.alone_from]
        open_[:, many.early] |= free[:, many.alone_from :]
        return open_

    # -- what is weighed ------------------------------------------------------------------------------------

    def _begin(self, n: int) -> None:
        """Room for the sums of n cases: (n, D+1) each."""
        wide = self.many.yes.shape[1]
        self.evidence, self.log_prior, self.p = (np.zeros((n, wide)) for _ in range(3))

    def _set_prior(self, rows: Ints, value: Floats) -> None:
        self.log_prior[rows] = value

    def _spoken_of(self, rows: Ints, contexts: Ints) -> None:
        self.log_prior[rows] -= self.many.silence[contexts]

    def _weigh(self, table: str, rows: Ints, at: Ints, *, sign: int = 1) -> None:
        """Add rows `at` of one of the tables of evidence, or take them away; each of `rows` stands once."""
        if len(rows):
            term = getattr(self.many, table)[at]
            self.evidence[rows] += term if sign > 0 else -term

    # -- thinking -------------------------------------------------------------------------------------------

    def think(self, rows: Ints) -> None:
        """The posterior of `rows`, kept in `p`."""
        for start in range(0, len(rows), BLOCK):
            part = rows[start : start + BLOCK]
            self.p[part] = self._posterior(self.log_prior[part], self.evidence[part], self.number[part])

    def _posterior(self, log_prior: Floats, evidence: Floats, number: Ints) -> Floats:
        """(m, D+1); overwrites `evidence`."""
        many = self.many
        weight = (CROWD / np.maximum(number, CROWD)) ** many.crowding / many.temperature
        evidence *= weight[:, None]
        evidence += log_prior
        evidence -= evidence.max(axis=1, keepdims=True)
        np.exp(evidence, out=evidence)
        evidence /= evidence.sum(axis=1, keepdims=True)
        return evidence

    def _posteriors(self, rows: Ints) -> Floats:
        return np.asarray(self.p[rows])

    def level(self, rows: Ints) -> Ints:
        """The triage level of `rows` by the last `think`, 0 emergency .. 4 self-care."""
        return self._level(self.p[rows], rows)

    def _level(self, p: Floats, rows: Ints, told: Ints | None = None) -> Ints:
        """The level of `rows` under P(d) (m, D+1), as if each had said yes to the finding `told` besides."""
        many, floor = self.many, self.floor[rows]
        highest = p[:, :-1].max(axis=1)
        share = p @ many.level_share + ((p @ many.step_of) * self._moved(rows, told)) @ many.step_move
        chosen = np.argmin(share @ many.cost.T, axis=-1)
        chosen = np.where(highest < UNCLEAR, np.minimum(chosen, TRIAGE_LEVELS.index("soon")), chosen)
        return np.asarray(np.minimum(chosen, floor))

    def _moved(self, rows: Ints, told: Ints | None) -> Bools:
        """(m, steps): which steps of conditions to a more urgent level hold for who each patient is."""
        many, age = self.many, self.age[rows]
        who = np.zeros((len(rows), len(many.in_group)), dtype=bool)
        findings = len(many.who)
        who[:, :findings] = self.present[rows[:, None], many.who] & (many.who >= 0)
        with np.errstate(invalid="ignore"):
            for at, (compare, limit) in enumerate(many.ages, findings):
                who[:, at] = compare(age, limit)
        if told is not None:
            who |= many.says_who[told]
        return np.asarray((who.astype(np.float32) @ many.in_group > 0)[:, many.step_group])

    # -- asking ---------------------------------------------------------------------------------------------

    def next(self, rows: Ints) -> Questions:
        """The next question of each of `rows`, or its end, noted as asked."""
        many = self.many
        topic = np.full(len(rows), many.topics["general"], dtype=np.int16)
        kind, finding, left = self._basics(rows, topic)
        who = rows[left]
        self.think(rows[(kind == END)])
        self.think(who)
        self.turns += len(who)
        best, enough = self._choose(who)
        kind[left] = np.where(enough, END, FINDING)
        finding[left] = np.where(enough, -1, many.ids[best])
        topic[left] = np.where(enough, topic[left], many.topic[best])
        places = self._ask_places(rows, kind, finding, left)
        danger = np.full(len(who), -1)
        danger[enough] = self._danger_left(who[enough])
        asking = danger >= 0
        kind[left[asking]], finding[left[asking]] = FINDING, many.ids[danger[asking]]
        topic[left[asking]] = many.topic[danger[asking]]
        enough &= ~asking & (self.floor[who] > 0)
        for which, done in ((PAST, self.asked_past), (MEDICINES, self.asked_medicines)):
            last = left[enough & ~done[who]]
            kind[last] = which
            done[rows[last]] = True
            enough &= kind[left] == END
        for which, name in ((PAST, "history"), (MEDICINES, "medicines")):
            topic[kind == which] = many.topics[name]
        going = kind != END
        found = kind == FINDING
        self.asked_critical[rows[found]] += many.is_critical[many.place[finding[found]]]
        self.asked[rows[going]] += 1
        self.topic[rows[going]] = topic[going]
        return Questions(kind, finding, places)

    def _basics(self, rows: Ints, topic: NDArray[np.int16]) -> tuple[Ints, Ints, Ints]:
        """Kind and finding of what needs no thought, with its `topic`, and the places in `rows` of those that do."""
        many = self.many
        kind, finding = np.full(len(rows), -1), np.full(len(rows), -1)
        age = self.age[rows]
        kind[self.asked[rows] >= many.limit[self.floor[rows]]] = END
        with np.errstate(invalid="ignore"):
            young = ~np.isnan(age) & (age < 0.25)
        for at in many.must_ask:
            chosen = (kind < 0) & young & ~self.told[rows, at]
            kind[chosen], finding[chosen] = FINDING, many.ids[at]
        self._critical(rows, kind, finding, topic)
        for which, needed, done in (
            (AGE, np.isnan(age), self.asked_age),
            (SEX, self.sex[rows] == 0, self.asked_sex),
            (DURATION, ~self.told[np.ix_(rows, many.durations)].any(axis=1), self.asked_duration),
        ):
            chosen = (kind < 0) & needed & ~done[rows]
            kind[chosen] = which
            done[rows[chosen]] = True
        waits = self.floor[rows] > 0
        still = many.limit[self.floor[rows]] - self.asked[rows]
        for which, due, done in (
            (PAST, (self.asked[rows] >= PAST_AFTER) | (still == 1), self.asked_past),
            (MEDICINES, still == 1, self.asked_medicines),
        ):
            chosen = (kind < 0) & waits & due & ~done[rows]
            kind[chosen] = which
            done[rows[chosen]] = True
        return kind, finding, np.flatnonzero(kind < 0)

    def _critical(self, rows: Ints, kind: Ints, finding: Ints, topic: NDArray[np.int16]) -> None:
        """What is asked at once of everybody with a complaint, put into `kind`, `finding` and `topic` where nothing else is."""
        many = self.many
        left = np.flatnonzero(
            (kind < 0) & (self.floor[rows] > 0) & (self.asked_critical[rows] < MOST_CRITICAL)
        )
        who = rows[left]
        open_ = self._open(who)
        age, sex = self.age[who], self.sex[who]
        free = np.ones(len(who), dtype=bool)
        for when, at, critical in many.critical:
            chosen = free & open_[:, at] & self.present[np.ix_(who, when)].any(axis=1)
            if critical.age is not None:
                with np.errstate(invalid="ignore"):
                    chosen &= ~np.isnan(age) & (age >= critical.age[0]) & (age <= critical.age[1])
            if critical.sex is not None:
                chosen &= sex == _SEXES.index(critical.sex)
            kind[left[chosen]], finding[left[chosen]] = FINDING, many.ids[at]
            topic[left[chosen]] = many.topic[at]
            free &= ~chosen

    def _ask_places(self, rows: Ints, kind: Ints, finding: Ints, left: Ints) -> dict[int, tuple[int, ...]]:
        """Where the question is about one of several places of a finding, they are put together."""
        many = self.many
        places: dict[int, tuple[int, ...]] = {}
        asking = left[kind[left] == FINDING]
        for i in asking[many.is_place[many.place[finding[asking]]]]:
            at = int(many.place[finding[i]])
            row, up = int(rows[i]), int(many.parent[at])
            if (row, up) in self.where:
                continue
            age = None if np.isnan(self.age[row]) else float(self.age[row])
            kin = many.kin(at, age, _SEXES[self.sex[row]])
            if kin and not self.told[row, list(kin)].any():
                self.where.add((row, up))
                kind[i], finding[i] = WHERE, many.ids[up]
                places[row] = tuple(int(many.ids[k]) for k in kin[:MOST_PLACES])
        return places

    def _choose(self, rows: Ints) -> tuple[Ints, Bools]:
        """(m,) the best question of each row as a finding's column, and whether enough was asked."""
        many = self.many
        best, enough = np.zeros(len(rows), dtype=np.int64), np.zeros(len(rows), dtype=bool)
        if not len(rows):
            return best, enough
        highest = self.p[rows, :-1].max(axis=1)
        asked = self.asked[rows]
        least = np.where(asked < LEAST_QUESTIONS, TOO_LITTLE / 4, TOO_LITTLE)
        settled = (asked >= LEAST_QUESTIONS) & ((highest >= SETTLED) | (asked >= ENOUGH_QUESTIONS))
        order = np.lexsort((self.complaint[rows], many.order[self.p[rows, :-1].argmax(axis=1)]))
        ranked = [
            self._ranked(rows[order[i : i + CHUNK]], highest[order[i : i + CHUNK]])
            for i in range(0, len(rows), CHUNK)
        ]
        top, doubt = _joined([r for r, _ in ranked], order), np.empty(len(rows), dtype=bool)
        doubt[order] = np.concatenate([d for _, d in ranked])
        del ranked
        unsure = doubt | (np.abs(top.value[:, 0] - least) < DOUBT)
        near = (np.abs(top.value - TOO_LITTLE) < DOUBT) | (np.abs(top.yes - LEAST_P_ANSWER) < DOUBT)
        near |= np.abs(1 - top.yes - LEAST_P_ANSWER) < DOUBT
        unsure |= settled & near.any(axis=1)
        self._exactly(rows, np.flatnonzero(unsure), highest, top)
        best = many.column[top.column[:, 0]]
        enough = top.value[:, 0] < least
        chosen = np.flatnonzero(settled & ~enough)
        enough[chosen] = ~self._changes_level(
            rows[chosen], _Ranked(top.column[chosen], top.value[chosen], top.yes[chosen])
        )
        return best, enough

    def _in_play(self, p: Floats, highest: Floats) -> Bools:
        """(m, D+1) the conditions that a doctor has in mind, as `Inquiry` takes them."""
        top = highest[:, None]
        keep = p >= np.maximum(LEAST_P, NEAR * top)
        return np.asarray(
            keep | ((self.many.harm >= HARM["urgent"]) & (p >= np.maximum(LEAST_P / 5, NEAR / 5 * top)))
        )

    def _ranked(self, rows: Ints, highest: Floats) -> tuple[_Ranked, Bools]:
        """The best questions of a few rows in single precision, and where that leaves a doubt about them."""
        many = self.many
        p = self.p[rows]
        keep = self._in_play(p, highest)
        union = np.flatnonzero(keep.any(axis=0))
        p = np.where(keep[:, union], p[:, union], 0.0)
        p /= p.sum(axis=1, keepdims=True)
        single = p.astype(np.float32)
        m = len(rows)
        free = self.free(rows)
        special = many.roots + np.flatnonzero(free[:, many.roots :].any(axis=0))
        both = np.concatenate([single, single * many.rough_harm[union]])
        cells = np.ix_(union, special)
        found = np.concatenate([both @ many.rough_root_table[union], both @ many.rough_table[cells]], axis=1)
        noise = np.concatenate(
            [single @ many.rough_root_entropy[union], single @ many.rough_entropy[cells]], axis=1
        )
        self.products += 6 * m * len(union) * found.shape[1]
        columns = np.concatenate([np.arange(many.roots), special])
        weight = many.rough_weight_at[self.topic[rows]][:, columns] * free[:, columns]
        top, doubt = self._best(found[:m], noise, found[m:], both[m:].sum(axis=1), weight)
        return _Ranked(columns[top.column], top.value, top.yes), doubt

    def _best(
        self,
        z: NDArray[Any],
        noise: NDArray[Any],
        dangerous: NDArray[Any],
        q: NDArray[Any],
        weight: NDArray[Any],
    ) -> tuple[_Ranked, Bools]:
        """The LOOKED_AHEAD most valuable questions, and which rows have others as close as rounding errors.

        z: (m, C) P(yes). noise: expected entropy of the answer given the condition. dangerous: P(yes and dangerous). q: (m,)
        P(dangerous). weight: (m, C) what information is multiplied by, 0 where it may not be asked. The gain about danger is
        at most the information, so it is worked out only where it can matter. In double precision the columns are all, and
        equals come in the order of the knowledge.
        """
        policy = self.many.policy
        weight[z < policy.least_likely] *= 0.2
        value = binary_entropy(z)
        value -= noise
        value *= weight
        least = np.maximum(_at_least(value, LOOKED_AHEAD + 1), TOO_LITTLE / 8) - DOUBT
        i, j = np.nonzero((1 + policy.harm) * value >= least[:, None])
        zz, part, whole = z[i, j], dangerous[i, j], q[i]
        after = zz * binary_entropy(np.clip(part / zz, 0, 1))
        after += (1 - zz) * binary_entropy(np.clip((whole - part) / (1 - zz), 0, 1))
        gain = np.maximum(binary_entropy(whole) - after, 0.0)
        total = np.maximum(value[i, j], 0.0) + policy.harm * gain * weight[i, j]
        if z.dtype == np.float64:  # the first of equals in the order of the knowledge, as rounded there
            order = np.lexsort((self.many.rank[j], -np.round(total, VALUE_DIGITS), i))
        else:
            order = np.lexsort((-total, i))
        return _top(i[order], j[order], total[order], zz[order], len(z))

    def free(self, rows: Ints) -> Bools:
        """(m, A) what may be asked: possible at this age and sex, not known or asked, its parent there."""
        many = self.many
        asked = many.alone_from
        free = self.unlocked[rows] & self.fits[rows]
        free[:, :asked] &= ~self.closed[rows, :asked]
        alone = many.column[asked:]
        free[:, asked:] &= ~(
            self.closed[np.ix_(rows, alone)] | self.present[np.ix_(rows, many.parent[alone])]
        )
        return np.asarray(free)

    def _exactly(self, rows: Ints, chosen: Ints, highest: Floats, top: _Ranked) -> None:
        """Rank the questions of the `chosen` rows again in double precision, as `Inquiry` does, into `top`."""
        many = self.many
        for start in range(0, len(chosen), CHUNK):
            part = chosen[start : start + CHUNK]
            p = self.p[rows[part]]
            p = np.where(self._in_play(p, highest[part]), p, 0.0)
            p /= p.sum(axis=1, keepdims=True)
            weighted = p * many.harm
            weight = many.weight_at[self.topic[rows[part]]] * self.free(rows[part])
            found = (p @ many.table, p @ many.row_entropy, weighted @ many.table, weighted.sum(axis=1))
            best, _ = self._best(*found, weight)
            top.column[part], top.value[part], top.yes[part] = best.column, best.value, best.yes

    # -- enough ---------------------------------------------------------------------------------------------

    def _changes_level(self, rows: Ints, top: _Ranked) -> Bools:
        """Whether any likely answer to the best questions would change the level of each row."""
        now = self.level(rows)
        found = np.zeros(len(rows), dtype=bool)
        for step in range(top.column.shape[1]):
            worth = top.value[:, step] >= TOO_LITTLE
            for answer, p_answer in ((1, top.yes[:, step]), (0, 1 - top.yes[:, step])):
                left = np.flatnonzero(~found & worth & (p_answer >= LEAST_P_ANSWER))
                for start in range(0, len(left), BLOCK):
                    part = left[start : start + BLOCK]
                    at = self.many.column[top.column[part, step]]
                    found[part] = self._level_after(rows[part], at, answer) != now[part]
        return found

    def _level_after(self, rows: Ints, at: Ints, answer: int) -> Ints:
        """The level after one answer."""
        many = self.many
        level = np.empty(len(rows), dtype=np.int64)
        # Where the evidence is not crowded and nothing but the finding itself changes, the posterior is multiplied.
        plain = (self.number[rows] + answer <= CROWD) & ~many.entangled[at]
        r, a = rows[plain], at[plain]
        p = (many.p_yes if answer else many.p_no)[a]
        p *= self.p[r]
        quiet = (many.silence_at[a] >= 0) & ~(self.told[r, a] | self.present[r, a])
        p[quiet] *= np.exp(-many.silence[many.silence_at[a[quiet]]])
        p /= p.sum(axis=1, keepdims=True)
        level[plain] = self._level(p, r, a if answer else None)
        level[~plain] = self._level_after_all(rows[~plain], at[~plain], answer)
        return level

    def _level_after_all(self, rows: Ints, at: Ints, answer: int) -> Ints:
        """The level after one answer, summed anew."""
        if not len(rows):
            return np.zeros(0, dtype=np.int64)
        many = self.many
        term = (many.yes if answer else many.no)[at]
        number, log_prior = self.number[rows], self.log_prior[rows]
        said, here = self.told[rows] | self.present[rows], np.arange(len(rows))
        quiet = ~said[here, at] & (many.silence_at[at] >= 0)
        log_prior[quiet] -= many.silence[many.silence_at[at[quiet]]]
        if answer:
            number += 1
            for step in range(many.above.shape[1]):
                up = many.above[at, step]
                real = np.flatnonzero(up < many.size)
                new = real[~self.present[rows[real], up[real]]]
                term[new] += many.yes[up[new]]
                number[real] -= self.said_yes[rows[real], up[real]] & ~self.implied[rows[real], up[real]]
                broken = new[(many.silence_at[up[new]] >= 0) & ~said[new, up[new]]]
                log_prior[broken] -= many.silence[many.silence_at[up[broken]]]
            for early in many.before:
                parent = many.parent[early]
                learns = np.asarray((at == parent) | (many.above[at] == parent).any(axis=1))
                changed = learns & self.said_no[rows, early] & ~self.present[rows, parent]
                term[changed] -= many.alone[early]
        else:
            for early in many.before:
                term[self._denied_anew(rows, at, early)] -= many.no[early] + many.alone[early]
                term[(at == early) & ~self.present[rows, many.parent[early]]] += many.alone[early]
        term += self.evidence[rows]
        return self._level(self._posterior(log_prior, term, number), rows, at if answer else None)


def _at_least(value: NDArray[Any], k: int) -> NDArray[Any]:
    """(m,) a number that at least `k` of each row reach; over the greatest of every eight, which is quick."""
    wide = value.shape[1] // 8 * 8
    if wide < 8 * k:
        return np.zeros(len(value), dtype=value.dtype)
    greatest = value[:, :wide].reshape(len(value), 8, -1).max(axis=1)
    return np.asarray(np.partition(greatest, -k, axis=1)[:, -k])


def _top(i: Ints, j: Ints, value: NDArray[Any], yes: NDArray[Any], m: int) -> tuple[_Ranked, Bools]:
    """The first LOOKED_AHEAD of every row of (row i, column j) pairs in order; a row with fewer is filled up with -1."""
    start = np.searchsorted(i, np.arange(m))
    place = np.arange(len(i)) - start[i]
    keep = place <= LOOKED_AHEAD
    i, j, value, yes, place = i[keep], j[keep], value[keep], yes[keep], place[keep]
    column, best, share = (
        np.zeros((m, LOOKED_AHEAD + 1), dtype=np.int64),
        np.full((m, LOOKED_AHEAD + 1), -1.0),
        np.zeros((m, LOOKED_AHEAD + 1)),
    )
    column[i, place], best[i, place], share[i, place] = j, value, yes
    close = np.abs(np.diff(best, axis=1)) < DOUBT
    close &= best[:, 1:] > TOO_LITTLE / 4 - DOUBT  # the order of what is never asked does not matter
    doubt = close[:, 0] | close[:, -1]
    return _Ranked(column[:, :-1], best[:, :-1], share[:, :-1]), doubt


def _joined(parts: list[_Ranked], order: Ints) -> _Ranked:
    """Parts in the order of the rows they came from."""

    def put(name: str) -> NDArray[Any]:
        stacked = np.concatenate([getattr(p, name) for p in parts])
        found = np.empty_like(stacked)
        found[order] = stacked
        return found

    return _Ranked(put("column"), put("value"), put("yes"))


def _groups(key: NDArray[Any]) -> list[tuple[NDArray[Any], Ints]]:
    """Rows that are alike: (the row, where it stands), over a (n, k) array."""
    each, where = np.unique(key, axis=0, return_inverse=True)
    where = where.reshape(-1)
    order = np.argsort(where, kind="stable")
    ends = np.cumsum(np.bincount(where))
    return [(one, part) for one, part in zip(each, np.split(order, ends[:-1]), strict=True)]
