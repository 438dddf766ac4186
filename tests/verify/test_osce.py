"""OSCE stations: loaded, graded by rule and by a judge, failed by a veto."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from suwen.core.errors import SuiteError
from suwen.knowledge import Knowledge
from suwen.patients.utterance import Utterance
from suwen.verify.doctor import Spoken
from suwen.verify.encounter import Encounter, Exchange
from suwen.verify.orders import Test
from suwen.verify.osce import (
    Station,
    StationResult,
    grade_station,
    load_stations,
    result_of,
    stamp_stations,
    transcript_of,
)

SCRIPT: dict[str, Any] = {
    "id": "osce-mi", "origin": "text", "source": "written", "lang": "zh", "social": {"age_years": 60, "sex": "male"},
    "medical": {
        "triage": "emergency",
        "facts": [
            {"id": "pain", "kind": "complaint", "finding": "chest_pain", "volunteered": 1.0},
            {"id": "sweat", "kind": "symptom", "finding": "cold_sweat"},
            {"id": "aspirin", "kind": "medicine", "text": {"zh": "阿司匹林"}},
            {"id": "ecg", "kind": "result", "text": {"zh": "ST段抬高"}},
        ],
        "diagnoses": [{"condition": "acute_myocardial_infarction"}],
    },
}  # fmt: skip


def point(name: str, part: str = "inquiry", **more: Any) -> dict[str, Any]:
    return {"id": name, "part": part, "text": f"does the thing {name}", **more}


STATION: dict[str, Any] = {
    "id": "osce-mi", "title": "胸痛", "script": SCRIPT,
    "checklist": [
        point("sweat", points=2, critical=True, check={"elicited": ["sweat"]}),
        point("taken", check={"elicited_any": ["aspirin"]}),
        point("asks_pain", check={"asks": ["cold_sweat"]}),
        point("asks_age", check={"asks": ["age"]}),
        point("ecg", "examination", points=3, critical=True, check={"ordered": [["心电图", "ECG"]]}),
        point("no_gastroscopy", "examination", check={"not_ordered": ["胃镜"]}),
        point("both_tests", "examination", check={"ordered": [["心电图"], ["肌钙蛋白"]]}),
        point("mi", "diagnosis", points=3, check={"differential": ["acute_myocardial_infarction"], "top": 3}),
        point("level", "diagnosis", check={"triage_at_least": "emergency"}),
        point("ambulance", "communication", check={"says": [["120"]]}),
        point("warm", "communication", points=2),
        point("sends_home", "communication", veto=True, check={"says": [["回家观察"]]}),
    ],
}  # fmt: skip


def station(**more: Any) -> Station:
    return Station.model_validate({**STATION, **more})


def met(
    *,
    last: str = "请拨打120。",
    told: tuple[str, ...] = ("sweat",),
    level: str = "emergency",
    error: str = "",
) -> Encounter:
    one = station()
    known: dict[str, Any] = {"present": frozenset(), "absent": frozenset(), "alarms": (), "level": level}
    turns = (
        Exchange(Spoken("您好", asks=("complaint",), **known), Utterance("胸口疼", disclosed=("pain",))),
        Exchange(
            Spoken("出冷汗吗？", asks=("cold_sweat",), **known),
            Utterance("出", disclosed=told),
            (Test("十二导联心电图"),),
        ),
    )
    ranked = (("stable_angina", 0.4), ("acute_myocardial_infarction", 0.3))
    return Encounter(one.script, turns, Spoken(last, differential=ranked, ended=True, **known), error=error)


def graded(result: StationResult) -> dict[str, bool | None]:
    return {g.criterion: g.met for g in result.grades}


def test_a_checklist_is_graded_over_the_whole_encounter() -> None:
    found = grade_station(station(), met(), lambda _: ())
    assert graded(found) == {
        "sweat": True, "taken": False, "asks_pain": True, "asks_age": False, "ecg": True, "no_gastroscopy": True,
        "both_tests": False, "mi": True, "level": True, "ambulance": True, "warm": None, "sends_home": False,
    }  # fmt: skip
    # inquiry 2+1 of 2+1+1+1, examination 3+1 of 5, diagnosis 4 of 4, communication 1 of 1 (2 points not graded).
    assert found.parts == {
        "inquiry": (3, 5),
        "examination": (4, 5),
        "diagnosis": (4, 4),
        "communication": (1, 1),
    }
    assert found.score == pytest.approx(12 / 15)
    assert found.passed is True, "12 of 17 pass at 0.6 whatever the judge says of the rest"


def test_a_veto_fails_whatever_the_points() -> None:
    found = grade_station(station(), met(last="拨打120，或先回家观察。"), lambda _: ())
    assert (found.vetoes, found.passed) == (("sends_home",), False)
    assert found.score == pytest.approx(12 / 15), "a veto takes no points"


def test_a_missed_critical_item_fails_whatever_the_points() -> None:
    found = grade_station(station(pass_mark=0.1), met(told=()), lambda _: ())
    assert (found.missed, found.passed) == (("sweat",), False)


def test_a_station_that_the_rest_could_decide_is_not_graded() -> None:
    found = grade_station(station(pass_mark=0.8), met(), lambda _: ())
    assert found.passed is None, "12 of 17 are 0.71, with the 2 open points 0.82"
    assert grade_station(station(pass_mark=0.9), met(), lambda _: ()).passed is False
    for met_, passed in ((True, True), (False, False), (None, None)):
        grades = [replace(g, met=met_) if g.met is None else g for g in found.grades]
        assert result_of(station(pass_mark=0.8), grades).passed is passed


def test_a_judge_reads_all_that_was_said_and_ordered() -> None:
    words = transcript_of(met(), "zh")
    assert "患者：胸口疼\n医生：出冷汗吗？" in words
    assert "开具的检查：十二导联心电图" in words


def test_a_veto_that_nobody_graded_leaves_the_station_open() -> None:
    items = copy.deepcopy(STATION["checklist"])
    del items[-1]["check"]
    assert grade_station(station(checklist=items), met(), lambda _: ()).passed is None


def test_a_doctor_who_only_talks_is_not_graded_on_what_it_does_not_tell() -> None:
    one = met()
    talk = tuple(Exchange(Spoken(t.said_by_doctor.text), t.said_by_patient, t.tests) for t in one.turns)
    found = graded(grade_station(station(), Encounter(one.script, talk, Spoken("请拨打120。")), lambda _: ()))
    assert (found["mi"], found["level"], found["asks_age"]) == (None, None, None)
    assert (found["sweat"], found["ecg"], found["ambulance"]) == (True, True, True)


def test_a_broken_encounter_is_never_graded() -> None:
    with pytest.raises(ValueError, match="broke off"):
        grade_station(station(), met(error="timeout"), lambda _: ())


def write(folder: Path, *stations: dict[str, Any]) -> Path:
    meta = {"name": "osce", "version": "2026.11", "title": {"zh": "站", "en": "stations"}}
    (folder / "suite.yaml").write_text(yaml.safe_dump(meta, allow_unicode=True), "utf-8")
    (folder / "stations.yaml").write_text(yaml.safe_dump(list(stations), allow_unicode=True), "utf-8")
    return folder


def test_stations_load_and_are_sealed(tmp_path: Path, knowledge: Knowledge) -> None:
    write(tmp_path, STATION)
    stamp_stations(tmp_path, knowledge)
    assert load_stations(tmp_path, knowledge).stations == (station(),)
    changed = {**STATION, "pass_mark": 0.5}
    text = yaml.safe_dump([changed], allow_unicode=True)
    (tmp_path / "stations.yaml").write_text(text, "utf-8")
    with pytest.raises(SuiteError, match="changed under the same version"):
        load_stations(tmp_path, knowledge)


BROKEN: list[tuple[dict[str, Any], str]] = [
    (
        point("x", check={"elicited": ["sweets"]}),
        "'x': elicited: the script has no fact 'sweets'; it has pain, sweat",
    ),
    (
        point("x", check={"elicited_any": ["ecg"]}),
        "'ecg' is a measurement, which nobody tells; use `ordered`",
    ),
    (point("x", check={"ordered": [["("]]}), "'x': ordered: the pattern '(' does not compile"),
    (point("x", check={"differential": ["heartbreak"]}), "'x': differential: 'heartbreak' is not known"),
    (point("x", source="a book"), "'x': source: 'a book' is not known"),
    (point("x", part="beauty"), "checklist.'x'.part: "),
    (point("x", veto=True, critical=True), "an item is critical or a veto, not both"),
    (point("x", veto=True, points=3), "a veto is worth no points"),
    (point("x", points=0), "an item without points that is no veto says nothing"),
    (point("x", points=11), "checklist.'x'.points: Input should be less than or equal to 10"),
    (point("warm"), "items ['warm'] stand twice"),
]


@pytest.mark.parametrize(("wrong", "says"), BROKEN, ids=[b[1][:40] for b in BROKEN])
def test_a_wrong_item_is_named(
    wrong: dict[str, Any], says: str, tmp_path: Path, knowledge: Knowledge
) -> None:
    write(tmp_path, {**STATION, "checklist": [*STATION["checklist"], wrong]})
    with pytest.raises(SuiteError) as caught:
        load_stations(tmp_path, knowledge, sealed=False)
    (found,) = caught.value.problems
    assert found.startswith("stations.yaml: item 'osce-mi': ")
    assert says in found


def test_a_station_needs_all_parts_and_something_critical(tmp_path: Path, knowledge: Knowledge) -> None:
    write(tmp_path, {**STATION, "checklist": [point("only")]})
    with pytest.raises(SuiteError) as caught:
        load_stations(tmp_path, knowledge, sealed=False)
    found = "\n".join(caught.value.problems)
    for says in (
        "1 items; a station needs at least 12",
        "part 'diagnosis'",
        "part 'examination'",
        "no critical item",
    ):
        assert says in found


def test_a_script_that_contradicts_itself_is_named(tmp_path: Path, knowledge: Knowledge) -> None:
    script = copy.deepcopy(SCRIPT)
    script["medical"]["facts"].append(
        {"id": "none", "kind": "symptom", "finding": "cold_sweat", "status": "absent"}
    )
    write(tmp_path, {**STATION, "script": script})
    with pytest.raises(
        SuiteError, match=r"item 'osce-mi': script\.medical: finding 'cold_sweat' is both present and absent"
    ):
        load_stations(tmp_path, knowledge, sealed=False)
