"""Words that files and checks about medicines share; nothing here is slow to import."""

from __future__ import annotations

SEVERITIES = ("contraindicated", "major", "moderate", "minor")
INTERRUPTING = frozenset({"contraindicated", "major"})
"""Only these may stop the reader; the rest folds into one line."""
ROUTES = (
    "oral", "injection", "inhaled", "sublingual", "rectal", "transdermal", "implant",
    "topical", "eye", "ear", "nose", "vaginal", "mouth", "intravitreal", "intrathecal",
)  # fmt: skip
LOCAL_ROUTES = frozenset({"topical", "eye", "ear", "nose", "vaginal", "mouth", "inhaled", "intravitreal"})
"""Routes that bring little into the blood: rules apply to them only where a rule says so."""
PATHWAYS = (
    "CYP1A2", "CYP2B6", "CYP2C8", "CYP2C9", "CYP2C19", "CYP2D6", "CYP2E1", "CYP3A4", "UGT", "P-gp", "BCRP", "OATP1B1",
    "OAT", "OCT2", "MATE", "xanthine_oxidase", "DPD", "COMT", "MAO_A",
)  # fmt: skip
MANY = 1 << 20
"""Base of a pair's code: smaller index * MANY + larger index."""


def code_of(a: int, b: int) -> int:
    """The code of a pair of substances by their positions, whichever comes first."""
    return min(a, b) * MANY + max(a, b)
