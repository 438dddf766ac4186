"""From checked files about medicines to what the pharmacist looks things up in."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np

from suwen.core.errors import KnowledgeError
from suwen.knowledge.compile import VERSION, Raw
from suwen.knowledge.drugs.compile import RawDrugs, Selectors, cross_check_drugs, is_local
from suwen.knowledge.drugs.names import NameIndex, key_of
from suwen.knowledge.drugs.schema import Caution, Effect, Interaction, Product, Substance
from suwen.knowledge.drugs.terms import PATHWAYS, SEVERITIES, code_of
from suwen.knowledge.strings import Lookup

GRADE = {name: i for i, name in enumerate(SEVERITIES)}


def build_drugs(raw: RawDrugs, general: Raw) -> tuple[dict[str, Any], dict[str, Any]]:
    """Records and arrays of the formulary; raises KnowledgeError with every fault.

    Arrays, P pairs and M changed eliminations: `pair_code` (P,) sorted, `pair_rule` (P,) index of the rule (a pair may
    stand several times); `change` (M, 7) sorted by code: code, victim, cause, pathway, induced (0/1), strength, severity.
    """
    states = {*general.conditions, *general.findings}
    problems = cross_check_drugs(raw, sources=general.sources, states=states)
    if problems:
        raise KnowledgeError(problems)
    selectors = Selectors(raw)
    index = {key: i for i, key in enumerate(raw.substances)}
    local = {key for key, s in raw.substances.items() if is_local(s.routes)}
    pairs, overridden, triples = _pairs(raw, selectors, index, local)
    change = _changes(raw, index, overridden["metabolism"])
    pairs = [(code, rule) for code, rule in pairs if code not in overridden[list(raw.interactions)[rule]]]
    pairs = _narrowest(pairs, list(raw.interactions.values()))
    records: dict[str, Any] = {
        "version": VERSION,
        "substances": [
            _substance_record(key, s, selectors, key in local) for key, s in raw.substances.items()
        ],
        "products": [{"id": key, **p.model_dump(mode="json")} for key, p in raw.products.items()],
        "classes": {key: c.model_dump(mode="json") for key, c in raw.classes.items()},
        "roles": {key: r.model_dump(mode="json") for key, r in raw.roles.items()},
        "interactions": [r.model_dump(mode="json") for r in raw.interactions.values()],
        "triples": triples,
        "cautions": [_caution_record(c, selectors, local, raw) for c in raw.cautions.values()],
        "effects": [
            {**e.model_dump(mode="json"), "members": sorted(_systemic(e.drugs, selectors, local, e))}
            for e in raw.effects.values()
        ],
        "allergies": [
            {"id": key, **a.model_dump(mode="json"), "members": sorted(selectors.members(a.members))}
            for key, a in raw.allergies.items()
        ],
        "no_duplicate": sorted(overridden["duplicate"]),
        "source_ids": list(general.sources),
        "sources": [s.model_dump(mode="json", exclude_none=True) for s in general.sources.values()],
    }
    substances = records["substances"]
    records |= {
        "substance_ids": [s["id"] for s in substances],
        "product_ids": [p["id"] for p in records["products"]],
        "labels": {r["id"]: r["name"]["zh"] for r in (*substances, *records["products"])},
        "cautions_of": _by_member(records["cautions"]),
        "effects_of": _by_member(records["effects"]),
        "class_size": Counter(name for s in substances for name in s["all_classes"]),
    }
    arrays: dict[str, Any] = {
        "pair_code": np.array([code for code, _ in pairs], dtype=np.int64),
        "pair_rule": np.array([rule for _, rule in pairs], dtype=np.int32),
        "change": np.array(change, dtype=np.int64).reshape(-1, 7),
        **NameIndex.of(_names(raw), {}).arrays(),
        **_states(raw, general).arrays("states"),
    }
    return records, arrays


def _by_member(rules: list[dict[str, Any]]) -> dict[str, list[int]]:
    table: dict[str, list[int]] = defaultdict(list)
    for number, rule in enumerate(rules):
        for member in rule["members"]:
            table[member].append(number)
    return table


def _names(raw: RawDrugs) -> Iterator[tuple[str, str, str]]:
    records: dict[str, Substance | Product] = {**raw.substances, **raw.products}
    for key, record in records.items():
        yield key, key, "name"
        for kind, words in (("name", [record.name.zh, record.name.en]),
                            ("also", [*record.also.zh, *record.also.en]),
                            ("brands", [*record.brands.zh, *record.brands.en])):  # fmt: skip
            for written in words:
                yield written, key, kind


def _pairs(
    raw: RawDrugs, selectors: Selectors, index: dict[str, int], local: set[str]
) -> tuple[list[tuple[int, int]], dict[str, set[int]], list[dict[str, Any]]]:
    pairs: set[tuple[int, int]] = set()
    overridden: dict[str, set[int]] = defaultdict(set)
    triples = []
    for number, rule in enumerate(raw.interactions.values()):
        sides = [_systemic(side, selectors, local, rule) for side in rule.between]
        if len(sides) == 3:
            triples.append({"rule": number, "sides": [sorted(side) for side in sides]})
            continue
        codes = {code_of(index[a], index[b]) for a in sides[0] for b in sides[1] if a != b}
        pairs.update((code, number) for code in codes)
        for name in rule.overrides:
            overridden[name] |= codes
    return sorted(pairs), overridden, triples


def _systemic(
    side: list[str], selectors: Selectors, local: set[str], rule: Interaction | Caution | Effect
) -> set[str]:
    """Members of a side; what is only used locally takes part when it is named or the rule says so."""
    members = selectors.members(side)
    return members if rule.local else {m for m in members if m not in local or m in side}


def _narrowest(pairs: list[tuple[int, int]], rules: list[Interaction]) -> list[tuple[int, int]]:
    """Of several rules of one kind for one pair only the one that speaks of the fewest pairs."""
    size: dict[int, int] = defaultdict(int)
    for _, rule in pairs:
        size[rule] += 1
    best: dict[tuple[int, str], int] = {}
    for code, rule in pairs:
        key = (code, rules[rule].kind)
        if key not in best or size[rule] < size[best[key]]:
            best[key] = rule
    return sorted((code, rule) for (code, _), rule in best.items())


def _changes(raw: RawDrugs, index: dict[str, int], overridden: set[int]) -> list[tuple[int, ...]]:
    """One substance changes how another is eliminated: the worst pathway of every such pair."""
    worst: dict[tuple[int, int], tuple[int, ...]] = {}
    causes: dict[tuple[str, int], list[tuple[int, int]]] = defaultdict(list)
    for key, cause in raw.substances.items():
        for induced, strengths in enumerate((cause.inhibits, cause.induces)):
            for pathway, strength in strengths.items():
                causes[pathway, induced].append((index[key], strength))
    for key, victim in raw.substances.items():
        for pathway, grades in victim.substrate.items():
            tables: tuple[tuple[str, ...], ...] = (grades.inhibited, grades.induced)
            for induced, table in enumerate(tables):
                for cause_index, strength in causes[pathway, induced]:
                    grade = (
                        table[min(3 - strength, len(table) - 1)]
                        if not (induced and strength == 1)
                        else "none"
                    )
                    code = code_of(index[key], cause_index)
                    if grade == "none" or cause_index == index[key] or code in overridden:
                        continue
                    row = (
                        code,
                        index[key],
                        cause_index,
                        PATHWAYS.index(pathway),
                        induced,
                        strength,
                        GRADE[grade],
                    )
                    kept = worst.get((index[key], cause_index))
                    if kept is None or row[6] < kept[6]:
                        worst[index[key], cause_index] = row
    return sorted(worst.values())


def _substance_record(key: str, substance: Substance, selectors: Selectors, local: bool) -> dict[str, Any]:
    return {
        "id": key,
        **substance.model_dump(mode="json"),
        "all_classes": sorted(selectors.classes_of(substance.classes)),
        "local": local,
    }


def _caution_record(caution: Caution, selectors: Selectors, local: set[str], raw: RawDrugs) -> dict[str, Any]:
    members = _systemic(caution.drugs, selectors, local, caution)
    return {**caution.model_dump(mode="json"), "members": sorted(members)}


def _states(raw: RawDrugs, general: Raw) -> Lookup:
    """Written names, codes and ids of the states that cautions speak of, each to the ids it means."""
    wanted = {name for c in raw.cautions.values() for name in c.when.conditions}
    table: dict[str, set[str]] = defaultdict(set)
    for key, condition in general.conditions.items():
        names = [
            key,
            condition.name.zh,
            condition.name.en,
            *condition.also.zh,
            *condition.also.en,
            *condition.icd10,
        ]
        for name in names:
            table[key_of(name)].add(key)
    for name in sorted((wanted - set(general.conditions)) & set(general.findings)):
        finding = general.findings[name]
        for word in [name, finding.name.zh, finding.name.en, *finding.words.zh, *finding.words.en]:
            table[key_of(word)].add(name)
    return Lookup.of({key: [("state", name) for name in ids] for key, ids in table.items()})
