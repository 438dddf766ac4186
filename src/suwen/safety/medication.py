"""The pharmacist: a list of medicines and a patient, checked against every rule.

Loud only where something has to be done: `contraindicated` and `major` interrupt, the rest is for one quiet line.
What is not known is part of the answer: names that mean nothing, medicines of which little is known, facts about
the patient that a rule would need. The word for nothing found is never that something is safe.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np

from suwen.core.errors import InputError
from suwen.knowledge.drugs import Formulary
from suwen.knowledge.drugs.names import Found, key_of
from suwen.knowledge.drugs.terms import INTERRUPTING, LOCAL_ROUTES, MANY, PATHWAYS, SEVERITIES, code_of
from suwen.safety.doses import Dose, dose_in

MOST_DRUGS = 200
"""Entries of one list; a longer one is refused rather than half read."""
_RANK = {name: i for i, name in enumerate(SEVERITIES)}
_SAME_TWICE_MINOR = ("A11", "A12", "B05", "B03", "V06", "A10A")
"""Vitamins, minerals, fluids, and insulins that are meant to be combined."""


@dataclass(frozen=True, slots=True)
class Drug:
    """A medicine as written: its name, how it is given if that was said, and how much a day."""

    name: str
    route: str | None = None
    dose: Dose | None = None


@dataclass(frozen=True, slots=True)
class Patient:
    """What is known about who takes them; None is not known, and never counts as normal.

    age_years; weight_kg; egfr_ml_min (ml/min/1.73 m²); pregnant_weeks 1 to 45, 0 when known not to be pregnant;
    `pregnant` where the weeks are not known; child_pugh A, B or C; allergies and conditions as written.
    """

    age_years: float | None = None
    sex: str | None = None
    pregnant: bool | None = None
    pregnant_weeks: float | None = None
    breastfeeding: bool | None = None
    egfr_ml_min: float | None = None
    child_pugh: str | None = None
    weight_kg: float | None = None
    allergies: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing to know. `rule` names it for a dismissal; `drugs` are the names as given, `substances` their ids."""

    rule: str
    kind: str
    severity: str
    drugs: tuple[str, ...]
    substances: tuple[str, ...]
    effect: Mapping[str, str]
    mechanism: Mapping[str, str] | None
    management: Mapping[str, str]
    onset: str | None
    evidence: str
    source: str

    @property
    def interrupts(self) -> bool:
        return self.severity in INTERRUPTING


@dataclass(frozen=True, slots=True)
class Missing:
    """A fact about the patient that rules for these medicines need and nobody gave."""

    fact: str
    drugs: tuple[str, ...]
    severity: str


@dataclass(frozen=True, slots=True)
class Report:
    """The whole answer; `alerts` gravest first."""

    version: str
    found: tuple[tuple[Drug, Found], ...]
    alerts: tuple[Alert, ...]
    unknown: tuple[Found, ...]
    little_known: tuple[str, ...]
    missing: tuple[Missing, ...]
    unknown_allergies: tuple[str, ...]
    unknown_conditions: tuple[str, ...]
    dose_unread: tuple[str, ...]

    @property
    def interrupting(self) -> tuple[Alert, ...]:
        return tuple(a for a in self.alerts if a.interrupts)

    @property
    def known(self) -> int:
        """How many of the names were recognised."""
        return len(self.found) - len(self.unknown)


@dataclass(slots=True)
class _Entry:
    """One substance that an entry of the list brings in."""

    substance: str
    index: int
    given: str
    position: int
    local: bool
    only_local: bool
    route: str | None
    mg_day: float | None = None
    mg_once: float | None = None


@dataclass(slots=True)
class _State:
    """What the patient is, in the terms of rules."""

    patient: Patient
    conditions: frozenset[str]
    missing: dict[str, dict[str, str]] = field(default_factory=dict)

    def lacks(self, fact: str, drug: str, severity: str) -> None:
        kept = self.missing.setdefault(fact, {})
        if drug not in kept or _RANK[severity] < _RANK[kept[drug]]:
            kept[drug] = severity


class Pharmacist:
    """Checks lists of medicines under one formulary; holds no state of patients."""

    def __init__(self, formulary: Formulary) -> None:
        self.formulary = formulary
        self._no_duplicate = frozenset(formulary.no_duplicate)
        self._change_code = np.ascontiguousarray(formulary.change[:, 0])

    # -- the whole --------------------------------------------------------------------------------------

    def check(self, drugs: Sequence[Drug], patient: Patient | None = None) -> Report:
        """Every alert and every gap for this list; raises InputError when the list is too long."""
        if len(drugs) > MOST_DRUGS:
            raise InputError(f"a list may hold {MOST_DRUGS} medicines, this one holds {len(drugs)}; split it")
        patient = patient or Patient()
        found = tuple((drug, self.formulary.names.find(drug.name)) for drug in drugs)
        entries = [e for i, (drug, hit) in enumerate(found) for e in self._entries(i, drug, hit)]
        conditions, unknown_conditions = self._conditions(patient.conditions)
        state = _State(patient, conditions)
        alerts = [
            *self._duplicates(entries),
            *self._pairs(entries),
            *self._triples(entries),
            *self._burdens(entries),
            *self._cautions(entries, state),
        ]
        allergic, unknown_allergies = self._allergies(entries, patient.allergies)
        alerts += allergic
        alerts.sort(key=lambda a: _RANK[a.severity])
        return Report(
            version=f"{self.formulary.version}-{self.formulary.digest[:8]}",
            found=found,
            alerts=tuple(_once(alerts)),
            unknown=tuple(hit for _, hit in found if not hit.targets),
            little_known=self._little_known(found),
            missing=_missing(state),
            unknown_allergies=unknown_allergies,
            unknown_conditions=unknown_conditions,
            dose_unread=tuple(
                drug.name
                for drug, hit in found
                if hit.targets and drug.dose is not None and not self._readable(drug.dose, hit)
            ),
        )

    def drug(self, written: str) -> Drug:
        """A line as people write it, "布洛芬 0.3g 每日2次", split into name, route and dose."""
        name, dose = dose_in(written)
        if dose is None or not self.formulary.names.find(name).targets:
            return Drug(written)
        return Drug(name, dose=dose)

    # -- reading the list -------------------------------------------------------------------------------

    def _entries(self, position: int, drug: Drug, hit: Found) -> Iterable[_Entry]:
        route = drug.route or hit.route
        for target in hit.targets:
            record = self.formulary.record(target)
            routes = [route] if route else record["routes"]
            local = all(r in LOCAL_ROUTES for r in routes)
            one_route = routes[0] if len(routes) == 1 else None
            product = self.formulary.product.get(target)
            for substance in self.formulary.ingredients(target):
                mg_day, mg_once = _amounts(drug.dose, product, substance, len(hit.targets))
                yield _Entry(
                    substance,
                    self.formulary.index[substance],
                    drug.name,
                    position,
                    local,
                    bool(self.formulary.substances[self.formulary.index[substance]]["local"]),
                    one_route,
                    mg_day,
                    mg_once,
                )

    def _readable(self, dose: Dose, hit: Found) -> bool:
        return any(
            _amounts(dose, self.formulary.product.get(target), substance, len(hit.targets)) != (None, None)
            for target in hit.targets
            for substance in self.formulary.ingredients(target)
        )

    def _little_known(self, found: Iterable[tuple[Drug, Found]]) -> tuple[str, ...]:
        return tuple(
            dict.fromkeys(
                drug.name
                for drug, hit in found
                for target in hit.targets
                if not self.formulary.record(target)["interactions_known"]
            )
        )

    def _conditions(self, written: Iterable[str]) -> tuple[frozenset[str], tuple[str, ...]]:
        known: set[str] = set()
        unknown = []
        for name in written:
            key = key_of(name)
            ids = self.formulary.states.targets(key)
            if not ids and key[-1:] in "病症炎":
                ids = self.formulary.states.targets(key[:-1])
            if ids:
                known.update(ids)
            else:
                unknown.append(name)
        return frozenset(known), tuple(unknown)

    # -- pairs ------------------------------------------------------------------------------------------

    def _pairs(self, entries: Sequence[_Entry]) -> Iterable[Alert]:
        """Interactions of two: by rule, and by one changing how the other is eliminated."""
        by_index: dict[int, list[_Entry]] = {}
        for entry in entries:
            by_index.setdefault(entry.index, []).append(entry)
        present = sorted(by_index)
        codes = np.array([a * MANY + b for a, b in combinations(present, 2)], dtype=np.int64)
        if not len(codes):
            return
        for row in _rows(self.formulary.pair_code, codes):
            rule = self.formulary.interactions[int(self.formulary.pair_rule[row])]
            a, b = divmod(int(self.formulary.pair_code[row]), MANY)
            both = _together(by_index[a], by_index[b], local=rule["local"])
            if both:
                yield self._alert(rule, both)
        for row in _rows(self._change_code, codes):
            _, victim, cause, pathway, induced, _, grade = self.formulary.change[row].tolist()
            both = _together(by_index[victim], [e for e in by_index[cause] if not e.local], local=True)
            if both:
                yield self._change(victim, cause, pathway, bool(induced), SEVERITIES[grade], both)

    def _change(
        self, victim: int, cause: int, pathway: int, induced: bool, severity: str, both: Sequence[_Entry]
    ) -> Alert:
        v, c = self.formulary.substances[victim], self.formulary.substances[cause]
        path = PATHWAYS[pathway]
        rises = induced == bool(v["substrate"][path]["activates"])
        outcome = v["too_much"] if rises else v["too_little"]
        verb = {"zh": "诱导" if induced else "抑制", "en": "induces" if induced else "inhibits"}
        level = {"zh": "作用增强" if rises else "作用减弱", "en": "rises" if rises else "falls"}
        return Alert(
            rule=f"metabolism:{v['id']}:{c['id']}",
            kind="metabolism",
            severity=severity,
            drugs=tuple(dict.fromkeys(e.given for e in both)),
            substances=(v["id"], c["id"]),
            effect={
                "zh": f"{v['name']['zh']}{level['zh']}：{outcome['zh']}",
                "en": f"the effect of {v['name']['en']} {level['en']}: {outcome['en']}",
            },
            mechanism={
                "zh": f"{c['name']['zh']}{verb['zh']} {path.replace('_', ' ')}，{v['name']['zh']}经此消除"
                + ("或活化" if v["substrate"][path]["activates"] else ""),
                "en": f"{c['name']['en']} {verb['en']} {path.replace('_', ' ')}, by which {v['name']['en']} is "
                + ("activated" if v["substrate"][path]["activates"] else "eliminated"),
            },
            management=_MANAGEMENT[severity, rises],
            onset="delayed" if induced else "rapid",
            evidence="label",
            source=self._source(v["source"]),
        )

    def _triples(self, entries: Sequence[_Entry]) -> Iterable[Alert]:
        systemic = [e for e in entries if not e.local]
        if len(systemic) < 3:
            return
        for triple in self.formulary.triples:
            sides = []
            for side in self._sides[triple["rule"]]:
                sides.append([e for e in systemic if e.substance in side])
                if not sides[-1]:
                    break
            if len(sides) < 3 or not sides[-1]:
                continue
            for a in sides[0]:
                for b in sides[1]:
                    for c in sides[2]:
                        if len({a.substance, b.substance, c.substance}) == 3:
                            yield self._alert(self.formulary.interactions[triple["rule"]], (a, b, c))

    @cached_property
    def _sides(self) -> dict[int, tuple[frozenset[str], ...]]:
        return {t["rule"]: tuple(frozenset(side) for side in t["sides"]) for t in self.formulary.triples}

    def _burdens(self, entries: Sequence[_Entry]) -> Iterable[Alert]:
        for name, role in self.formulary.roles.items():
            if role["burden"] is None:
                continue
            bearing = {
                e.substance: e
                for e in entries
                if not e.local and self.formulary.substances[e.index]["roles"].get(name)
            }
            total = sum(self.formulary.substances[e.index]["roles"][name] for e in bearing.values())
            if len(bearing) > 1 and total >= role["burden"]:
                yield self._alert(
                    {"id": f"burden_{name}", "kind": name, **role["burden_rule"]}, list(bearing.values())
                )

    # -- the same twice ---------------------------------------------------------------------------------

    def _duplicates(self, entries: Sequence[_Entry]) -> Iterable[Alert]:
        for a, b in combinations(entries, 2):
            if a.position == b.position or a.local != b.local:
                continue
            if a.substance == b.substance:
                yield self._twice(a, b)
                continue
            if a.local or code_of(a.index, b.index) in self._no_duplicate:
                continue
            shared = self._shared_class(a, b)
            if shared is not None:
                yield self._two_of_a_class(a, b, *shared)

    def _shared_class(self, a: _Entry, b: _Entry) -> tuple[str, str] | None:
        """The narrowest class of which two members are too many, and how bad that is."""
        records = self.formulary.substances
        both = set(records[a.index]["all_classes"]) & set(records[b.index]["all_classes"])
        graded = [
            (self.formulary.class_size[name], name, self.formulary.classes[name]["duplicate"])
            for name in both
            if self.formulary.classes[name]["duplicate"]
        ]
        return min(graded)[1:] if graded else None

    def _twice(self, a: _Entry, b: _Entry) -> Alert:
        record = self.formulary.substances[a.index]
        mild = record["kind"] in ("herb", "food") or any(
            code.startswith(_SAME_TWICE_MINOR) for code in record["atc"]
        )
        severity = "minor" if mild or a.local else "major"
        name = record["name"]
        return Alert(
            rule=f"same:{a.substance}",
            kind="duplicate",
            severity=severity,
            drugs=tuple(dict.fromkeys((a.given, b.given))),
            substances=(a.substance,),
            effect={
                "zh": f"都含有{name['zh']}，重复用药，剂量会叠加",
                "en": f"both contain {name['en']}: it is taken twice and the doses add up",
            },
            mechanism=None,
            management={
                "zh": "只保留一种；确需同用时把总剂量加起来核对",
                "en": "keep one of them; where both are meant, check the sum of the doses",
            },
            onset="rapid",
            evidence="label",
            source=self._source(record["source"]),
        )

    def _two_of_a_class(self, a: _Entry, b: _Entry, name: str, severity: str) -> Alert:
        label = self.formulary.classes[name]["name"]
        return Alert(
            rule=f"class:{name}",
            kind="duplicate",
            severity=severity,
            drugs=(a.given, b.given),
            substances=(a.substance, b.substance),
            effect={
                "zh": f"同属{label['zh']}，合用多不增加疗效而增加不良反应",
                "en": f"both are of the class {label['en']}: more harm without more benefit as a rule",
            },
            mechanism=None,
            management={
                "zh": "核对是否有意合用（如换药过渡）；否则只保留一种",
                "en": "ask whether both are meant (a switch, say); otherwise keep one",
            },
            onset=None,
            evidence="pharmacology",
            source=self._source(self.formulary.substances[a.index]["source"]),
        )

    # -- the patient ------------------------------------------------------------------------------------

    def _cautions(self, entries: Sequence[_Entry], state: _State) -> Iterable[Alert]:
        for entry in entries:
            for number in self.formulary.cautions_of.get(entry.substance, ()):
                rule = self.formulary.cautions[number]
                if entry.local and not entry.only_local and not rule["local"]:
                    continue
                if rule["routes"] and entry.route is not None and entry.route not in rule["routes"]:
                    continue
                if self._holds(rule, entry, entries, state):
                    yield self._alert(rule, (entry,))

    def _holds(
        self, rule: Mapping[str, Any], entry: _Entry, entries: Sequence[_Entry], state: _State
    ) -> bool:
        when, patient = rule["when"], state.patient
        lacking: list[str] = []
        if when["conditions"] and not state.conditions.intersection(when["conditions"]):
            return False
        if when["sex"] and patient.sex != when["sex"]:
            if patient.sex is not None or rule["kind"] != "sex":
                return False
            lacking.append("sex")
        for name, value in (
            ("age", patient.age_years), ("weight", patient.weight_kg), ("egfr", patient.egfr_ml_min),
        ):  # fmt: skip
            span = when[name]
            if span is None:
                continue
            if value is None:
                lacking.append(_FACT_OF[name])
            elif not span[0] <= value < span[1]:
                return False
        if when["child_pugh"]:
            if patient.child_pugh is None:
                if not state.conditions & _LIVER:
                    return False  # nothing speaks for a liver disease; asking everybody would be noise
                lacking.append("child_pugh")
            elif patient.child_pugh not in when["child_pugh"]:
                return False
        if when["pregnant"] or when["weeks"]:
            weeks, pregnant = patient.pregnant_weeks, patient.pregnant
            if weeks is not None:
                if weeks <= 0 or (when["weeks"] and not when["weeks"][0] <= weeks < when["weeks"][1]):
                    return False
            elif pregnant is False or (pregnant is None and not _could_be_pregnant(patient)):
                return False
            elif when["weeks"] or pregnant is None:
                lacking.append("pregnant_weeks")
        if when["breastfeeding"] and not patient.breastfeeding:
            return False
        if rule["limit"]:
            over = self._over(rule["limit"], entry, entries, patient)
            if over is None:
                if entry.mg_day is not None:
                    state.lacks("weight_kg", entry.given, rule["severity"])
                return False
            if not over:
                return False
        if lacking:
            if rule["kind"] != "monitoring":
                for fact in lacking:
                    state.lacks(fact, entry.given, rule["severity"])
            return False
        return True

    def _over(
        self, limit: Mapping[str, Any], entry: _Entry, entries: Sequence[_Entry], patient: Patient
    ) -> bool | None:
        """Whether the substance in all its products exceeds the limit; None when the weight is needed and not known."""
        if limit["mg_once"] is not None:
            return entry.mg_once is not None and entry.mg_once > limit["mg_once"] * 1.001
        total = sum(e.mg_day or 0.0 for e in entries if e.substance == entry.substance and not e.local)
        if not total:
            return False
        if limit["mg_day"] is not None:
            return bool(total > limit["mg_day"] * 1.001)
        if patient.weight_kg is None:
            return None
        return bool(total > limit["mg_kg_day"] * patient.weight_kg * 1.001)

    def _allergies(
        self, entries: Sequence[_Entry], written: Iterable[str]
    ) -> tuple[list[Alert], tuple[str, ...]]:
        alerts: list[Alert] = []
        unknown = []
        for name in written:
            groups, named = self._allergic_to(name)
            if not groups and not named:
                unknown.append(name)
            for entry in entries:
                alert = self._allergy(name, groups, named, entry)
                if alert is not None:
                    alerts.append(alert)
        return alerts, tuple(unknown)

    def _allergic_to(self, written: str) -> tuple[list[Mapping[str, Any]], frozenset[str]]:
        """Groups and substances that a written allergy means."""
        key = key_of(written)
        for noise in ("严重过敏", "药物过敏", "过敏史", "过敏", "皮试阳性", "allergy", "allergic", "drugs"):
            key = key.replace(noise, "") or key
        groups = [group for group in self.formulary.allergies if key in self._allergy_words[group["id"]]]
        if groups:
            return groups, frozenset()
        hit = self.formulary.names.find(written if key == key_of(written) else key)
        named = frozenset(s for target in hit.targets for s in self.formulary.ingredients(target))
        return [g for g in self.formulary.allergies if named.intersection(g["members"])], named

    @cached_property
    def _allergy_words(self) -> dict[str, frozenset[str]]:
        table = {}
        for group in self.formulary.allergies:
            words = [group["id"], *group["name"].values(), *group["words"]["zh"], *group["words"]["en"]]
            keys = {key_of(w) for w in words}
            for noise in ("药物过敏", "过敏史", "过敏", "allergy", "allergic"):
                keys |= {k.replace(noise, "") for k in keys if k.replace(noise, "")}
            table[group["id"]] = frozenset(keys)
        return table

    def _allergy(
        self, written: str, groups: Sequence[Mapping[str, Any]], named: frozenset[str], entry: _Entry
    ) -> Alert | None:
        if entry.substance in named:
            source = next((g["source"] for g in groups), self.formulary.substances[entry.index]["source"])
            return self._allergy_alert(
                written, entry, "contraindicated", _SAME, source, f"allergy:{entry.substance}"
            )
        worst: tuple[str, Mapping[str, Any], Mapping[str, str]] | None = None
        for group in groups:
            reached = [(group["severity"], group)] if entry.substance in group["members"] else []
            reached += [
                (severity, group)
                for other, severity in group["cross"].items()
                if entry.substance in self._allergy_members[other]
            ]
            for severity, near in reached:
                if worst is None or _RANK[severity] < _RANK[worst[0]]:
                    worst = (severity, near, near["note"])
        if worst is None:
            return None
        severity, group, note = worst
        return self._allergy_alert(written, entry, severity, note, group["source"], f"allergy:{group['id']}")

    @cached_property
    def _allergy_members(self) -> dict[str, frozenset[str]]:
        return {g["id"]: frozenset(g["members"]) for g in self.formulary.allergies}

    def _allergy_alert(
        self, written: str, entry: _Entry, severity: str, note: Mapping[str, str], source: Any, rule: str
    ) -> Alert:
        name = self.formulary.substances[entry.index]["name"]
        return Alert(
            rule=rule,
            kind="allergy",
            severity=severity,
            drugs=(entry.given,),
            substances=(entry.substance,),
            effect={
                "zh": f"患者自述对“{written}”过敏，{name['zh']}可能引起过敏反应",
                "en": f'the patient is said to be allergic to "{written}"; {name["en"]} may cause a reaction',
            },
            mechanism=note,
            management=_ALLERGY[severity],
            onset="rapid",
            evidence="guideline",
            source=self._source(source),
        )

    # -- wording ----------------------------------------------------------------------------------------

    def _alert(self, rule: Mapping[str, Any], entries: Sequence[_Entry]) -> Alert:
        return Alert(
            rule=str(rule["id"]),
            kind=str(rule["kind"]),
            severity=str(rule["severity"]),
            drugs=tuple(dict.fromkeys(e.given for e in entries)),
            substances=tuple(dict.fromkeys(e.substance for e in entries)),
            effect=rule["effect"],
            mechanism=rule.get("mechanism"),
            management=rule["management"],
            onset=rule.get("onset"),
            evidence=str(rule["evidence"]),
            source=self._source(rule["source"]),
        )

    def _source(self, source: Any) -> str:
        key, section = (source, "") if isinstance(source, str) else (source[0], source[1])
        record = self.formulary.sources.get(key, {"title": key})
        where = record.get("jurisdiction")
        year = record.get("year")
        parts = [
            record["title"],
            *([str(year)] if year and str(year) not in record["title"] else []),
            *([section] if section else []),
        ]
        return ", ".join(parts) + (f" ({where})" if where not in (None, "INT") else "")


_FACT_OF = {"age": "age_years", "weight": "weight_kg", "egfr": "egfr_ml_min"}
_LIVER = frozenset(
    {"liver_cirrhosis", "alcoholic_liver_disease", "chronic_hepatitis_b", "hepatic_encephalopathy", "liver_cancer",
     "autoimmune_liver_disease", "portal_hypertension", "wilson_disease", "drug_induced_liver_injury",
     "chronic_hepatitis_c", "primary_biliary_cholangitis", "primary_sclerosing_cholangitis", "acute_liver_failure"}
)  # fmt: skip
"""Conditions under which the grade of liver function is asked for."""
_SAME = {"zh": "与过敏药物相同", "en": "the very substance"}
_ALLERGY = {
    "contraindicated": {"zh": "不要使用；核实过敏史，换用其他类别", "en": "do not give; verify the history, choose another class"},
    "major": {"zh": "换用无交叉反应的药物；确需使用时由医生评估或皮试后在监护下给药", "en": "choose one without cross-reaction; otherwise only after assessment or testing, under observation"},
    "moderate": {"zh": "交叉过敏少见：问清当时的反应，首次使用时观察", "en": "cross-reaction is uncommon: ask what happened, observe the first dose"},
    "minor": {"zh": "交叉过敏罕见，一般可用，留意即可", "en": "cross-reaction is rare; usually given, be aware"},
}  # fmt: skip
_MANAGEMENT: dict[tuple[str, bool], Mapping[str, str]] = {
    ("contraindicated", True): {"zh": "不要合用；换用不影响该途径的药物", "en": "do not combine; choose one that leaves this pathway alone"},
    ("contraindicated", False): {"zh": "不要合用：疗效会丧失；换用不影响该途径的药物", "en": "do not combine: the effect is lost; choose one that leaves this pathway alone"},
    ("major", True): {"zh": "尽量换药；必须合用时减量，并监测不良反应、血药浓度或相应检验", "en": "change one of them if possible; otherwise lower the dose and follow harm, level or the fitting test"},
    ("major", False): {"zh": "尽量换药；必须合用时监测疗效或血药浓度，停用诱导或抑制药后剂量要调回", "en": "change one of them if possible; otherwise follow effect or level, and set the dose back when the other is stopped"},
    ("moderate", True): {"zh": "可以合用，留意不良反应，必要时减量", "en": "may be combined; watch for harm, lower the dose if needed"},
    ("moderate", False): {"zh": "可以合用，留意疗效是否减弱", "en": "may be combined; watch whether the effect falls off"},
    ("minor", True): {"zh": "一般无需处理", "en": "usually nothing needs doing"},
    ("minor", False): {"zh": "一般无需处理", "en": "usually nothing needs doing"},
}  # fmt: skip


def _rows(table: Any, codes: Any) -> Iterable[int]:
    """Rows of a sorted table that hold one of these codes."""
    begin, end = (
        np.searchsorted(table, codes, "left").tolist(),
        np.searchsorted(table, codes, "right").tolist(),
    )
    return [row for first, last in zip(begin, end, strict=True) for row in range(first, last)]


def _could_be_pregnant(patient: Patient) -> bool:
    return patient.sex == "female" and (patient.age_years is None or 12 <= patient.age_years < 55)


def _together(left: Sequence[_Entry], right: Sequence[_Entry], *, local: bool) -> tuple[_Entry, ...]:
    """A pair of entries, one of each side, that are not both inside one combination; () if there is none."""
    for a in left:
        for b in right:
            # What is only ever used locally is in a rule because the rule names it.
            used_locally = (a.local and not a.only_local) or (b.local and not b.only_local)
            if a.position != b.position and (local or not used_locally):
                return (a, b)
    return ()


def _amounts(
    dose: Dose | None, product: Mapping[str, Any] | None, substance: str, parts: int
) -> tuple[float | None, float | None]:
    """(mg a day, mg at once) of a substance in an entry, where it can be told."""
    if dose is None:
        return None, None
    if product is not None:
        per_unit = product["ingredients"][substance]["mg"]
        once = per_unit * dose.units if per_unit is not None and dose.units is not None else None
    else:
        once = dose.mg if parts == 1 else None
    if once is None:
        return None, None
    return (once * dose.times if dose.times is not None else None), once


def _once(alerts: Iterable[Alert]) -> Iterable[Alert]:
    """Each alert once, whatever the number of entries that bring it."""
    seen = set()
    for alert in alerts:
        key = (alert.rule, alert.severity, frozenset(alert.drugs), frozenset(alert.substances))
        if key not in seen:
            seen.add(key)
            yield alert


def _missing(state: _State) -> tuple[Missing, ...]:
    rows = [
        Missing(fact, tuple(drugs), min(drugs.values(), key=_RANK.__getitem__))
        for fact, drugs in state.missing.items()
    ]
    return tuple(sorted(rows, key=lambda m: (_RANK[m.severity], m.fact)))
