"""Files about medicines, read and checked: every fault is collected, with file, value and remedy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from suwen.knowledge.drugs.names import key_of
from suwen.knowledge.drugs.schema import (
    AllergyGroup,
    Caution,
    DrugClass,
    Effect,
    Interaction,
    Product,
    Role,
    Substance,
)
from suwen.knowledge.drugs.terms import LOCAL_ROUTES, PATHWAYS, ROUTES
from suwen.knowledge.faults import alike, of_schema, readable, with_lines
from suwen.knowledge.files import files_of
from suwen.knowledge.schema import Text


@dataclass(slots=True)
class RawDrugs:
    """Everything read about medicines, with the faults found on the way."""

    substances: dict[str, Substance] = field(default_factory=dict)
    products: dict[str, Product] = field(default_factory=dict)
    classes: dict[str, DrugClass] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    allergies: dict[str, AllergyGroup] = field(default_factory=dict)
    interactions: dict[str, Interaction] = field(default_factory=dict)
    cautions: dict[str, Caution] = field(default_factory=dict)
    effects: dict[str, Effect] = field(default_factory=dict)
    where: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    folders: list[Path] = field(default_factory=list)


TABLES: dict[str, type[BaseModel]] = {
    "substances": Substance, "products": Product, "classes": DrugClass, "roles": Role, "allergies": AllergyGroup,
    "interactions": Interaction, "cautions": Caution, "effects": Effect,
}  # fmt: skip


def read_drugs(folders: Iterable[Path]) -> RawDrugs:
    """Read `drugs/` of every folder; a later folder replaces records of the same id (a hospital's own)."""
    raw = RawDrugs(folders=list(folders))
    for folder in raw.folders:
        seen: dict[str, str] = {}
        for where, content in readable(folder, files_of(folder / "drugs"), raw.problems):
            table = Path(where).parts[1].removesuffix(".yaml")
            if table not in TABLES:
                raw.problems.append(
                    f"{where}: no kind of knowledge about medicines lives here; see docs/how-to/add-a-drug.md"
                )
                continue
            for key, entry in _entries(raw, where, content):
                _keep(raw, table, where, key, entry, seen)
    return raw


def _entries(raw: RawDrugs, where: str, content: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(content, dict):
        yield from content.items()
    elif isinstance(content, list) and all(isinstance(entry, dict) for entry in content):
        yield from ((str(entry.get("id")), entry) for entry in content)
    elif content is not None:
        raw.problems.append(f"{where}: expected records by id, or a list of records that have an id")


def _keep(raw: RawDrugs, table: str, where: str, key: str, entry: Any, seen: dict[str, str]) -> None:
    kind = (
        "names"
        if table in ("substances", "products")
        else "rules"
        if table in ("interactions", "cautions")
        else table
    )
    if f"{kind} {key}" in seen:
        raw.problems.append(f"{where}: {key} is already defined in {seen[f'{kind} {key}']}; keep one")
        return
    seen[f"{kind} {key}"] = where
    try:
        getattr(raw, table)[key] = TABLES[table].model_validate(entry)
        raw.where[f"{table} {key}"] = where
    except ValidationError as error:
        raw.problems += of_schema(where, key, error, TABLES[table].model_fields)


class Selectors:
    """Which substances a selector of a rule means."""

    def __init__(self, raw: RawDrugs) -> None:
        self._raw = raw
        self._by: dict[str, set[str]] = defaultdict(set)
        for key, substance in raw.substances.items():
            self._by[key].add(key)
            for name in self.classes_of(substance.classes):
                self._by["@" + name].add(key)
            for name, level in substance.roles.items():
                for least in range(1, level + 1):
                    self._by[f"role:{name}>={least}"].add(key)
            for verb in ("inhibits", "induces"):
                for name, level in getattr(substance, verb).items():
                    for least in range(1, level + 1):
                        self._by[f"{verb}:{name}>={least}"].add(key)
            for name in substance.substrate:
                self._by[f"substrate:{name}"].add(key)

    def classes_of(self, names: Iterable[str]) -> set[str]:
        """These classes and everything above them."""
        found: set[str] = set()
        queue = list(names)
        while queue:
            name = queue.pop()
            if name not in found:
                found.add(name)
                queue += self._raw.classes[name].parents if name in self._raw.classes else []
        return found

    def fault(self, selector: str) -> str | None:
        """What is wrong with a selector, in words, or None."""
        name = selector.removeprefix("-")
        if name.startswith("@"):
            return None if name[1:] in self._raw.classes else f"{name[1:]!r} is not a class in classes/"
        head, colon, rest = name.partition(":")
        if not colon:
            return None if name in self._raw.substances else f"{name!r} is not a substance in substances/"
        target, _, level = rest.partition(">=")
        if head == "role":
            known: Iterable[str] = self._raw.roles
        elif head in ("inhibits", "induces", "substrate"):
            known = PATHWAYS
        else:
            return f"{name!r} is no selector; use an id, @class, role:, inhibits:, induces: or substrate:"
        if target not in known:
            return f"{target!r} in {name!r} is not known"
        if head != "substrate" and level not in ("1", "2", "3"):
            return f"{name!r} needs a level: >=1, >=2 or >=3"
        return None

    def members(self, selectors: Iterable[str]) -> set[str]:
        found: set[str] = set()
        out: set[str] = set()
        for selector in selectors:
            (out if selector.startswith("-") else found).update(self._by.get(selector.removeprefix("-"), ()))
        return found - out


def is_local(routes: Iterable[str]) -> bool:
    """Whether all these routes bring little into the blood."""
    return set(routes) <= LOCAL_ROUTES


def cross_check_drugs(
    raw: RawDrugs, *, sources: Mapping[str, Any], states: Iterable[str] | None = None
) -> list[str]:
    """Faults between the files. `states`: ids of conditions and findings that `when.conditions` may name."""
    problems = list(raw.problems)
    selectors = Selectors(raw)
    known_states = None if states is None else set(states)

    def at(table: str, key: str) -> str:
        return f"{raw.where[f'{table} {key}']}: {key}"

    def check_source(place: str, source: Any) -> None:
        key = source if isinstance(source, str) else source[0]
        if key not in sources and key != "estimate":
            problems.append(
                f"{place}: source {key!r} is not in sources/; add it there or correct the key{alike(key, sources)}"
            )

    def check_selectors(place: str, side: Iterable[str]) -> None:
        side = list(side)
        for selector in side:
            if (fault := selectors.fault(selector)) is not None:
                problems.append(f"{place}: {fault}")
        if not selectors.members(side) and not any(selectors.fault(s) for s in side):
            problems.append(f"{place}: {side} means no substance")

    names: dict[str, str] = {}
    for table in ("substances", "products"):
        for key, record in getattr(raw, table).items():
            place = at(table, key)
            check_source(place, record.source)
            for words in (record.name, record.also, record.brands):
                for name in [words.zh, words.en] if isinstance(words, Text) else [*words.zh, *words.en]:
                    if names.setdefault(key_of(name), key) != key:
                        problems.append(
                            f"{place}: name {name!r} already belongs to {names[key_of(name)]}; one name means one medicine"
                        )
    for key, substance in raw.substances.items():
        for name in substance.classes:
            if name not in raw.classes:
                problems.append(
                    f"{at('substances', key)}: {name!r} is not a class in classes/{alike(name, raw.classes)}"
                )
        for name in substance.roles:
            if name not in raw.roles:
                problems.append(
                    f"{at('substances', key)}: {name!r} is not a role in roles.yaml{alike(name, raw.roles)}"
                )
    for key, product in raw.products.items():
        for name in product.ingredients:
            if name not in raw.substances:
                problems.append(
                    f"{at('products', key)}: ingredient {name!r} is not a substance{alike(name, raw.substances)}"
                )
        for route in product.routes:
            if route not in ROUTES:
                problems.append(f"{at('products', key)}: route {route!r} is not one of {', '.join(ROUTES)}")
    for key, one in raw.classes.items():
        for name in one.parents:
            if name not in raw.classes:
                problems.append(f"{at('classes', key)}: parent {name!r} is not a class")
    for key, rule in raw.interactions.items():
        place = at("interactions", key)
        check_source(place, rule.source)
        for side in rule.between:
            check_selectors(place, side)
        for name in rule.overrides:
            if name not in raw.interactions and name not in ("metabolism", "duplicate"):
                problems.append(
                    f"{place}: overrides {name!r}, which is no rule (or `metabolism`, `duplicate`)"
                )
    for key, caution in raw.cautions.items():
        place = at("cautions", key)
        check_source(place, caution.source)
        check_selectors(place, caution.drugs)
        for name in caution.when.conditions:
            if known_states is not None and name not in known_states:
                problems.append(f"{place}: {name!r} is neither a condition nor a finding")
    for key, effect in raw.effects.items():
        place = at("effects", key)
        check_source(place, effect.source)
        check_selectors(place, effect.drugs)
        for name in effect.findings:
            if known_states is not None and name not in known_states:
                problems.append(f"{place}: {name!r} is not a finding")
    for key, group in raw.allergies.items():
        place = at("allergies", key)
        check_source(place, group.source)
        check_selectors(place, group.members)
        for name in group.cross:
            if name not in raw.allergies:
                problems.append(f"{place}: cross group {name!r} is not in allergies")
    return with_lines([*problems, *_contradictions(raw, selectors)], raw.folders)


def _contradictions(raw: RawDrugs, selectors: Selectors) -> list[str]:
    """Two rules of one kind that give one pair two severities without saying why."""
    problems = []
    seen: dict[tuple[str, str, str], str] = {}
    reported: set[tuple[str, str]] = set()
    for key, rule in raw.interactions.items():
        if len(rule.between) != 2:
            continue
        left, right = (selectors.members(side) for side in rule.between)
        for a in left:
            for b in right:
                if a == b:
                    continue
                pair = (rule.kind, min(a, b), max(a, b))
                other = seen.setdefault(pair, key)
                if other == key or (other, key) in reported:
                    continue
                first = raw.interactions[other]
                if first.severity != rule.severity and not {other, key} & {*first.overrides, *rule.overrides}:
                    reported.add((other, key))
                    problems.append(
                        f"{raw.where['interactions ' + key]}: {key} says {rule.severity} and {other} says "
                        f"{first.severity} for {a} with {b} ({rule.kind}); let one override the other and say why"
                    )
    return problems
