"""What an illness of somebody else is for the patient: a risk in the family, or a contact.

`cues.yaml` says which (`family_risks`, `contacts`); besides, every name behind 'family history of' in the words of a
finding is known here, so that a heading, a list and 'in her father' mean what that phrase means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from suwen.knowledge import Knowledge
from suwen.language.clauses import Clause
from suwen.language.headings import Named, behind_title, items
from suwen.language.lexicon import Lexicon, Match
from suwen.language.normalise import Views
from suwen.language.scope import Scope

_IN_FAMILY = re.compile(
    r"\b(?:in|within) (?:(?:an?|the|his|her|my|their|one|two|both) )?(?:[\w'-]+ ){0,2}?"
    r"(?:family|relative|mother|father|parent|brother|sister|sibling|cousin|uncle|aunt|son|daughter|grand(?:mother|father|parent))s?\b"
)
_NOT_CAUGHT = re.compile(
    r"\b(?:died|deceased|passed away|years? ago|months? ago|as a (?:child|baby)|in (?:childhood|infancy)|chronic|during (?:her |the )?pregnancy|while pregnant|in labou?r|no longer|recovered)\b"
    r"|去世|死于|年前|小时候|慢性|孕期|怀孕"
)
"""In a clause on somebody's cough or rash: then there is nothing to be caught from it now."""
_THE_SAME = re.compile(
    r"\b(?:similar(?:ly)?|(?:the )?same|identical) (?:symptoms?|illness|complaints?|problems?|rash|infection|cold|cough|sickness|thing)\b"
    r"|\b(?:been|are|is|was|were|fell|became) (?:also |both |all )?(?:ill|sick|unwell) with\b"
    r"|\b(?:had|has|have|got|caught|with) (?:an? )?(?:bad |nasty |heavy |little )?(?:cold|stomach bug|bug|virus|chest infection|flu-like illness|stomach flu)\b(?! (?:sore|hand|feet))"
    r"|(?:同样|相同|类似|一样)的?(?:症状|皮疹|情况|毛病)"
)
_SICK = "sick_contact"


class Relatives:
    """The risks and contacts that illnesses of other people are, against one knowledge."""

    def __init__(self, knowledge: Knowledge, lexicon: Lexicon) -> None:
        self.knowledge, self.lexicon = knowledge, lexicon
        self.named = Named(knowledge, "family history of ", lambda f: f.id.startswith("family_"))

    def findings(self, match: Match, scope: Scope, seen: Views, clause: Clause) -> Iterator[str]:
        """What an illness or a complaint of somebody else, found at `match`, means for the patient."""
        if seen.zh.startswith(":", match.end):
            return  # the heading FH is no familial hypercholesterolaemia
        if scope.kin is None or scope.kin in self._of_blood:
            yield from self._risks(match, seen)
        contact = self._contact(match)
        if contact == "tuberculosis_contact" or (
            contact and scope.kin and not _NOT_CAUGHT.search(seen.zh, clause.start, clause.end)
        ):
            yield contact

    def listed(self, seen: Views, clauses: Sequence[Clause]) -> Iterator[Match]:
        """The risks that stand under the heading of the family, or are told to be 'in the family'."""
        for clause in clauses:
            start, end = clause.start, clause.end
            if clause.section == "family":
                start = behind_title(seen, start, end)
            elif (said := _IN_FAMILY.search(seen.zh, start, end)) is not None:
                end = said.start()
            else:
                continue
            for item in items(seen, start, end):
                for risk in self.named(item.group()):
                    yield Match(item.start(), item.end(), "finding", risk)

    def others_ill(self, kin: Sequence[Match], seen: Views, clauses: Sequence[Clause]) -> Iterator[Match]:
        """Where somebody else is told to have the same."""
        for person in kin:
            clause = next((c for c in clauses if c.start <= person.start < c.end), None)
            if clause is None or person.target != "told" or clause.section == "family":
                continue
            same = _THE_SAME.search(seen.zh, person.end, clause.end)
            if same and not _NOT_CAUGHT.search(seen.zh, clause.start, clause.end):
                yield Match(person.start, same.end(), "finding", _SICK)

    @cached_property
    def _of_blood(self) -> frozenset[str]:
        return frozenset(name for name, e in self.lexicon.cues["people"].items() if not e.get("no_kin"))

    def _risks(self, match: Match, seen: Views) -> tuple[str, ...]:
        said = self.named(seen.zh[match.start : match.end])
        if said:
            return said
        if match.kind == "condition":
            risk = self._by_code(match.target, "family_risks", "risk")
        else:
            rules = self.lexicon.cues["family_risks"]
            risk = next((str(r["risk"]) for r in rules if match.target in r.get("findings", ())), None)
        return (risk,) if risk else ()

    def _contact(self, match: Match) -> str | None:
        if match.kind == "condition":
            return self._by_code(match.target, "contacts", "contact")
        names = {match.target, *self.knowledge.ancestors.get(match.target, ())}
        rules = self.lexicon.cues["contacts"]
        return next((str(r["contact"]) for r in rules if names & set(r.get("findings", ()))), None)

    def _by_code(self, condition: str, group: str, key: str) -> str | None:
        codes = self.knowledge.condition[condition].icd10
        for rule in self.lexicon.cues[group]:
            if any(code.startswith(prefix) for code in codes for prefix in rule["icd10"]):
                return str(rule[key])
        return None
