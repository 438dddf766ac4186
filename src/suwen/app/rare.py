"""`suwen rare`: rare diseases by phenotype, for a doctor."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from suwen.app.assess import read_case
from suwen.app.build import build_clinic
from suwen.core.errors import InputError
from suwen.knowledge.rare import load_rare
from suwen.reasoning.rare import LEAST_MAPPED, phenotypes, rank

LABEL = "rare: consider referral to a centre for rare diseases; ranked by phenotype alone, prevalence unknown"


def show(
    text: str, *, age: float | None, sex: str | None, top: int, as_json: bool, knowledge: Path | None
) -> None:
    """Print the ranking of what a text says; raises InputError where too little of it is a phenotype."""
    tier = load_rare(knowledge)
    if tier is None:
        raise InputError("rare diseases need the package hpo3; install it with: pip install hpo3")
    clinic = build_clinic(knowledge)
    case, _ = read_case({"text": text, "age": age, "sex": sex}, clinic)
    present, absent = phenotypes(case, tier, clinic.knowledge)
    heard = set(present.values()) | set(absent.values())
    present |= {tier.name_of(term): term for term in tier.named_in(text) if term not in heard}
    names = {key: clinic.knowledge.finding[key].name(case.lang) if key in clinic.knowledge.finding else key for key in (*present, *absent)}  # fmt: skip
    if len(set(present.values())) < LEAST_MAPPED:
        read = ", ".join(names[k] for k in present) or "nothing"
        raise InputError(f"at least {LEAST_MAPPED} phenotypes are needed; understood: {read}")
    found = rank(present, absent, tier, limit=top)
    if as_json:
        body: dict[str, Any] = {
            "label": LABEL,
            "phenotypes": [{"name": names[k], "hpo": v, "status": "present"} for k, v in present.items()]
            + [{"name": names[k], "hpo": v, "status": "absent"} for k, v in absent.items()],
            "diseases": [
                {"name": d.name, "orpha": d.orpha, "omim": d.omim, "score_nats": d.score,
                 "explains": [names[n] for n in d.explains], "leaves": [names[n] for n in d.leaves],
                 "lacks": [names[n] for n in d.lacks]}
                for d in found
            ],
            "source": f"HPO {tier.version}",
        }  # fmt: skip
        sys.stdout.write(json.dumps(body, ensure_ascii=False) + "\n")
        return
    console = Console(highlight=False)
    console.print(LABEL)
    said = [f"+ {names[k]} ({v})" for k, v in present.items()]
    console.print("; ".join([*said, *(f"- {names[k]} ({v})" for k, v in absent.items())]))
    table = Table("disease", "ORPHA", "OMIM", "nats", "explains", "leaves open", "expected, denied")
    for one in found:
        table.add_row(
            one.name, str(one.orpha or ""), str(one.omim or ""), f"{one.score:.1f}",
            f"{len(one.explains)} of {len(present)}", ", ".join(names[n] for n in one.leaves),
            ", ".join(names[n] for n in one.lacks),
        )  # fmt: skip
    console.print(table if found else "no rare disease explains enough of this")
    console.print(f"HPO {tier.version}; OMIM and Orphanet annotations without frequencies")
