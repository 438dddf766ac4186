"""A dozen hand-made patients, one of each sort, for the tests of what patients say."""

from __future__ import annotations

from typing import Any

from suwen.patients.script import Script


def fact(name: str, kind: str, finding: str | None = None, **rest: Any) -> dict[str, Any]:
    return {"id": name, "kind": kind, "finding": finding, **rest}


def person(
    name: str,
    facts: list[dict[str, Any]],
    condition: str,
    *,
    lang: str = "zh",
    social: dict[str, Any],
    psychology: dict[str, Any] | None = None,
    **rest: Any,
) -> Script:
    medical = {"facts": facts, "diagnoses": [{"condition": condition}], **rest.pop("medical", {})}
    return Script.model_validate(
        {
            "id": rest.pop("id", name), "origin": "text", "source": "by hand", "lang": lang, "medical": medical,
            "psychology": psychology or {}, "social": social, **rest,
        }
    )  # fmt: skip


def appendicitis(lang: str = "zh", **rest: Any) -> Script:
    return person(
        f"appendicitis-{lang}",
        [
            fact("c1", "complaint", "pain_rlq", hours=20),
            fact("s1", "symptom", "nausea", volunteered=0.6),
            fact("s2", "symptom", "fever", volunteered=0.3),
            fact("s3", "symptom", "poor_appetite", volunteered=0.2),
            fact("s4", "symptom", "diarrhoea", status="absent"),
            fact("t1", "timing", "duration_hours", hours=20),
            fact("v1", "vital", "tachycardia", value=108, unit="/min"),
            fact("r1", "result", "wbc_raised"),
        ],
        "acute_appendicitis",
        lang=lang,
        social=rest.pop("social", {"age_years": 24, "sex": "male"}),
        **rest,
    )


def croup(lang: str = "zh", **rest: Any) -> Script:
    return person(
        f"croup-{lang}",
        [
            fact("c1", "complaint", "cough_barking", hours=30),
            fact("s1", "symptom", "fever", volunteered=0.8),
            fact("s2", "symptom", "hoarseness", volunteered=0.5),
            fact("s3", "symptom", "runny_nose", volunteered=0.4),
            fact("t1", "timing", "duration_days", hours=30),
            fact("p1", "past", None, text={"zh": "湿疹", "en": "eczema"}),
        ],
        "croup",
        lang=lang,
        social=rest.pop("social", {"age_years": 2, "sex": "male", "speaker": "mother"}),
        **rest,
    )


def pregnant(lang: str = "zh", **rest: Any) -> Script:
    return person(
        f"pregnant-{lang}",
        [
            fact("c1", "complaint", "headache", hours=48),
            fact("s1", "symptom", "blurred_vision", volunteered=0.5),
            fact("s2", "symptom", "leg_swelling", volunteered=0.3),
            fact("t1", "timing", "duration_days", hours=48),
            fact("v1", "vital", "severe_hypertension_reading", value=182, unit="mmHg"),
            fact("f1", "family", None, text={"zh": "高血压", "en": "high blood pressure"}),
        ],
        "pre_eclampsia",
        lang=lang,
        social=rest.pop("social", {"age_years": 31, "sex": "female"}),
        medical={"pregnant_weeks": 34},
        **rest,
    )


def drinker(lang: str = "zh", **rest: Any) -> Script:
    return person(
        f"drinker-{lang}",
        [
            fact("c1", "complaint", "pain_upper_abdomen", hours=10),
            fact("s1", "symptom", "vomiting", volunteered=0.7),
            fact("t1", "timing", "duration_hours", hours=10),
            fact("h1", "personal", "alcohol_heavy", hidden=True),
            fact("m1", "medicine", None, text={"zh": "奥美拉唑", "en": "omeprazole"}),
        ],
        "acute_pancreatitis",
        lang=lang,
        psychology=rest.pop("psychology", {"honest": False, "personality": "distrustful"}),
        social=rest.pop("social", {"age_years": 46, "sex": "male", "education": "low", "means": "tight"}),
        **rest,
    )


def elder(lang: str = "zh", **rest: Any) -> Script:
    return person(
        f"elder-{lang}",
        [
            fact("c1", "complaint", "breathlessness_exertional", hours=600),
            fact("s1", "symptom", "leg_swelling", volunteered=0.6),
            fact("s2", "symptom", "orthopnoea", volunteered=0.2),
            fact("t1", "timing", "duration_weeks", hours=600),
            fact("p1", "past", "hypertension_history", volunteered=0.3),
            fact("p2", "past", "diabetes_history"),
            fact("m1", "medicine", None, text={"zh": "硝苯地平", "en": "nifedipine"}),
            fact("m2", "medicine", None, text={"zh": "二甲双胍", "en": "metformin"}),
            fact("a1", "allergy", None, text={"zh": "青霉素", "en": "penicillin"}),
            fact("e1", "examination", "crackles"),
        ],
        "heart_failure",
        lang=lang,
        psychology=rest.pop("psychology", {"recall": "forgetful", "personality": "talkative"}),
        social=rest.pop("social", {"age_years": 78, "sex": "female", "education": "low"}),
        **rest,
    )


def fathers_daughter(lang: str = "zh", **rest: Any) -> Script:
    """An old man whose daughter speaks and breaks in."""
    return person(
        f"father-{lang}",
        [
            fact("c1", "complaint", "weakness_one_side", hours=2),
            fact("s1", "symptom", "slurred_speech", volunteered=0.8),
            fact("s2", "symptom", "face_droop", volunteered=0.6),
            fact("t1", "timing", "duration_hours", hours=2),
            fact("t2", "timing", "onset_sudden", volunteered=0.5),
            fact("p1", "past", "hypertension_history"),
        ],
        "ischaemic_stroke",
        lang=lang,
        psychology=rest.pop("psychology", {"manner": "interrupting", "personality": "anxious", "worry": 0.9}),
        social=rest.pop("social", {"age_years": 70, "sex": "male", "speaker": "child"}),
        **rest,
    )


def everybody() -> list[Script]:
    """Both languages, each sort of person, and noise and speech on top."""
    plain = [maker(lang) for maker in _MAKERS for lang in ("zh", "en")]
    young = {"age_years": 24, "sex": "male"}
    special = [
        appendicitis(id="noisy-zh", noise=0.8),
        appendicitis("en", id="noisy-en", noise=0.8),
        appendicitis(id="sichuan", social={**young, "speech": "dialect"}, seed=3),
        appendicitis(id="mixed", social={**young, "speech": "mixed", "education": "high"}),
    ]
    return plain + special


_MAKERS = (appendicitis, croup, pregnant, drinker, elder, fathers_daughter)
