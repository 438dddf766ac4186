"""What a person says, by rules: answers what was asked, and beyond it only what this person would volunteer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Literal

from suwen.knowledge import DURATIONS
from suwen.patients.answers import Answer, Answers
from suwen.patients.facts import is_weighty, purpose_of
from suwen.patients.hearing import Asked, PersonFact
from suwen.patients.lay import Lay
from suwen.patients.noise import coloured
from suwen.patients.phrasing import Kind, Part, Phraser
from suwen.patients.script import Fact, Script
from suwen.patients.stages import Memory
from suwen.patients.truth import Truth, overlaps
from suwen.patients.utterance import Move, Utterance

P_MISUNDERSTAND = 0.12
"""Per question at noise 1; the same for the rest below. Source of all: estimate."""
P_INTERRUPT, P_WORRY, P_ASK_BACK, P_EXAGGERATE = 0.35, 0.12, 0.06, 0.15
P_NOT_KNOWN = 0.5
"""Of questions in words of doctors those that somebody with little schooling does not understand; once each."""
P_UNNAMED = 0.5
"""Of medicines those that somebody with little schooling cannot name at the first asking, though they know what for."""
P_FAR = 0.12
"""Of calm answers of somebody from a village those with a word about the way to the hospital."""
BREAKS_IN_BY = 5
"""Turn from which somebody who interrupts has done so."""
P_SAYS_SINCE = {"terse": 0.5, "stoic": 0.6}
OPENS_WITH = {"passive": 1, "interrupting": 3}
"""Symptoms besides the complaint that the opening may hold, by manner."""
TELLS = {"passive": 1, "interrupting": 3}
"""Facts told at a time to an open question, by manner."""
EAGER = {"terse": 0.3, "stoic": 0.4, "distrustful": 0.6, "plain": 1.0, "anxious": 1.1, "talkative": 1.3}
"""What personality does to the chance of volunteering."""
LISTED_AT_MOST = 4
CALM = frozenset({"opening", "yes", "no", "list", "tell", "duration", "place", "pairs"})
"""Kinds after which colour (worry, asking back) may follow."""
SUFFERED = frozenset({"opening", "yes", "tell", "duration", "place"})
"""Kinds after which somebody may say how bad it all is; after a plain no it would contradict itself."""


LEVELS = ((0, ""), (0, "otherwise"), (1, ""), (2, ""))
"""Of each level of plainness (stages.PLAINEST) how plain the phrases are, and which draw of them it is."""


@dataclass(slots=True)
class Draft:
    """A reply while it is put together."""

    parts: list[Part] = field(default_factory=list)
    disclosed: list[str] = field(default_factory=list)
    denied: list[str] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)

    def add(self, part: Part, move: Move | None = None, disclosed: Iterable[Fact] = ()) -> None:
        self.parts.append(part)
        self.moves += [move] if move else []
        self.disclosed += [f.id for f in disclosed]


class RuleVoice:
    """The voice of one script. Chance comes from the script's seed and the turn, so that a reply can be made again."""

    def __init__(self, script: Script, truth: Truth, lay: Lay, *, wild: bool) -> None:
        self.script, self.truth, self.lay = script, truth, lay
        self.knowledge = truth.knowledge
        self.phraser = Phraser(script, lay, wild=wild)
        self.answers = Answers(script, truth)

    def open(self, memory: Memory, plainness: int) -> Utterance:
        """The complaint with what goes with it, as far as this person says so at once."""
        decide = self._chance("open")
        plainness, draw = LEVELS[plainness]
        psychology = self.script.psychology
        complaints = [f for f in self.script.medical.facts if f.kind == "complaint" and f.status == "present"]
        willing = [] if plainness else self._willing()
        extra = [f for f in willing if f.kind == "symptom"][: OPENS_WITH[psychology.manner]]
        extra += [f for f in willing if f.kind != "complaint" and f.finding and is_weighty(f.finding)][:1]
        extra = [f for f in extra if self._volunteers(f, 1.0)]
        draft = Draft()
        timing, hours = self.answers.since()
        says = decide.random() < P_SAYS_SINCE.get(psychology.personality, 0.8)
        if not says or (timing and self.answers.forgets(timing)):
            timing, hours = None, None
        told = (*complaints[:3], *extra)
        part = Part("opening", told, hours=hours, bucket=timing.finding if timing else None, spoken=True)
        draft.add(part, "greet", (*told, *([timing] if timing else [])))
        if extra:
            draft.moves.append("volunteer")
        if not plainness:
            self._colour(draft, memory, decide, opening=True)
        return self._spoken(draft, "open", plainness, draw)

    def reply(self, said: str, asked: Asked, memory: Memory, *, over: bool, plainness: int) -> Utterance:
        """What this person says to what was asked."""
        turn = f"{memory.turns}"
        decide = self._chance(turn)
        plainness, draw = LEVELS[plainness]
        draft = Draft()
        if over:
            left = not asked.closing and not asked.offer
            draft.add(Part("leave" if left else "far_thanks" if self._is_far else "thanks"), "thank")
            return self._spoken(draft, turn, plainness, draw)
        if asked.probe == "secret":
            draft.add(Part("deflect"), "refuse")
            return self._spoken(draft, turn, plainness, draw)
        if self._is_lost(asked, memory, decide):
            draft.add(Part("confused_word"), "misunderstand")
            return self._spoken(draft, turn, plainness, draw)
        if self._misunderstands(asked, memory, decide):
            self._misunderstand(draft, memory, decide)
            return self._spoken(draft, turn, plainness, draw)
        self._answer(draft, asked, memory)
        if not plainness and draft.parts[0].kind in CALM and draft.parts[0].kind != "opening":
            self._volunteer(draft, asked, memory)
            self._colour(draft, memory, decide, opening=False)
        return self._spoken(draft, turn, plainness + (1 if asked.again and not plainness else 0), draw)

    # -- answering ----------------------------------------------------------------------------------------

    def _answer(self, draft: Draft, asked: Asked, memory: Memory) -> None:
        listed = "family" in asked.person and all(f.startswith("family_") for f in asked.findings)
        if asked.findings and not listed:
            self._to_findings(draft, asked, memory)
        if asked.place is not None:
            self._to_place(draft, asked)
        if asked.person:
            self._to_person(draft, asked.person, asked, memory)
        if draft.parts:
            return
        if asked.severity:
            self._to_severity(draft)
        elif asked.results:
            draft.add(Part("results"), "answer")
        elif asked.complaint or asked.again:
            self._again(draft)
        elif asked.open or asked.probe == "all":
            self._to_open(draft, memory)
        elif asked.orders or asked.costs:
            self._to_orders(draft)
        elif asked.inquiry:
            self._to_the_rest(draft, asked, memory)
        else:
            draft.add(Part("acknowledge"), "answer")

    def _to_orders(self, draft: Draft) -> None:
        """Tests, or what they cost: who has little money says so, and who lives far from a hospital asks for one nearer."""
        costly = self.script.social.means == "tight"
        if costly:
            draft.add(Part("object_cost"), "object_cost")
        if self._is_far:
            draft.add(Part("object_far"), "object_distance")
        if not draft.parts:
            draft.add(Part("agree_test"), "answer")

    @property
    def _is_far(self) -> bool:
        return self.script.social.access == "village"

    def _to_findings(self, draft: Draft, asked: Asked, memory: Memory) -> None:
        answers = [self.answers.about(f, asked, memory) for f in asked.findings]
        if len(answers) == 1 and not asked.how:
            self._one(draft, answers[0], asked)
            return
        told = tuple({f.id: f for a in answers if a.kind == "yes" for f in a.facts}.values())
        lost = next((a for a in answers if a.kind == "forget"), None)
        lacking = tuple(a for a in answers if a.kind == "no")
        if told:
            shown = () if asked.how or asked.choice else lacking
            draft.add(
                Part(
                    "place" if asked.choice else "pairs", told, tuple(a.finding for a in shown), spoken=True
                ),
                "answer",
                told,
            )
            self._deny(draft, shown)
        elif lost and lacking:
            self._one(draft, lost, asked)  # a no to all of it would deny what is only forgotten
        elif lacking:
            several = any(not self._is_kin(lacking[0].finding, a.finding) for a in lacking)
            every: Kind = "every_fine" if asked.how else "every_no" if several else "no"
            draft.add(Part(every, findings=(lacking[0].finding,), form=asked.form), "answer")
            self._deny(draft, lacking)
        for answer in answers:
            if answer.kind == "unsure" and not told and not lacking:
                draft.unsure.append(answer.finding)
            elif answer.kind in ("refuse", "evade"):
                draft.moves.append("refuse")
        if not draft.parts:
            first = answers[0]
            self._one(draft, first, asked)

    def _one(self, draft: Draft, answer: Answer, asked: Asked) -> None:
        """The answer to one yes-no question."""
        part = Part(
            answer.kind, answer.facts, (answer.finding,), form=asked.form, about=answer.about, spoken=answer.special, recalled=answer.recalled
        )  # fmt: skip
        if answer.kind == "yes":
            draft.add(part, "answer", answer.facts)
        elif answer.kind == "no":
            draft.add(part, "answer")
            self._deny(draft, [answer])
        elif answer.kind in ("refuse", "evade"):
            draft.add(part, "refuse")
        else:
            draft.add(part, "forget" if answer.kind == "forget" else "answer")
            draft.unsure.append(answer.finding)

    def _is_kin(self, one: str, other: str) -> bool:
        above = self.knowledge.ancestors
        return one == other or one in above[other] or other in above[one]

    @staticmethod
    def _deny(draft: Draft, answers: Sequence[Answer]) -> None:
        for answer in answers:
            draft.disclosed += [f.id for f in answer.facts]
            draft.denied += [] if answer.facts else [answer.finding]

    def _to_place(self, draft: Draft, asked: Asked) -> None:
        facts = self.answers.places(asked.place or "")
        if facts:
            draft.add(Part("place", facts[:2], spoken=True), "answer", facts[:2])
        else:
            draft.add(Part("place_unknown"), "answer")

    def _to_severity(self, draft: Draft) -> None:
        severe = [
            f
            for f in self._own("present")
            if f.finding and "severe" in f.finding and f.tellable and not f.hidden
        ]
        if severe:
            draft.add(Part("severity_high", tuple(severe[:1]), spoken=True), "answer", severe[:1])
        else:
            draft.add(Part("severity_low"), "answer")

    def _to_person(self, draft: Draft, wanted: Sequence[PersonFact], asked: Asked, memory: Memory) -> None:
        lists: list[tuple[str, Answer]] = []
        for name in wanted:
            if name == "age" or name == "sex":
                draft.add(Part(name), "answer")
            elif name == "duration":
                self._to_duration(draft, memory)
            elif name == "pregnancy":
                weeks = self.script.medical.pregnant_weeks
                draft.add(Part("pregnancy" if weeks is not None else "not_pregnant"), "answer")
            else:
                lists.append((name, self.answers.listed(name, asked, memory)))
        self._to_lists(draft, lists, memory)

    def _to_duration(self, draft: Draft, memory: Memory) -> None:
        timing, hours = self.answers.since()
        if timing is None and hours is None:
            draft.add(Part("unsure", about="other"), "answer")
        elif timing and memory.times["duration"] == 0 and self.answers.forgets(timing):
            draft.add(Part("forget"), "forget")
        else:
            bucket = timing.finding if timing else None
            draft.add(
                Part("duration", hours=hours, bucket=bucket, spoken=True),
                "answer",
                [timing] if timing else [],
            )

    def _to_lists(self, draft: Draft, lists: Sequence[tuple[str, Answer]], memory: Memory) -> None:
        """Medicines, allergies and the like: what there is, first what was not told yet, then that there is nothing else."""
        full = [(n, a) for n, a in lists if a.kind == "yes"]
        empty = [(n, a) for n, a in lists if a.kind != "yes"]
        for _, answer in full:
            unnamed = self._unnamed(answer.facts, memory)
            named = [f for f in answer.facts if f not in unnamed]
            told = tuple(sorted(named, key=lambda f: f.id in memory.told)[:LISTED_AT_MOST])
            if told:
                draft.add(Part("list", told, about=answer.about, spoken=True), "answer", told)
            if unnamed:
                draft.add(Part("unnamed", unnamed), "answer")
            if answer.partly:
                draft.add(Part("forget_rest"), "forget")
        for _, answer in empty:
            if answer.kind == "forget":
                draft.add(Part("forget"), "forget")
            elif answer.kind == "refuse":
                draft.moves.append("refuse")
            draft.disclosed += [f.id for f in answer.facts if f.status == "absent"]
        nothing = [a.about for _, a in empty if a.kind != "forget"]
        if len(nothing) == 2 and set(nothing) == {"medicine", "allergy"}:
            draft.add(Part("none", about="medicine_allergy"), "answer")
        else:
            for about in nothing:
                draft.add(Part("none", about=about), "answer")

    def _unnamed(self, facts: Sequence[Fact], memory: Memory) -> tuple[Fact, ...]:
        """The medicines that somebody with little schooling knows by their purpose only, until they are asked again."""
        if self.script.social.education != "low" or memory.times["medicines"]:
            return ()
        return tuple(
            f for f in facts
            if f.kind == "medicine" and f.id not in memory.told and purpose_of(f.text, self.script.lang)
            and self._chance(f.id, "unnamed").random() < P_UNNAMED
        )  # fmt: skip

    def _to_open(self, draft: Draft, memory: Memory) -> None:
        """Anything else: what this person would volunteer and has not said yet, a little at a time."""
        left = [f for f in self._willing() if f.id not in memory.told]
        psychology = self.script.psychology
        limit = (
            TELLS[psychology.manner]
            + (psychology.personality == "talkative")
            - (psychology.personality == "terse")
        )
        told = tuple(left[: max(1, limit)])
        if told:
            draft.add(Part("tell", told, spoken=True), "answer", told)
        else:
            draft.add(Part("nothing_else"), "answer")

    def _to_the_rest(self, draft: Draft, asked: Asked, memory: Memory) -> None:
        """A question that was not understood: something the script says in these words, or a shrug."""
        named = tuple(
            f for f in self._own("present")
            if f.finding is None and f.tellable and overlaps(asked.words, f) and (not f.hidden or asked.kind)
        )  # fmt: skip
        if named:
            draft.add(Part("tell", named[:2], spoken=True), "answer", named[:2])
        else:
            draft.add(Part("confused" if memory.times[asked.key] == 0 else "unsure", about="other"), "answer")

    def _again(self, draft: Draft) -> None:
        complaints = tuple(f for f in self._own("present") if f.kind == "complaint")[:2]
        draft.add(Part("again", complaints, spoken=True), "answer", complaints)

    # -- beyond the question ------------------------------------------------------------------------------

    def _volunteer(self, draft: Draft, asked: Asked, memory: Memory) -> None:
        """What belongs to the open subject and this person would not keep back."""
        topics = {self.knowledge.finding[f].topic for f in asked.findings}
        said = {*memory.told, *draft.disclosed}
        for fact in self._willing():
            if fact.id in said or fact.finding not in self.knowledge.finding or fact.finding in DURATIONS:
                continue
            assert fact.finding is not None
            if self.knowledge.finding[fact.finding].topic in topics and self._volunteers(fact, 1.0):
                draft.add(Part("tell", (fact,), spoken=True), "volunteer", [fact])
                return

    def _colour(self, draft: Draft, memory: Memory, decide: Random, *, opening: bool) -> None:
        """Breaking in, worry, asking back, exaggeration; at most one of them a turn."""
        psychology, noise = self.script.psychology, self.script.noise
        late = memory.turns >= BREAKS_IN_BY and not memory.moves["interrupt"]
        throw = decide.random()
        interrupts = psychology.manner == "interrupting" and not opening and (throw < P_INTERRUPT or late)
        left = [f for f in self._willing() if f.id not in {*memory.told, *draft.disclosed}]
        eager = psychology.personality in ("anxious", "talkative") or psychology.manner == "interrupting"
        if interrupts and left:
            draft.add(Part("interrupt", (left[0],), spoken=True), "interrupt", left[:1])
        elif interrupts:
            draft.add(Part("cut_in", about=str(memory.moves["worry"])), "interrupt")
            draft.moves.append("worry")
        elif decide.random() < (psychology.worry + (psychology.personality == "anxious")) * P_WORRY:
            draft.add(self._fresh("worry", memory), "worry")
        elif not opening and self._is_far and decide.random() < P_FAR:
            draft.add(Part("far"), "object_distance")
        elif not opening and eager and decide.random() < P_ASK_BACK:
            draft.add(self._fresh("ask_back", memory), "ask_back")
        elif draft.parts[0].kind in SUFFERED and decide.random() < P_EXAGGERATE * (
            noise + (psychology.personality == "anxious") * 0.5
        ):
            draft.add(self._fresh("exaggerate", memory), "exaggerate")

    def _fresh(self, kind: Literal["worry", "ask_back", "exaggerate"], memory: Memory) -> Part:
        """Colour that was not said in the same words before, while there is any."""
        return Part(kind, about=str(memory.moves[kind]))

    def _misunderstands(self, asked: Asked, memory: Memory, decide: Random) -> bool:
        clear = not asked.findings or asked.key in memory.misheard or memory.times[asked.key] > 0
        return not clear and decide.random() < P_MISUNDERSTAND * self.script.noise

    def _is_lost(self, asked: Asked, memory: Memory, decide: Random) -> bool:
        """Whether a word of the question is one this person does not know; asked again they have worked out what is meant."""
        clear = not asked.findings or asked.again or memory.times[asked.key] > 0
        low = self.script.social.education == "low"
        return low and asked.technical and not clear and decide.random() < P_NOT_KNOWN

    def _misunderstand(self, draft: Draft, memory: Memory, decide: Random) -> None:
        told = [f for f in self._own("present") if f.id in memory.told and f.kind == "complaint"]
        if told and decide.random() < 0.6:
            draft.add(Part("misunderstand", tuple(told[:1]), spoken=True), "misunderstand", told[:1])
        else:
            draft.add(Part("confused"), "misunderstand")

    # -- chance and words ---------------------------------------------------------------------------------

    def _chance(self, *parts: str) -> Random:
        return Random(":".join((str(self.script.seed), self.script.id, *parts)))

    def _own(self, status: str) -> list[Fact]:
        return [f for f in self.script.medical.facts if f.status == status and f.kind != "family"]

    def _willing(self) -> list[Fact]:
        """What may be told unasked, the likeliest first: complaints, then what is volunteered."""
        facts = [
            f for f in self.script.medical.facts
            if f.status == "present" and f.tellable and not f.hidden and f.finding not in DURATIONS
            and (f.volunteered > 0 or f.kind == "complaint") and (f.kind == "complaint" or self._can_say(f))
        ]  # fmt: skip
        return sorted(facts, key=lambda f: (f.kind != "complaint", -f.volunteered))

    def _can_say(self, fact: Fact) -> bool:
        """Whether there are words for a fact that mean it and nothing else; what has none is not brought up."""
        if fact.finding not in self.knowledge.finding:
            return True
        assert fact.finding is not None
        return self.lay.can_say(fact.finding, self.script.lang)

    def _volunteers(self, fact: Fact, share: float) -> bool:
        """Whether this person tells a fact as soon as its subject is open: one throw a fact and encounter."""
        eager = EAGER[self.script.psychology.personality]
        return self._chance(fact.id, "volunteer").random() < min(1.0, fact.volunteered * eager * share)

    def _spoken(self, draft: Draft, turn: str, plainness: int, draw: str = "") -> Utterance:
        plainness = min(plainness, 2)
        chance = self._chance(turn, "words", f"{plainness}{draw}")
        lang = self.script.lang
        said = [s for s in (self.phraser.say(p, plainness, chance).strip() for p in draft.parts) if s]
        text = _joined(said, lang)
        if not plainness:
            text = coloured(text, self.script, chance)
        return Utterance(
            text=text,
            disclosed=tuple(dict.fromkeys(draft.disclosed)),
            denied=tuple(dict.fromkeys(draft.denied)),
            unsure=tuple(dict.fromkeys(draft.unsure)),
            moves=tuple(dict.fromkeys(draft.moves)),
        )


def _joined(said: Sequence[str], lang: str) -> str:
    stops, stop = ("。！？…", "。") if lang == "zh" else (".!?", ".")
    ended = [s if s[-1] in stops else f"{s}{stop}" for s in said]
    return "".join(ended) if lang == "zh" else " ".join(s[:1].upper() + s[1:] for s in ended)
