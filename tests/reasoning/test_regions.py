"""Where an illness is commoner it is likelier; a place nobody named changes nothing."""

from __future__ import annotations

import numpy as np
import pytest

from suwen.app.assess import assess
from suwen.consult.clinic import Clinic
from suwen.consult.log import fold
from suwen.consult.turn import open_case
from suwen.core.case import Person
from suwen.core.errors import InputError
from suwen.knowledge import REGIONS


def test_a_region_raises_what_is_commoner_there(clinic: Clinic) -> None:
    prior = clinic.reasoner.prior
    row = clinic.knowledge.condition["nasopharyngeal_carcinoma"].index
    assert prior(Person(), None, "south")[row] > 1.3 * prior(Person(), None, "northwest")[row]
    for region in (None, *REGIONS):
        assert np.isclose(prior(Person(), None, region).sum(), 1)


def test_assess_takes_a_region_and_refuses_another(clinic: Clinic) -> None:
    row = {"text": "回吸涕带血一个月，一侧耳闷，颈部包块", "age": 48, "sex": "male"}

    def p(**more: str) -> float:
        found = assess({**row, **more}, clinic, top=0)["differential"]
        return float(next(c["p"] for c in found if c["id"] == "nasopharyngeal_carcinoma"))

    assert p(region="south") > p() > 0
    with pytest.raises(InputError, match="field `region`"):
        assess({**row, "region": "mars"}, clinic)


def test_the_log_keeps_the_region(clinic: Clinic) -> None:
    reply = open_case("zh", clinic, month=3, region="south")
    assert reply.case.region == "south"
    assert reply.drafts[0].body["region"] == "south"
    assert fold(reply.drafts).region == "south"
