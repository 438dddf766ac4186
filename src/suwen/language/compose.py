"""Parts to findings: a kernel (pain), its site, and what is said about it, joined within and across clauses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from suwen.language.clauses import Clause
from suwen.language.lexicon import Lexicon, Match, Spec
from suwen.language.lists import Items, is_bare, items_of

_JOINING = 2
"""A complaint can be continued ('it is worse at night') for this many clauses."""
_NAMES_PLACE = re.compile(
    r"主要|为主|明显|尤其|最重|位于|局限|集中|周围|\b(?:most\w*|main\w*|especially|particularly|chiefly|locat\w+|locali[sz]\w+|worst|worse|maximal\w*|around)\b"
)
"""In a clause that says more closely where a complaint is."""
_DIRECTLY = re.compile(r"\s*(?:\w+\s+)?")
_ACTS = frozenset(["eating", "urinating", "defecating", "sex"])
"""What people do anyway: named in a clause of its own it brings a complaint on only where the words say so."""
_BRINGS_ON = re.compile(
    r"时|后|一.{0,4}就|更|加重|厉害|的话"
    r"|\b(?:when|whenever|while|after|during|before|on|with|if|every time|each time|worse|makes?|brings?|triggers?)\b"
)
_TOWARDS = re.compile(
    r"(?:向|往|朝)[^,.;、向往朝]{1,12}(?:放射|放散|扩散|蔓延|延伸|窜|串|牵扯)|(?:放射|放散|扩散|蔓延|延伸|窜|串)(?:至|到|向|往)"
)
"""Ahead of where a Chinese pain goes: 向下颌放射, 放散至后背."""
_AND = re.compile(
    r"\s*(?:,|/|&|\+|和|及|与|或)?\s*(?:and/or|and|or|as well as|plus)?\s*"
    r"(?:(?:the|his|her|my|their|left|right|both|lateral|medial|dorsal|upper|lower)\s+)*"
)
"""Between places that share what is said of them: 'chest and back pain', 'pain in the hips, and knees'."""
_AT_A_PLACE = re.compile(
    r"\b(?:in|on|at|over|into|under|behind|of|to|from)\s+(?:the|his|her|my|their|both)\s+(?:left\s+|right\s+)?$"
)
"""Before a place that belongs to what went before: the chest of 'a rash on my chest and back pain'."""
_OF_LIMB = re.compile(r"\s+of\s+(?:(?:the|his|her|my|their|your|both|left|right|each|one|a)\s+){0,3}")
"""Between 'back' and the part whose back it is: the back of his left leg is no back."""
_WELL = re.compile(
    r"\s*(?:\S{0,4}?)(?:正常|没事|无碍|没问题|不受影响|\b(?:is|are)?\s*(?:fine|normal|no problem)\b)"
)
"""Behind what is done: then it brings nothing on."""
_NOT_THEN = re.compile(
    r"[^,.;、不]{0,3}(?:都|就|却|倒|也)?不(?:怎么|太|会|再|大)?(?=(咳|疼|痛|晕|吐|喘|痒|烧|麻|难受|犯|发作))"
)
"""Behind a time: then the complaint of before is absent at that time, 夜里不咳."""
_ARM = frozenset(["hand", "upper_limb", "shoulder"])
_RAISED = _ARM | {"lower_limb"}
"""Limbs that are lifted: it need not be they that hurt."""
_SEEN = frozenset(["rash", "blister", "swelling", "redness"])
_SEEN_ZH = _SEEN | {"lump", "bleeding", "ulcer"}
_SCOPE_ZH = re.compile(r"(?:胃|肠|喉|腹腔|宫腔|膀胱|支气管|鼻咽?)镜[^.;]{0,4}(?:示|见|:|检查|提示)")
"""Ahead of what was seen through an endoscope."""
_STUDY = re.compile(
    r"\b(?:x-?rays?|radiographs?|ct|mri|ultrasound|ultrasonograph\w*|sonograph\w*|biops\w+|histolog\w+|histopatholog\w+|mammogra\w+|speculum)\b"
    r"[^.;]*?(?::|\bshow\w*|\breveal\w*|\bdemonstrat\w*|\bfindings?\b)(?:(?!\b(?:my|i|he|she|but|nothing|normal|negative|clear)\b)[^.;])*$"
)
_OF_CHEST = re.compile(
    r"\b(?:chest (?:x-?rays?|radiographs?|ct|mri|scan|film)|(?:ct|mri)(?: scan)? of the chest|(?:ct|mri) chest|cxr)\b"
)
"""Ahead of a mass that lies in the chest and is none of its wall."""
_ON_STUDY = re.compile(
    r"[^.;]{0,40}? on (?:a |the )?(?:ct|mri|x-?ray|ultrasound|imaging|speculum|scan|biopsy)\b"
)
_SIDE_IS = re.compile(
    r"\b(?:left|right|one) (?:side|half)(?: of (?:the|his|her|my|their) body)?"
    r" (?:is|was|feels?|felt|has (?:been|become|gone)|had (?:become|gone)|became|went|gets?|got|getting)"
    r" (?:\w+ ){0,2}?(?=weak|numb|tingl|paraly)"
)
_COUGHS = frozenset(["cough", "sneezing"])
_WITH_COUGH = frozenset(
    ["vomiting", "breathlessness", "wheeze", "fever", "cough", "runny_nose", "sore_throat", "syncope"]
)
"""Beside these a cough is one even where it is told as what brings them on."""
_NAMELESS = frozenset(["course_worsening", "onset_sudden"])
_LIST_ON = r"(?:(?:(?:he|she|they|i|the patient) )?(?:deep |hard )?(?:\w+ (?:and|or|,) ){0,3}(?:(?:he|she|they|i|the patient) )?(?:deep |hard )?)$"
_MADE_WORSE = re.compile(
    r"\b(?:wors\w*|aggravat\w*|exacerbat\w*|provok\w*|precipitat\w*|trigger\w*|increas\w*|intensif\w*|brought on)\b[^.;]{0,12}?"
    r" (?:with|by|on|upon|when|whenever|after|during|if) " + _LIST_ON
)
_BROUGHT_ON = re.compile(r"\b(?:when|whenever|every time|each time|if|on|upon|after|with) " + _LIST_ON)
_NO_TRIGGER = re.compile(
    r"(?:\b(?:not|no|never)|n't) (?:\w+ ){0,2}?(?:worse|aggravat|exacerbat|provok|precipitat|trigger|brought)[^.;]*$"
)
"""Before a cough that brings nothing on."""
_ACTS_ZH = (
    r"(?:[、或和及与]?(?:咳嗽|打?喷嚏|用力|使劲|排便|大便|屏气|大笑|弯腰|深呼吸|活动|翻身|转身|走路)){0,4}"
)
_THEN_WORSE_ZH = re.compile(
    rf"{_ACTS_ZH}(?:时|后|的时候|的话|[^,.;、]{{0,4}}?就)(?:[^,.;、]{{0,4}}?)(?:不会?|未见?|无|没有?)?(?:明显|更|也|会|变|往外)*"
    r"(?:加重|加剧|厉害|放射|漏尿|变化|鼓|凸|突|冒|膨|大|疼|痛)"
    rf"|{_ACTS_ZH}(?:都|也|均)?(?:不会?|未见?|无)(?:明显)?(?:加重|加剧)"
)
_NO_WORSE_ZH = re.compile(
    rf"{_ACTS_ZH}(?:时|后|的时候|的话|就)?[^,.;、]{{0,4}}?[不未无没][^,.;]{{0,3}}?(?:加重|加剧|厉害|放射|变化)"
)
"""Behind a cough: what it does to another complaint, 头痛，咳嗽时加重."""
_COUGHED = re.compile(r"(?:cough|sneez)(?:e?s|ed|ing)$")
_DOES = re.compile(r"\b(?:he|she|they|i|patient) $")
_AGAIN = ("难受", "犯", "发作")
_SOMEBODY = re.compile(
    r"\b(?:he|she|i|they|we|patient|man|woman|boy|girl|child|mother|father|periods?|menses)\b"
)
_SAME_THING = re.compile(r"\b(?:it|there|the same)\b")
_BENEATH = ("下面", "下边", "下头")
_DOWN_THERE = frozenset(
    ["genital", "vulva", "vagina", "penis", "testicle", "urethra", "perineum", "anus", "groin"]
)
_SIDES = frozenset(["left", "right"])
_CLOSER_THAN_ALL = frozenset(["pain", "tenderness", "cramp", "stiffness", "tightness"])
"""Of these 'generalized' with a place says how much of that place, 'generalized abdominal pain'; a rash can be all over."""
_GENERAL = re.compile(r"generali[sz]ed|widespread|diffuse|全身|周身|浑身")
_INSTEAD = frozenset(
    ["not", "不是", "而不是", "并不是", "并非", "isn't", "is not", "instead of", "rather than"]
)
_EVERYWHERE = frozenset(["whole_body", "skin", "muscle"])
_FORWARD = frozenset(["onset", "course"])
"""Said before the first of a list these hold for all of it: 反复咳嗽、喘息."""
_WHEN = re.compile(r"时|后|就|的时候")


@dataclass(slots=True)
class Complaint:
    """A kernel or a finding at raw[start:end] with all that was said about it; `sites` may be empty."""

    head: Match
    clause: int
    sites: set[str] = field(default_factory=set)
    radiation: set[str] = field(default_factory=set)
    attributes: dict[str, set[str]] = field(default_factory=dict)
    start: int = 0
    end: int = 0

    def widen(self, match: Match) -> None:
        self.start, self.end = min(self.start, match.start), max(self.end, match.end)


def complaints(
    lexicon: Lexicon, clauses: Sequence[Clause], matches: Sequence[Match], text: str
) -> list[Complaint]:
    """Every kernel and finding of a text with its sites and attributes."""
    out: list[Complaint] = []
    recent: list[Complaint] = []
    waiting: list[Match] = []  # 'sudden, severe headache': what a clause of nothing else says of the next
    sentence, first = -1, 0
    for number, clause in enumerate(clauses):
        if clause.opens:
            recent = []  # what stood under the last heading is not meant here
        inside = [m for m in matches if clause.start <= m.start < clause.end]
        phrases = [m for m in inside if m.kind == "finding" and not _ends_at_a_back(m, inside, text)]
        heads = [Complaint(m, number, start=m.start, end=m.end) for m in inside if m.kind == "kernel"]
        topics = [Complaint(m, number, start=m.start, end=m.end) for m in phrases]
        if clause.sentence != sentence:
            first = clause.start
        told = [m for m in matches if m.kind == "site" and first <= m.start < clause.end]
        sites = [s for s in _sites(inside, topics, text) if not _is_beneath(s, told, text)]
        radiating = _radiating(inside, clause, text)
        heads = [c for c in heads if not _is_of_study(c.head, text, first, clause.end)]
        heads = [c for c in heads if not _is_denied_in(c.head, phrases, lexicon.denials["zh"], text)]
        denials = [m for m in inside if m.kind == "cue:negation"]
        for cue in [r for r in radiating if _is_denied(r, inside, text)]:
            radiating.remove(cue)
            sites = [s for s in sites if s.start < cue.start]
        items = items_of(text, clause, inside, lexicon)
        if clause.sentence != sentence:
            waiting, sentence = [], clause.sentence
        elif waiting and is_bare(text, clause.start, min((c.head.start for c in (*heads, *topics)), default=clause.end), inside):  # fmt: skip
            sites = [*(m for m in waiting if m.kind == "site"), *sites]
        else:
            waiting = []
        _join_sites(heads, topics, sites, radiating, denials, text, lexicon, items)
        if not heads and not topics and sites and number + 1 < len(clauses):
            heads = _set_right(sites, clauses[number], clauses[number + 1], number, matches, text)
        _whole_side(heads, topics, clause, text)
        topics = [t for t in topics if not _is_elsewhere(t, heads, topics, sites, recent, lexicon, items)]
        topics = [t for t in topics if not _says_closer(heads, t, lexicon)]
        triggers = _only_triggers(heads, topics, recent, clause, text)
        topics = [t for t in topics if t.head not in triggers]
        here = [*heads, *topics]
        attributes = [m for m in inside if m.kind.startswith("attr:")]
        attributes += [
            replace(m, kind="attr:trigger", target="with_cough")
            for m in triggers
            if not _NO_TRIGGER.search(text, clause.start, m.start) and not _NO_WORSE_ZH.match(text, m.end)
        ]
        attributes += [m for m in waiting if m.kind.startswith("attr:")] if here else []
        continued = not here and _BRINGS_ON.search(text, clause.start, clause.end)
        denied = []
        for match in attributes:
            if not here and match.kind in ("attr:timing", "attr:trigger"):
                if _WELL.match(text, match.end, clause.end):
                    continue
                if (then := _NOT_THEN.match(text, match.end, clause.end)) is not None:
                    same = [c for c in recent if then[1] in text[c.start : c.end] or then[1] in _AGAIN]
                    denied += [_not_then(c, match, then.start(1), number) for c in same]
                    continue
            if here or continued or match.target not in _ACTS:
                _attach(match, _receivers(match, here, denials, text, items) if here else recent, sites)
        out += denied
        if (
            not here
            and not denials
            and (sites or attributes)
            and is_bare(text, clause.start, clause.end, inside)
        ):
            listed = [
                c for c in recent if clauses[c.clause].sentence == clause.sentence and c.end > c.head.end
            ]
            for complaint in listed[-1:]:
                complaint.sites |= {m.target for m in sites if not radiating}
            if not listed:
                waiting += [*sites, *(m for m in attributes if not _WELL.match(text, m.end, clause.end))]
        if not here:
            for match in sites:
                for complaint in recent:
                    if radiating:
                        _goes_to(match, complaint, lexicon)
                    elif not denials and _NAMES_PLACE.search(text, clause.start, clause.end):
                        _place_closer(match, complaint, lexicon)
        placed = bool(sites) if items is None else any(c.sites for c in heads)
        for earlier, later in pairwise(heads):
            if (
                items is not None
                and later.sites == earlier.sites
                and not items.has("site", items.at(later.head.start))
            ):
                later.attributes.setdefault("side", set()).update(earlier.attributes.get("side", ()))
        for complaint in heads:
            if not complaint.sites and complaint.radiation and not recent and not text.isascii():
                complaint.sites |= complaint.radiation  # 疼痛放散至后背, and nothing says from where
            if not complaint.sites and recent and number - recent[-1].clause <= _JOINING:
                same = [c for c in recent if c.sites and c.head.target != "lymph_node"]
                if (
                    same
                    and not (placed and not complaint.radiation)
                    and _goes_on(complaint, same[-1], topics, clauses, matches, text)
                ):
                    complaint.sites |= same[-1].sites
        out += here
        if here:
            recent = here
        elif recent and number - recent[-1].clause >= _JOINING:
            recent = []
    return out


def _is_beneath(site: Match, told: Sequence[Match], text: str) -> bool:
    """The 下面 of 乳头凹进去了，下面有硬块 is what lies under the place told before, where by itself it is said of the genitals."""
    return text[site.start : site.end] in _BENEATH and any(
        m.end <= site.start and m.target not in _DOWN_THERE for m in told
    )


def _sites(inside: Sequence[Match], topics: Sequence[Complaint], text: str) -> list[Match]:
    """The places of a clause without those that are none: the 腰 of 弯腰时头痛, the back of 'the back of his left leg'."""
    sites = [m for m in inside if m.kind == "site"]
    moved = [s for s in sites if any(m.kind == "attr:trigger" and m.covers(s) for m in inside)]
    if moved and (topics or len(moved) < len(sites) or all(s.target in _RAISED for s in moved)):
        alone = not topics and len(moved) == len(sites)
        sites = [s for s in sites if s not in moved]
        if alone:  # 抬手疼 hurts in the shoulder
            sites = [replace(s, target="shoulder") for s in moved if s.target in _ARM]
    backs = [
        s for s, behind in pairwise(sites)
        if s.target == "back" and behind.target != "back" and _OF_LIMB.fullmatch(text, s.end, behind.start)
    ]  # fmt: skip
    return [s for s in sites if s not in backs] if backs else sites


def _ends_at_a_back(phrase: Match, inside: Sequence[Match], text: str) -> bool:
    """'Rash on the back' of both hands, and what 'moved to the back' of a leg."""
    return text.endswith("back", phrase.start, phrase.end) and any(
        m.kind == "site"
        and m.target != "back"
        and (
            m.start < phrase.end < m.end
            or (m.start > phrase.end and _OF_LIMB.fullmatch(text, phrase.end, m.start))
        )
        for m in inside
    )


def _is_of_study(head: Match, text: str, first: int, end: int) -> bool:
    """Whether what can be seen on a skin was seen on a picture: 'CT: a lesion in the lung', 'enlarged appendix'."""
    if not text[head.start].isascii():
        return head.target in _SEEN_ZH and _SCOPE_ZH.search(text, first, head.start) is not None
    if head.target == "lump":
        return _OF_CHEST.search(text, first, head.start) is not None
    if head.target not in _SEEN:
        return False
    return bool(_STUDY.search(text, first, head.start) or _ON_STUDY.match(text, head.end, end))


def _whole_side(heads: Sequence[Complaint], topics: list[Complaint], clause: Clause, text: str) -> None:
    """'His left side feels weak' is weak on one side, and not tired."""
    for m in _SIDE_IS.finditer(text, clause.start, clause.end):
        for complaint in heads:
            if complaint.head.start == m.end() and not complaint.sites:
                complaint.sites.add("whole_body")
                complaint.attributes.setdefault("side", set()).add("one")
                topics[:] = [t for t in topics if not t.head.covers(complaint.head)]


def _says_closer(heads: Sequence[Complaint], topic: Complaint, lexicon: Lexicon) -> bool:
    """四肢发冷 is cold limbs and no chill: the same word with its place means what it means there."""
    return any(
        (c.head.start, c.head.end) == (topic.head.start, topic.head.end)
        and c.sites - _EVERYWHERE
        and next(fitting(lexicon, c), None) is not None
        for c in heads
    )


def _is_elsewhere(
    topic: Complaint, heads: Sequence[Complaint], topics: Sequence[Complaint], sites: Sequence[Match],
    recent: Sequence[Complaint], lexicon: Lexicon, items: Items | None,
) -> bool:  # fmt: skip
    """Whether words that name no place are said of another than theirs: the pressure-like pain of a stomach."""
    other = lexicon.elsewhere.get(topic.head.target)
    if other is None:
        return False
    if any(
        topic.head.start <= s.start and s.end <= topic.head.end and s.target not in _EVERYWHERE for s in sites
    ):
        return False
    own = [s for s in sites if items is None or items.at(s.start) == items.at(topic.head.start)]
    told = {s.target for s in own} or {s for c in (*heads, *recent) for s in c.sites}
    if not told - _EVERYWHERE:  # a headache has its place in its name
        told = {s for t in topics if t is not topic for s in lexicon.places.get(t.head.target, ())}
    return bool(told - _EVERYWHERE) and told - _EVERYWHERE <= other


def _only_triggers(
    heads: Sequence[Complaint], topics: Sequence[Complaint], recent: Sequence[Complaint], clause: Clause, text: str
) -> list[Match]:  # fmt: skip
    """The coughs that only bring another complaint on: 'pain worse with coughing and sneezing', 'leaks when she coughs'."""
    coughs = [t.head for t in topics if t.head.target in _COUGHS]
    if not coughs:
        return []
    others = [c for c in (*heads, *topics) if c.head not in coughs and c.head.target not in _NAMELESS]
    out = []
    for cough in coughs:
        placed = any(c.sites or c.head.kind == "finding" for c in others)
        before = [c for c in others if c.head.end <= cough.start] or ([] if placed else recent)
        if not before or any(c.head.target in _WITH_COUGH for c in before):
            continue
        if _THEN_WORSE_ZH.match(text, cough.end):
            out.append(cough)
            continue
        lead, words = text[clause.start : cough.start], text[cough.start : cough.end]
        if _MADE_WORSE.search(lead) or (
            _BROUGHT_ON.search(lead) and (_COUGHED.match(words) or _DOES.search(lead))
        ):
            out.append(cough)
    return out


def _radiating(inside: Sequence[Match], clause: Clause, text: str) -> list[Match]:
    cues = [m for m in inside if m.kind == "cue:radiation"]
    towards = (
        Match(m.start(), m.start() + 1, "cue:radiation", "radiation")
        for m in _TOWARDS.finditer(text, clause.start, clause.end)
    )
    return sorted({*cues, *towards}, key=lambda m: m.start) if not text.isascii() else cues


def _not_then(complaint: Complaint, when: Match, place: int, number: int) -> Complaint:
    """咳嗽，夜里不咳: the cough is absent at night, told where the verb behind 不 stands."""
    head = replace(complaint.head, start=place, end=place + 1)
    group = when.kind.removeprefix("attr:")
    return Complaint(head, number, set(complaint.sites), set(), {group: {when.target}}, when.start, place + 1)


def _goes_on(
    later: Complaint, earlier: Complaint, topics: Sequence[Complaint], clauses: Sequence[Clause],
    matches: Sequence[Match], text: str,
) -> bool:  # fmt: skip
    """Whether a kernel that names no place is still about the place of before.

    Not where that was denied ('no facial pain, no weakness'), where the kernel is part of a phrase of its own ('body
    ache'), or where a new sentence speaks of somebody or something else ('her periods are regular with mild pain').
    """
    if any(t.head.covers(later.head) for t in topics):
        return False
    told, before = clauses[later.clause], clauses[earlier.clause]
    if any(m.kind == "cue:negation" and before.start <= m.start < earlier.head.start for m in matches):
        return False
    if told.sentence == before.sentence:
        return True
    if any(m.kind in ("denials", "groups") and told.start <= m.start and m.end <= later.head.start for m in matches):  # fmt: skip
        return False
    return not _SOMEBODY.search(text, told.start, later.head.start) or bool(
        _SAME_THING.search(text, told.start, told.end)
    )


def _receivers(
    match: Match, here: Sequence[Complaint], denials: Sequence[Match], text: str, items: Items | None
) -> Sequence[Complaint]:
    """Of which complaints of its clause an attribute is said."""
    no = next((d for d in denials if 0 <= d.start - match.end <= 2), None)
    if no is not None and match.kind in ("attr:timing", "attr:trigger"):
        behind = [c for c in here if 0 <= c.head.start - no.end <= 3]
        if behind:  # 白天咳嗽晚上不咳嗽
            return behind
    if items is None:
        return here
    item, group = items.at(match.start), match.kind.removeprefix("attr:")
    before, said = [c for c in here if items.at(c.head.start) < item], items.text(item)
    own = [c for c in here if items.at(c.head.start) == item]
    if group == "timing" and "影响" in said:
        return before or here  # 腰痛、夜间影响睡眠
    if own:
        if all(c.head.kind == "kernel" for c in own) and not items.has("site", item):
            last = max((items.at(c.head.start) for c in here if items.at(c.head.start) < item), default=-1)
            own = [*(c for c in here if items.at(c.head.start) == last), *own]  # 突然头疼、疼得厉害
        if match.start >= min(c.head.start for c in own):
            return own
        forward = group in _FORWARD or (group == "trigger" and _WHEN.search(text, match.start, match.end + 2))
        later = [c for c in here if items.at(c.head.start) > item] if forward else []
        return [*own, *(c for c in later if not items.has(match.kind, items.at(c.head.start)))]
    if items.is_complete(item):
        return []
    if group not in ("trigger", "timing", "relief"):
        return before or here
    after = [c for c in here if items.at(c.head.start) == item + 1]
    lead = text[items.start(item + 1) : after[0].head.start] if after else ""
    if after and (items.has(match.kind, item + 1) or _WHEN.search(lead)) and items.is_bare(item):
        return after  # 走路、爬楼时膝盖疼
    return before if _BRINGS_ON.search(said) or _NAMES_PLACE.search(said) else []


def _set_right(
    sites: Sequence[Match], clause: Clause, following: Clause, number: int, matches: Sequence[Match], text: str
) -> list[Complaint]:  # fmt: skip
    """'Left knee, not right knee pain': what is denied of the other side is meant of this one.

    Only of two sides and where the first clause says nothing else: 'the abdomen is soft. No abdominal pain' has none.
    """
    if clause.sentence != following.sentence:
        return []
    behind = [m for m in matches if following.start <= m.start < following.end]
    kernel = next((m for m in behind if m.kind == "kernel"), None)
    denial = next((m for m in behind if m.target in ("negation", "correction")), None)
    place = next((m for m in behind if m.kind == "site"), None)
    if kernel is None or denial is None or place is None or not denial.start <= place.start < kernel.start:
        return []
    if text[denial.start : denial.end].strip() not in _INSTEAD or place.target not in {
        m.target for m in sites
    }:
        return []
    told = [m for m in matches if clause.start <= m.start < clause.end]
    only = [replace(m, kind="site") if m.target == "correction" else m for m in told]
    one, other = ({m.target for m in of if m.kind == "attr:side"} & _SIDES for of in (told, behind))
    if not one or not other or one & other or not is_bare(text, clause.start, clause.end, only):
        return []
    first, last = sites[0], sites[-1]
    meant = Complaint(
        Match(first.start, last.end, "kernel", kernel.target), number, start=first.start, end=last.end
    )
    meant.sites |= {m.target for m in sites}
    return [meant]


def _join_sites(
    heads: list[Complaint],
    topics: list[Complaint],
    sites: Sequence[Match],
    radiating: Sequence[Match],
    denials: Sequence[Match],
    text: str,
    lexicon: Lexicon,
    items: Items | None,
) -> None:
    """Give every site to the kernel it most likely belongs to; after 'radiates to' it is where the pain goes."""
    for site in sites:
        cue = next((r for r in radiating if r.end <= site.start), None)
        if cue is not None:
            for kind in (heads, topics):
                before = [c for c in kind if c.head.start <= cue.start] or kind
                for complaint in before[-1:]:
                    _goes_to(site, complaint, lexicon)
            continue
        own = [c for c in heads if not any(c.head.end <= d.start < site.start for d in denials)]
        if items is not None:
            own = _of_item(site, own, sites, items)
        best = min(own, key=lambda c: _distance(site, c.head, text), default=None)
        if best is not None and _distance(site, best.head, text) < 60:
            if _is_of_phrase(site, best.head, sites, topics, text):
                continue
            enclosing = [t for t in topics if t.head.start <= best.head.start and best.head.end <= t.head.end]
            if best.head.target in lexicon.anywhere:
                enclosing = []  # 红疹子 is a rash wherever it is
            if enclosing and not any(
                _takes(t.head, best.head, site, sites, lexicon) or _shares(t.head, site, sites, topics, text)
                for t in enclosing
            ):
                continue  # the pain of 痛经 takes no other site
            best.sites.add(site.target)
            best.widen(site)

    _share_sites(heads, topics)
    for complaint in heads:
        placed = complaint.head.target in _CLOSER_THAN_ALL and complaint.sites - _EVERYWHERE
        if complaint.head.target == "weakness" and complaint.sites - _EVERYWHERE:
            complaint.sites -= {"muscle"}  # the muscles of the face are of no limb
        if placed and _GENERAL.search(text, complaint.start, complaint.end):
            complaint.sites -= {"whole_body"}


def _is_of_phrase(
    site: Match, kernel: Match, sites: Sequence[Match], topics: Sequence[Complaint], text: str
) -> bool:
    """Whether a place belongs to a phrase beside a kernel that has its own: the 鼻 of 鼻塞咽痛 does not hurt, nor does the
    nose of 'sore throat and runny nose'."""
    own = [t.head for t in topics if t.head.covers(site) and not t.head.covers(kernel)]
    placed = [t.head for t in topics if t.head.covers(kernel) and any(t.head.covers(s) for s in sites)]
    return any(
        any(_AND.fullmatch(text, other.end, phrase.start) for other in placed)
        or any(phrase.end <= s.start and s.end <= kernel.start for s in sites)
        for phrase in own
    )


def _of_item(
    site: Match, heads: Sequence[Complaint], sites: Sequence[Match], items: Items
) -> list[Complaint]:
    """The kernels in a list that a place can belong to: of its own item, or of the next where it stands alone there.

    肩膀、脖子疼 hurts in both, but 头晕、眼红 has no red head: what is complete lends nothing to what is complete.
    """
    item = items.at(site.start)
    own = [c for c in heads if items.at(c.head.start) == item]
    if own:
        return own
    placed = {items.at(s.start) for s in sites}
    if items.is_complete(item):
        return [c for c in heads if items.at(c.head.start) == item + 1 and item + 1 not in placed]
    if not items.is_bare(item):
        return []
    numbers = sorted({items.at(c.head.start) for c in heads})
    after = next((n for n in numbers if n > item), None)
    if after is not None and all(items.is_bare(n) for n in range(item + 1, after)):
        return [c for c in heads if items.at(c.head.start) == after]
    before = next((n for n in reversed(numbers) if n < item), None)
    if before is None or not all(items.is_bare(n) for n in range(before + 1, item)):
        return []
    return [
        c for c in heads
        if items.at(c.head.start) == before and any(items.at(s.start) == before and s.start >= c.head.end for s in sites)
    ]  # fmt: skip


def _shares(
    phrase: Match, site: Match, sites: Sequence[Match], topics: Sequence[Complaint], text: str
) -> bool:
    """Whether a place is one of two with that of a phrase: 'chest and back pain' is pain of the chest, too."""
    own = [s for s in sites if phrase.start <= s.start and s.end <= phrase.end]
    if not own or any(t.head.start <= site.start and site.end <= t.head.end for t in topics):
        return False
    row = sorted({*sites}, key=lambda s: s.start)
    first, last = (site, own[0]) if site.start < own[0].start else (own[-1], site)
    run = [s for s in row if first.start <= s.start <= last.start]
    if not all(a.end > b.start or _AND.fullmatch(text, a.end, b.start) for a, b in pairwise(run)):
        return False
    return site is last or not _AT_A_PLACE.search(text, 0, site.start)


def _is_denied(radiating: Match, inside: Sequence[Match], text: str) -> bool:
    """'Does not radiate to the arm': where it does not go is no place of it."""
    return any(
        m.kind in ("cue:negation", "cue:not_negation")
        and m.start <= radiating.start
        and (
            m.end > radiating.start
            or (m.kind == "cue:negation" and _DIRECTLY.fullmatch(text, m.end, radiating.start))
        )
        for m in inside
    )


def _goes_to(site: Match, complaint: Complaint, lexicon: Lexicon) -> None:
    """Pain that goes to the arm is still pain of the chest, but a rash that spreads to the arms is on the arms."""
    complaint.radiation.add(site.target)
    if complaint.head.kind == "kernel" and complaint.head.target not in lexicon.radiating:
        complaint.sites.add(site.target)


def _place_closer(site: Match, complaint: Complaint, lexicon: Lexicon) -> None:
    """'Abdominal pain, mostly in the right lower quadrant': a closer place of what was said before."""
    if complaint.head.kind == "kernel" and any(site.target in lexicon.within[s] for s in complaint.sites):
        complaint.sites.add(site.target)


def _share_sites(heads: list[Complaint], topics: list[Complaint]) -> None:
    """'Calf pain and swelling': a kernel left without a place takes that of the one before it."""
    for earlier, later in pairwise(heads):
        inside = any(t.head.start <= later.head.start and later.head.end <= t.head.end for t in topics)
        if not later.sites and earlier.sites and not inside and later.head.start - earlier.head.end < 12:
            later.sites |= earlier.sites


def _takes(phrase: Match, head: Match, site: Match, sites: Sequence[Match], lexicon: Lexicon) -> bool:
    """Whether the kernel in a phrase can be at a site outside it: 拧着疼 in the 小肚子, the 痛 of 痛经 in no arm."""
    if _touches(site, phrase):
        return True
    own = [s for s in sites if phrase.start <= s.start and s.end <= phrase.end]
    if own:  # abdominal pain in the right upper quadrant: only a closer place of the same
        return any(site.target in lexicon.within[s.target] for s in own)
    if phrase.end - phrase.start == head.end - head.start:
        return lexicon.knowledge.finding[phrase.target].kind in ("symptom", "sign")
    return site.target in lexicon.places.get(phrase.target, ())


def _touches(site: Match, phrase: Match) -> bool:
    """Whether a place stands right before or in a phrase: 小肚子拧着疼; with the space of English words, 'flank abdominal pain'."""
    return site.start <= phrase.end and phrase.start <= site.end + 1


def _distance(site: Match, head: Match, text: str) -> float:
    """Characters between, weighed: a site before its Chinese kernel and after an English 'in' lies near."""
    chinese = "\u4e00" <= text[head.start] <= "\u9fff"
    if site.end <= head.start:
        between = text[site.end : head.start]
        weight = 1.0
    else:
        between = text[head.end : site.start]
        weight = (
            1.6
            if chinese
            else 0.7
            if any(w in between for w in (" in", " of", " on", " at", " to", " around", " behind"))
            else 1.3
        )
    listed = " and " in between or "和" in between or "、" in between
    return (len(between) + 0.5) * weight * (0.6 if listed else 1.0)


def _is_denied_in(head: Match, phrases: Sequence[Match], denying: tuple[str, ...], text: str) -> bool:
    """The 疼 of 不疼的 or 无痛性: a phrase that denies the kernel in it."""
    return any(
        p.start < head.start and head.end <= p.end and text[p.start : head.start].endswith(denying)
        for p in phrases
    )


def _attach(match: Match, receivers: Sequence[Complaint], sites: Sequence[Match]) -> None:
    group = match.kind.removeprefix("attr:")
    if group == "side":
        receivers = _on_that_side(match, receivers, sites) or receivers
    for complaint in receivers:
        if complaint.head.start <= match.start < complaint.head.end and complaint.head.kind == "finding":
            continue
        if group == "side" and len(receivers) > 1 and abs(match.start - complaint.head.start) > 24:
            continue
        complaint.attributes.setdefault(group, set()).add(match.target)


def _on_that_side(side: Match, receivers: Sequence[Complaint], sites: Sequence[Match]) -> list[Complaint]:
    """The complaints of the place that a side belongs to: the left of 'left eye' is none of the throat."""
    place = next((s for s in sites if 0 <= s.start - side.end <= 1), None)
    if place is None:
        return []
    return [c for c in receivers if place.target in c.sites or c.start <= place.start < c.end]


def fitting(lexicon: Lexicon, complaint: Complaint) -> Iterator[Spec]:
    """The composition lines that a complaint meets in full."""
    for spec in (spec for head in _heads(complaint) for spec in lexicon.specs.get(head, ())):
        if (spec.sites and not spec.sites & complaint.sites) or spec.not_at & complaint.sites:
            continue
        if not all(place & complaint.sites for place in spec.all_sites):
            continue
        if spec.radiation and not spec.radiation & complaint.radiation:
            continue
        if all(wanted & _said(complaint, key) for key, wanted in spec.attributes):
            yield spec


def _heads(complaint: Complaint) -> tuple[str, ...]:
    """What the head stands for: 一按就疼 is tenderness and pain in one."""
    return ("tenderness", "pain") if complaint.head.target == "tenderness" else (complaint.head.target,)


def _said(complaint: Complaint, key: str) -> set[str]:
    said = complaint.attributes.get(key, set())
    if key == "side":
        sided = {name for site in complaint.sites for name in ("left", "right") if site.startswith(name)}
        said = said | sided
        if said & {"left", "right"} and not {"left", "right"} <= said:
            said = said | {"one"}
    if key == "severity" and "worst" in said:
        said = said | {"severe"}
    return said
