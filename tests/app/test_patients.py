"""`suwen patients`: what the commands write, show and refuse."""

from __future__ import annotations

import errno
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from suwen.app import fidelity, files
from suwen.app.deid_bench import measure
from suwen.app.patients import cli, faults_of
from suwen.consult.clinic import Clinic
from suwen.consult.turn import Message, finish, open_case, respond
from suwen.core.errors import InputError, SuwenError
from suwen.knowledge import Knowledge
from suwen.patients.faults import read_scripts
from suwen.patients.script import Script
from suwen.verify import fidelity_job
from suwen.verify.fidelity import Sheet, summed


def run(*arguments: str, stdin: str = "") -> Any:
    return CliRunner().invoke(cli, list(arguments), input=stdin)


@pytest.fixture
def drawn(tmp_path: Path) -> Path:
    path = tmp_path / "s.jsonl"
    assert run("sample", "-n", "4", "--seed", "3", "-o", str(path)).exit_code == 0
    return path


def test_the_same_seed_writes_the_same_file_and_nothing_beside_it(drawn: Path) -> None:
    first = drawn.read_bytes()
    assert run("sample", "-n", "4", "--seed", "3", "-o", str(drawn)).exit_code == 0
    assert drawn.read_bytes() == first
    assert list(drawn.parent.iterdir()) == [drawn]
    assert run("sample", "-n", "4", "--seed", "3").stdout == first.decode()


def test_noise_language_and_condition_are_in_the_script() -> None:
    ran = run("sample", "-n", "1", "--noise", "0.4", "--lang", "en", "--condition", "influenza")
    script = Script.model_validate_json(ran.stdout)
    assert (script.noise, script.lang, script.main.condition) == (0.4, "en", "influenza")


def test_a_drawn_file_has_no_fault_and_can_be_shown(drawn: Path) -> None:
    assert run("check", str(drawn)).exit_code == 0
    listed = run("show", str(drawn))
    assert listed.exit_code == 0
    shown = run("show", str(drawn), "sampled-3-2").stdout
    for block in ("Medical", "Psychology", "Social", "complaint:", "vital signs:"):
        assert block in shown


def test_an_unknown_id_is_refused_with_the_way_to_find_one(drawn: Path) -> None:
    ran = run("show", str(drawn), "nobody")
    assert isinstance(ran.exception, InputError)
    assert "no script 'nobody'" in str(ran.exception)


def write_and_fail(path: Path, error: BaseException) -> None:
    with files.written(path) as out:
        out.write("half a script")
        raise error


def test_a_full_disk_leaves_no_half_file(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text("before\n")
    with pytest.raises(InputError, match="the disk is full; nothing was written"):
        write_and_fail(path, OSError(errno.ENOSPC, "No space left on device"))
    assert path.read_text() == "before\n"
    assert list(tmp_path.iterdir()) == [path]


def test_an_interrupted_run_leaves_no_half_file(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        write_and_fail(tmp_path / "out.jsonl", KeyboardInterrupt())
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_named() -> None:
    ran = run("sample", "-n", "1", "-o", "/nowhere/at/all.jsonl")
    assert isinstance(ran.exception, InputError)
    assert "/nowhere/at/all.jsonl: cannot be written" in str(ran.exception)


def test_good_rows_are_imported_and_bad_ones_named(tmp_path: Path) -> None:
    rows = [
        {"id": "a", "explicit": {"咳嗽": "1"}, "implicit": {"发热": "0"}, "diagnosis": "肺炎"},
        {"id": "b", "what": "is this"},
    ]
    file, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    file.write_text(
        "\n".join(json.dumps(r, ensure_ascii=False) for r in rows) + "\nnot json\n", encoding="utf-8"
    )
    ran = run("import", str(file), "-o", str(out))
    assert ran.exit_code == 0
    assert "line 2: b: keys id, what are no known format" in ran.stderr
    assert "line 3: not valid JSON" in ran.stderr
    assert "1 scripts, 2 refused" in ran.stderr
    (script,) = [Script.model_validate_json(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert (script.id, script.origin) == ("in:a", "case")


def test_a_file_without_one_good_row_is_an_error() -> None:
    assert run("import", "-", stdin='{"id": "b"}').exit_code == 1


def test_written_cases_are_imported_from_text() -> None:
    ran = run("import", "-", stdin="头疼三天，恶心。\n诊断：偏头痛\n---\n咳嗽两天\n")
    (line,) = ran.stdout.splitlines()
    assert Script.model_validate_json(line).origin == "text"
    assert "case-2: the text does not say what it was" in ran.stderr


def test_a_finished_encounter_is_imported_without_who_it_was(clinic: Clinic) -> None:
    reply = open_case("zh", clinic)
    drafts = [*reply.drafts]
    reply = respond(reply.case, Message("我叫王建国，56岁男，胸口疼半小时，电话13912345678"), clinic)
    drafts += [*reply.drafts, *finish(reply.case, clinic).drafts]
    row = {"events": [{"kind": d.kind, "body": d.body} for d in drafts], "diagnosis": "急性心肌梗死"}
    ran = run("import", "-", stdin=json.dumps(row, ensure_ascii=False))
    script = Script.model_validate_json(ran.stdout)
    assert (script.origin, script.main.condition) == ("encounter", "acute_myocardial_infarction")
    assert "王建国" not in ran.stdout
    assert "13912345678" not in ran.stdout


# -- scripts that contradict themselves ---------------------------------------------------------------------


def fact(name: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "kind": "symptom", "finding": name, **more}


def script(**changes: Any) -> dict[str, Any]:
    medical = {
        "facts": changes.pop("facts", [fact("cough", kind="complaint")]),
        "diagnoses": changes.pop("diagnoses", [{"condition": "common_cold"}]),
        **changes.pop("medical", {}),
    }
    social = {"age_years": 40, "sex": "female", **changes.pop("social", {})}
    return {"id": "x", "origin": "text", "source": "test", "medical": medical, "social": social, **changes}


COUGH = fact("cough", kind="complaint")
TEMPERATURE = {
    "id": "vital.temperature",
    "kind": "vital",
    "text": {"en": "temperature"},
    "value": 36.5,
    "unit": "℃",
}
PENICILLIN = {"id": "allergy.1", "kind": "allergy", "text": {"en": "Penicillin"}}
BAD: tuple[tuple[dict[str, Any], str], ...] = (
    (script(facts=[fact("fever")]), "nobody comes without a complaint: mark at least one present fact as `complaint`"),
    (script(facts=[COUGH, fact("cough")]), "fact 'cough' stands twice; give each its own id"),
    (script(facts=[COUGH, fact("cough", id="no", status="absent")]), "finding 'cough' is both present and absent; keep one"),
    (script(facts=[COUGH, fact("cough_dry"), fact("wheeze"), fact("no_such_thing")]), "no finding 'no_such_thing' in the knowledge"),
    (script(facts=[fact("cough_dry", kind="complaint"), fact("cough", status="absent")]), "'cough' is absent though a more special finding is present"),
    (script(facts=[COUGH, fact("duration_days"), fact("duration_weeks")]), "duration_days and duration_weeks exclude each other; keep one"),
    (script(facts=[COUGH, fact("prostate_enlargement_history")]), "'prostate_enlargement_history' is not possible at this age and sex"),
    (script(facts=[COUGH, {"id": "empty", "kind": "past"}]), "fact 'empty' has neither a finding nor a text"),
    (script(facts=[COUGH, fact("low_mood", hidden=True, volunteered=0.5)]), "fact 'low_mood' is hidden and volunteered; choose one"),
    (script(facts=[COUGH, fact("tachycardia", kind="vital", volunteered=0.5)]), "is a measurement, which nobody volunteers"),
    (script(diagnoses=[{"condition": "common_cold", "role": "comorbid"}]), "give exactly one diagnosis the role `main`"),
    (script(diagnoses=[{}]), "a diagnosis has neither a condition nor a text"),
    (script(facts=[fact("constipation", kind="complaint"), fact("diarrhoea")]), "constipation and diarrhoea exclude each other; keep one"),
    (script(facts=[fact("cough_dry", kind="complaint"), fact("cough_productive")]), "cough_dry and cough_productive exclude each other"),
    (script(facts=[COUGH, fact("pregnant", status="absent")], medical={"pregnant_weeks": 20}), "'pregnant' is absent though 20 weeks of pregnancy are given"),
    (script(facts=[COUGH, fact("menopause")], medical={"pregnant_weeks": 20}), "pregnant and menopause exclude each other"),
    (script(facts=[COUGH, fact("pregnant_second_half")], medical={"pregnant_weeks": 9}), "'pregnant_second_half' is present at 9 weeks of pregnancy"),
    (script(facts=[fact("fever", kind="complaint"), TEMPERATURE]), "fact 'vital.temperature': 36.5 ℃ is no 'fever', which is present"),
    (script(facts=[COUGH, fact("high_fever"), {**TEMPERATURE, "value": 38.2}]), "38.2 ℃ is no 'high_fever', which is present"),
    (script(facts=[COUGH, fact("fever", status="absent"), {**TEMPERATURE, "value": 39.5, "unit": "°C"}]), "39.5 °C means 'fever', which is absent"),
    (script(facts=[COUGH, {"id": "hb", "kind": "result", "finding": "anaemia_result", "value": 140, "unit": "g/L"}]), "140 g/L does not mean 'anaemia_result' present"),
    (script(facts=[COUGH, {"id": "d", "kind": "timing", "finding": "duration_days", "hours": 5000}]), "5000 hours are 'duration_months', not 'duration_days'"),
    (script(diagnoses=[{"condition": "ectopic_pregnancy"}], social={"sex": "male"}), "diagnosis 'ectopic_pregnancy' befalls nobody of this age and sex"),
    (script(diagnoses=[{"condition": "ectopic_pregnancy"}], social={"age_years": 80}), "diagnosis 'ectopic_pregnancy' befalls nobody of this age and sex"),
    (script(facts=[COUGH, fact("heavy_periods")], social={"sex": "male"}), "'heavy_periods' is not possible at this age and sex"),
    (script(facts=[COUGH, PENICILLIN, {**PENICILLIN, "id": "allergy.2", "text": {"en": " penicillin"}, "status": "absent"}]), "allergy 'penicillin' is both present and absent"),
    (script(diagnoses=[{"condition": "the_vapours"}]), "no condition 'the_vapours' in the knowledge; give a text instead"),
    (script(social={"age_years": 3}), "a child of 3 years does not speak for itself"),
    (script(social={"age_years": 30, "speaker": "mother"}), "at 30 years people speak for themselves"),
    (script(social={"sex": "male"}, medical={"pregnant_weeks": 12}), "a pregnancy needs a woman of 10 years or more"),
    (script(psychology={"manner": "interrupting", "personality": "terse"}), "a terse person does not interrupt"),
    (script(lang="en", social={"speech": "dialect"}), "speech 'dialect' is for Chinese only"),
    (script(noise=3), "noise"),
    (script(colour="blue"), "colour"),
)  # fmt: skip


@pytest.mark.parametrize(("row", "message"), BAD)
def test_a_script_that_contradicts_itself_is_named_with_line_and_remedy(
    row: dict[str, Any], message: str, knowledge: Knowledge
) -> None:
    good = json.dumps(script(id="good"))
    found = list(faults_of([good, "", json.dumps(row)], knowledge))
    assert len(found) == 1
    assert found[0].startswith("line 3: ")
    assert message in found[0]


def test_check_names_every_fault_and_exits_with_1(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    rows = [json.dumps(row) for row, _ in BAD[:3]] + [
        "{",
        json.dumps(script(id="y")),
        json.dumps(script(id="y")),
    ]
    path.write_text("\n".join(rows), encoding="utf-8")
    ran = run("check", str(path))
    assert ran.exit_code == 1
    assert [line.split(":")[0] for line in ran.stdout.splitlines()] == [
        "line 1",
        "line 2",
        "line 3",
        "line 4",
        "line 6",
    ]
    assert "stands in line 5 already" in ran.stdout


@pytest.mark.parametrize(
    "row",
    [
        script(facts=[fact("fever", kind="complaint"), {**TEMPERATURE, "value": 38.5}]),
        script(facts=[COUGH, {"id": "f", "kind": "family", "finding": "fever"}, TEMPERATURE]),
        script(
            facts=[COUGH, fact("high_fever", status="absent"), fact("fever"), {**TEMPERATURE, "value": 38.2}]
        ),
        script(facts=[fact("missed_period", kind="complaint")], medical={"pregnant_weeks": 7}),
        script(facts=[fact("constipation", kind="complaint"), fact("diarrhoea", status="absent")]),
        script(facts=[COUGH, {"id": "d", "kind": "timing", "finding": "duration_days", "hours": 72}]),
        script(
            facts=[COUGH, PENICILLIN, {**PENICILLIN, "id": "family.1", "kind": "family", "status": "absent"}]
        ),
        script(diagnoses=[{"condition": "ectopic_pregnancy"}], social={"age_years": 30}),
    ],
)
def test_what_can_be_together_is_no_fault(row: dict[str, Any], knowledge: Knowledge) -> None:
    assert list(faults_of([json.dumps(row)], knowledge)) == []


def test_two_scripts_of_one_id_are_no_file_of_scripts(knowledge: Knowledge) -> None:
    rows = [json.dumps(script()), json.dumps(script(id="y")), json.dumps(script())]
    with pytest.raises(InputError, match="line 3: id 'x' stands in line 1 already"):
        list(read_scripts(rows, knowledge))


def test_a_row_of_an_id_that_was_imported_already_is_refused() -> None:
    row = {"id": "a", "explicit": {"咳嗽": "1"}, "implicit": {}, "diagnosis": "肺炎"}
    ran = run("import", "-", stdin="\n".join([json.dumps(row, ensure_ascii=False)] * 2))
    assert len(ran.stdout.splitlines()) == 1
    assert "id 'case:a' stands in a row before already" in ran.stderr


# -- de-identification, measured ----------------------------------------------------------------------------


def test_recall_and_precision_count_what_is_gone_and_what_should_be(tmp_path: Path) -> None:
    mail, text = "ann@example.com", "Write to ann@example.com or see the Zanzibar list, I am 45 years old"
    rows = [
        {"text": text, "lang": "en", "spans": [
            {"type": "EMAIL_ADDRESS", "start": text.index(mail), "end": text.index(mail) + len(mail)},
            {"type": "GPE", "start": text.index("Zanzibar"), "end": text.index("Zanzibar") + 8},
            {"type": "AGE", "start": text.index("45"), "end": text.index("45") + 2},
        ]},
    ]  # fmt: skip
    figures = measure(rows)
    assert figures["recall"]["EMAIL_ADDRESS"]["value"] == 1
    assert figures["recall"]["GPE"]["value"] == 0
    assert figures["recall"]["all that is meant to go"]["n"] == 2
    assert figures["precision"]["email"]["value"] == 1
    path = tmp_path / "marked.jsonl"
    path.write_text("\n".join(json.dumps(r) for r in rows), encoding="utf-8")
    assert json.loads(run("deid", "--data", str(path), "--json").stdout)["recall"] == figures["recall"]


MARKED = {"text": "I am Ann", "lang": "en", "spans": [{"type": "PERSON", "start": 5, "end": 8}]}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no rows; give lines such as"),
        ("{", "line 1: not valid JSON"),
        ("[1]", "line 1: not a JSON object"),
        (json.dumps({"text": "x"}), "line 1: spans: Field required"),
        (
            json.dumps(MARKED) + "\n" + json.dumps(MARKED | {"spans": [{"type": "PERSON", "start": 5}]}),
            "line 2: spans.0.end: ",
        ),
        (json.dumps(MARKED | {"lang": "fr"}), "line 1: lang: "),
        (json.dumps(MARKED | {"text": "Ann"}), "line 1: the span 5 to 8 is not in a text of 3 characters"),
    ],
)
def test_rows_that_are_not_marked_are_named(text: str, says: str) -> None:
    found = run("deid", "--data", "-", stdin=text).exception
    assert isinstance(found, InputError)
    assert says in found.message


@pytest.mark.parametrize("command", [("check",), ("fidelity", "--scripts"), ("show",)])
def test_a_file_without_scripts_is_no_file_without_faults(command: tuple[str, ...], tmp_path: Path) -> None:
    file = tmp_path / "empty.jsonl"
    file.write_text("\n\n")
    found = run(*command, str(file)).exception
    assert isinstance(found, InputError)
    assert "no script in it" in found.message


# -- fidelity -----------------------------------------------------------------------------------------------


def test_fidelity_examines_every_script_of_a_file_unless_less_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[Script]] = []

    def examined(rows: list[Script], *_: Any, **__: Any) -> Any:
        seen.append(rows)
        raise InputError("far enough")

    monkeypatch.setattr(fidelity_job, "measured", examined)
    file = tmp_path / "s.jsonl"
    drawn = run("sample", "-n", "5").stdout
    assert run("sample", "-n", "2", "--lang", "en", "--seed", "2", "-o", str(file)).exit_code == 0
    copies = [drawn.replace("sampled-1", f"s{i}") for i in range(26)]
    file.write_text("".join(copies) + file.read_text())
    for more in ((), ("-n", "7"), ("--lang", "en")):
        run("fidelity", "--scripts", str(file), *more)
    assert [len(rows) for rows in seen] == [132, 7, 2]


def test_fidelity_that_was_kept_is_measured_no_further(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ("fidelity", "-n", "5", "--workers", "1", "--json", "--out", str(tmp_path))

    def one(script: Script, *_: Any) -> Sheet:
        sheet = Sheet(script)
        sheet.count("leak", script.id.endswith("4"), asked="?")
        return sheet

    monkeypatch.setattr(fidelity_job, "examined", one)
    first = run(*command)
    assert json.loads(first.stdout)["leak"]["n"] == 5
    (tmp_path / "shards" / "00001.jsonl").unlink()
    assert run(*command).stdout == first.stdout
    monkeypatch.setattr(fidelity_job, "examined", lambda *_: pytest.fail("it was there"))
    assert run(*command).stdout == first.stdout
    for more, named in (("--wild", "wild: was False, is True"), ("--seed=2", "seed: was 1, is 2")):
        refused = run(*command, more).exception
        assert isinstance(refused, InputError)
        assert named in refused.message


def test_fidelity_is_a_gate_where_it_is_asked_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = Sheet(Script.model_validate(script()))
    sheet.n.update(dict.fromkeys(fidelity.TARGETS, 100))
    sheet.hits.update({name: 100 if sign == ">=" else 0 for name, (sign, _) in fidelity.TARGETS.items()})
    monkeypatch.setattr(fidelity_job, "measured", lambda *_, **__: summed([sheet], seed=1))
    gated = ("fidelity", "-n", "1", "--json", "--gate")
    assert run(*gated).exit_code == 0
    sheet.hits["privacy"] = 97
    sheet.n["leak"] = 0
    missed = run(*gated)
    assert missed.exit_code == 1
    assert [line.split(":")[0] for line in json.loads(missed.stdout)["gate"]["missed"]] == ["privacy", "leak"]
    assert "gate: privacy: 97.0 % (91.5–99.0, n=100), wanted >= 98 %" in missed.stderr
    assert "gate: leak: nothing was measured" in missed.stderr
    assert run(*gated[:-1]).exit_code == 0, "nobody asked for a gate"


def test_our_own_errors_are_of_one_family() -> None:
    assert isinstance(run("show", "/no/such/file").exception, SuwenError)


def test_the_file_that_the_page_exports_becomes_a_script(tmp_path: Path, clinic: Clinic) -> None:
    reply = open_case("zh", clinic)
    drafts = list(reply.drafts)
    for said in ("我叫王小明，电话13812345678，35岁男，头疼三天，恶心", "没有发烧"):
        reply = respond(reply.case, Message(said), clinic)
        drafts += reply.drafts
    drafts += finish(reply.case, clinic).drafts
    log = [{"seq": i, "kind": d.kind, "at": "", "body": d.body} for i, d in enumerate(drafts, 1)]
    file = tmp_path / "encounter.json"
    file.write_text(
        json.dumps({"ai_generated": True, "log": log}, ensure_ascii=False, indent=1), encoding="utf-8"
    )
    done = run("import", str(file))
    assert done.exit_code == 0, done.output
    script = json.loads(done.stdout.splitlines()[0])
    assert script["origin"] == "encounter"
    assert {f.get("finding") for f in script["medical"]["facts"]} >= {"headache", "nausea", "fever"}
    assert "王小明" not in done.stdout
    assert "13812345678" not in done.stdout
