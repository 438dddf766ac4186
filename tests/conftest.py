"""What every test may share: the compiled knowledge and the clinic over it, made once a process."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

from suwen.consult.clinic import Clinic, clinic_of
from suwen.knowledge import Knowledge, load

settings.register_profile(
    "suwen", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("suwen")


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return load()


@pytest.fixture(scope="session")
def clinic(knowledge: Knowledge) -> Clinic:
    return clinic_of(knowledge)
