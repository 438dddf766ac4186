"""The JSON of the HTTP interface, for its OpenAPI document."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Lang = Literal["zh", "en"]
Status = Literal["present", "absent", "unknown"]
Level = Literal["emergency", "urgent", "soon", "routine", "self_care"]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewEncounter(Strict):
    """Begin a consultation."""

    lang: Lang = Field(default="zh", description="Language of the conversation.", examples=["zh"])


class NewMessage(Strict):
    """What the patient says: free text, or a tapped answer with its label as text."""

    text: str = Field(
        default="",
        max_length=20000,
        examples=["肚子疼三天了，没发烧"],
        description="At most 8,000 characters.",
    )
    choice: str | None = Field(
        default=None, max_length=120, examples=["present"], description="The value of a tapped option."
    )
    reply_to: str | None = Field(
        default=None,
        max_length=160,
        examples=["nausea"],
        description="The question this answers; 409 if it has been answered meanwhile.",
    )


class NewStatus(Strict):
    """Correct one finding."""

    status: Status = Field(examples=["absent"])


class NewLanguage(Strict):
    lang: Lang = Field(examples=["en"])


class Problem(BaseModel):
    """RFC 9457."""

    type: str = Field(examples=["urn:suwen:problem:not_found"])
    title: str
    status: int
    detail: str


class EncounterLine(BaseModel):
    id: str = Field(examples=["enc_k3J0bq5m0dX2"])
    title: str | None = Field(examples=["腹痛、恶心"])
    lang: Lang
    state: Literal["open", "closed"]
    triage: Level | None
    created_at: str
    updated_at: str


class EncounterList(BaseModel):
    encounters: list[EncounterLine]


class Said(BaseModel):
    seq: int
    from_: Literal["patient", "suwen"] = Field(alias="from")
    kind: str
    text: str
    at: str
    not_understood: list[str] | None = None
    alarm: str | None = None


class Option(BaseModel):
    value: str
    label: str


class QuestionView(BaseModel):
    id: str
    kind: Literal["yes_no", "choice", "number", "free"]
    text: str
    why: str
    options: list[Option]
    multiple: bool
    unit: str | None = None


class AlarmView(BaseModel):
    id: str
    name: str
    triage: Level
    say: str
    do: list[str]
    source: str
    hotlines: list[dict[str, str]]
    words: list[str]


class PatientView(BaseModel):
    subject: Literal["self", "other"]
    age: str | None
    sex: Literal["male", "female"] | None
    sex_name: str | None
    pregnancy: str | None
    medicines: list[str]
    allergies: list[str]
    past: list[str]


class FindingView(BaseModel):
    id: str
    name: str
    status: Status
    value: str | None
    certain: bool
    when: Literal["now", "past", "family"]
    words: str | None
    group: str


class EncounterView(BaseModel):
    """Everything a page needs of one consultation."""

    id: str
    lang: Lang
    state: Literal["open", "closed"]
    title: str | None
    created_at: str
    updated_at: str
    seq: int
    progress: dict[str, int] = Field(examples=[{"asked": 4, "budget": 20}])
    messages: list[Said]
    question: QuestionView | None
    alarms: list[AlarmView]
    patient: PatientView
    findings: list[FindingView]
    not_understood: list[str]
    trajectory: list[dict[str, Any]]
    result: dict[str, Any] | None


class NoteView(BaseModel):
    note: dict[str, list[str]]
    text: str
    label: str


class Health(BaseModel):
    status: Literal["ok"]
    version: str
    knowledge: str
    conditions: int
    findings: int
    red_flags: int
