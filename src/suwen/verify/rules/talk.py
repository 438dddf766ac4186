"""How it is said: the patient's own question, worry, money, language."""

from __future__ import annotations

import re
from collections.abc import Iterator

from suwen.verify.rubric import Check, Criterion
from suwen.verify.rules.history import CHILD_YEARS
from suwen.verify.rules.wording import known_ids, make, matches, says, wording
from suwen.verify.scene import Scene

MOST_QUESTIONS = 2
"""Questions of one patient that criteria are made for."""
QUOTED = 60
"""Characters of a patient's question that a criterion repeats."""
WORRIED = 0.7
"""The script's worry from which it must be answered even where the words do not show it. Source: estimate."""
_SENTENCE = re.compile(r"[^。！？!?\n；;]+[。！？!?；;]*")


def answers(scene: Scene) -> Iterator[Criterion]:
    """What the patient asked is answered. Of common questions a rule knows words that every answer to them has."""
    done = 0
    for sentence in reversed(_SENTENCE.findall(scene.last)):
        text = sentence.strip()
        if done >= MOST_QUESTIONS or not matches("question", text, scene.lang) or _only_pronoun(text):
            continue
        kind = next((q for q in wording()["questions"] if re.search(q["ask"][scene.lang], text, re.IGNORECASE)), None)  # fmt: skip
        check = Check(says=(tuple(kind["say"][scene.lang]),)) if kind else None
        done += 1
        shown = text if len(text) <= QUOTED else text[: QUOTED - 1] + "…"
        yield make("answers", scene, 6 if done == 1 else 4, "communication_quality", suffix=str(done), check=check, question=shown)  # fmt: skip


def worry(scene: Scene) -> Iterator[Criterion]:
    """Fear is answered before facts: who is afraid does not hear them."""
    by_words = matches("worry", scene.last, scene.lang)
    by_script = scene.script is not None and scene.script.psychology.worry >= WORRIED and scene.worried
    if by_words or by_script:
        yield make("worry", scene, 4, "communication_quality", theme="communication", check=says(scene, "worry"))  # fmt: skip


def dismisses(scene: Scene) -> Iterator[Criterion]:
    """The harm: worry or low mood is brushed aside."""
    if matches("worry", scene.last, scene.lang) or scene.present & {
        "low_mood",
        "anxiety",
        "suicidal_thoughts",
    }:
        yield make("dismisses", scene, -6, "communication_quality", theme="communication", check=says(scene, "dismisses"))  # fmt: skip


def blames(scene: Scene) -> Iterator[Criterion]:
    """The harm: blame, where it is near at hand. Who is blamed does not come again."""
    age = scene.case.person.age_years
    child = age is not None and age < CHILD_YEARS
    if child or scene.present & set(known_ids(scene, "blamed")):
        yield make("blames", scene, -4, "communication_quality", theme="communication", check=says(scene, "blames"))  # fmt: skip


def jargon(scene: Scene) -> Iterator[Criterion]:
    """Somebody with little schooling, or a parent, gets no term without its meaning."""
    if scene.script is not None and scene.script.social.education == "low":
        yield make("jargon", scene, -3, "communication_quality", theme="communication", check=says(scene, "jargon"))  # fmt: skip


def cost(scene: Scene) -> Iterator[Criterion]:
    """Money was mentioned: what can wait and what is cheaper is part of the answer."""
    if matches("cost", scene.patient_words, scene.lang):
        yield make("cost", scene, 5, "communication_quality", theme="cost", check=says(scene, "cost"))


def wrong_language(scene: Scene) -> Iterator[Criterion]:
    """Another language than the patient's is no reply at all."""
    yield make("wrong_language", scene, -5, "communication_quality", theme="communication", check=says(scene, "wrong_language"))  # fmt: skip


def _only_pronoun(text: str) -> bool:
    """Whether a question is too short to say what it is about ('嗯？', 'yes?')."""
    return len(re.sub(r"\W", "", text)) < 4
