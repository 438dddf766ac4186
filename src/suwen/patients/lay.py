"""The words a person has for a finding: from the knowledge's own, those that sound like somebody who is ill.

Record language (腹痛待查, pyrexia) and words that would invent something (a number, a drug, a relative) are left out. With
`tested` only words are used that the ear, given the word alone, hears as the finding or what it implies. Schooling shows in
them: little of it leaves the plainest words, much of it brings those of doctors.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Literal

from suwen.core.case import Case, Heard, Lang
from suwen.knowledge import FindingDef, Knowledge
from suwen.knowledge.files import load_yaml
from suwen.language.understand import Ear
from suwen.patients.hearing import FOLDER

Form = Literal["noun", "verb", "clause", "doing", "does", "feeling", "state", "unable", "other", "said"]
"""zh: noun takes 有, verb stands alone. en: 'a fever' noun, 'my eye hurts' clause, 'vomiting' doing, 'turns blue' does, 'dizzy'
feeling, 'underweight' state, "can't sleep" unable, other what fits no sentence ('worse with heat'). said: a whole clause of
phrases/said.yaml, or of a script that needs no subject."""
Education = Literal["low", "middle", "high"]
KEPT = 8
"""Words of one finding in use. Source: estimate."""
PLAINEST = 3
"""Of these the words of somebody with little schooling, the plainest. Source: estimate."""
P_LEARNED = 0.6
"""Of the words of somebody with much schooling those that are a doctor's. Source: estimate."""
TOLD_BY_NAME = ("risk", "history", "context", "timing", "result", "vital")
"""Kinds whose words often name one case of many (a drug, a place, a number); they are said as said.yaml has it, or by name."""


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    form: Form


@lru_cache(maxsize=1)
def sayings() -> dict[tuple[str, Lang], Word]:
    """phrases/said.yaml: how people say a finding in a language."""
    content = load_yaml((FOLDER / "said.yaml").read_text(encoding="utf-8"))
    found: dict[tuple[str, Lang], Word] = {}
    for finding, (zh, en) in content.items():
        if zh:
            found[finding, "zh"] = Word(zh, "said")
        if en:
            found[finding, "en"] = Word(en, "said")
    return found


@lru_cache(maxsize=8)
def lay_of(ear: Ear, tested: bool = True) -> Lay:
    """The words over this ear, one for all patients of a process since it remembers what it tried."""
    return Lay(ear, tested)


class Lay:
    """People's words for findings of one knowledge."""

    def __init__(self, ear: Ear, tested: bool) -> None:
        self.ear, self.tested = ear, tested
        self.knowledge: Knowledge = ear.knowledge
        self._words: dict[tuple[str, Lang], tuple[Word, ...]] = {}
        self._learned: dict[tuple[str, Lang], tuple[Word, ...]] = {}
        self._names: dict[tuple[str, Lang], Word] = {}
        self._means: dict[str, _Meant] = {}
        self._heard: dict[str, Heard] = {}

    def words(self, finding: str, lang: Lang) -> tuple[Word, ...]:
        """The words that could be said for a finding, tried or not, the plainest first; never empty."""
        key = (finding, lang)
        if key not in self._words:
            self._words[key] = self._choose(self.knowledge.finding[finding], lang)
        return self._words[key]

    def pick(self, finding: str, lang: Lang, chance: Random, education: Education = "middle") -> Word:
        """One of the words; where the ear (when words are tested) hears it in none of them, what is left (`_unheard`)."""
        words = self.words(finding, lang)
        if education == "low":
            words = words[:PLAINEST]
        elif education == "high" and chance.random() < P_LEARNED:
            words = self.learned(finding, lang) or words
        return self._best(chance.sample(words, len(words)), finding, lang, tested=self.tested)

    def plain(self, finding: str, lang: Lang) -> Word:
        """The plainest word that the ear understands, the same every time; else the name."""
        return self._best(self.words(finding, lang), finding, lang, tested=True)

    def _best(self, words: Sequence[Word], finding: str, lang: Lang, *, tested: bool) -> Word:
        """The first that the ear takes for this alone; else the first that it takes for what the name implies too."""
        heard = [w for w in words if not tested or self._is_heard(w, finding)]
        alone = {finding, *self.knowledge.ancestors[finding]}
        pure = (w for w in heard if not tested or self.present_in(w.text) <= alone)
        return next(pure, heard[0] if heard else self._unheard(finding, lang))

    def _unheard(self, finding: str, lang: Lang) -> Word:
        """What is said where the ear hears the finding in none of the words: the name, unless a clause of said.yaml is no
        worse heard than it."""
        name, clause = self.name(finding, lang), sayings().get((finding, lang))
        return name if clause is None or finding in self.present_in(name.text) else clause

    def learned(self, finding: str, lang: Lang) -> tuple[Word, ...]:
        """The words of doctors for a symptom or sign, such as people with much schooling use; empty where there are none."""
        key = (finding, lang)
        if key not in self._learned:
            definition = self.knowledge.finding[finding]
            names = [self.name(finding, lang).text, *map(str, definition.record["words"][lang])]
            stiff = [w for w in dict.fromkeys(names) if _sayable(w, lang) and _is_learned(w, lang)]
            kept = [w for w in stiff if _form(w, lang)] if definition.kind not in TOLD_BY_NAME else []
            self._learned[key] = tuple(_word(w, lang) for w in kept[:KEPT])
        return self._learned[key]

    def can_say(self, finding: str, lang: Lang) -> bool:
        """Whether there is a word for it that the ear, where words are tested, takes for it and nothing else."""
        return not self.tested or self._is_heard(self.plain(finding, lang), finding)

    def name(self, finding: str, lang: Lang) -> Word:
        """The knowledge's name without what stands in brackets, up to the first comma where that alone means the same to
        the ear."""
        key = (finding, lang)
        if key not in self._names:
            whole = _BRACKETS.sub("", self.knowledge.finding[finding].name(lang)).strip()
            short = _clean(whole)
            means = {finding, *self.knowledge.ancestors[finding]}
            self._names[key] = _word(short if self.present_in(short) <= means else whole, lang)
        return self._names[key]

    def _choose(self, finding: FindingDef, lang: Lang) -> tuple[Word, ...]:
        name, clause = self.name(finding.id, lang), sayings().get((finding.id, lang))
        own = (clause,) if clause else ()
        if finding.kind in TOLD_BY_NAME:
            return own or (name,)
        said = [w for w in dict.fromkeys(map(str, finding.record["words"][lang])) if _sayable(w, lang)]
        side = _SIDE.search(finding.zh + finding.en)
        said = said if side else [w for w in said if not _SIDE.search(w)]
        ranked = sorted((_strangeness(w, i, lang), i, w) for i, w in enumerate(said) if _form(w, lang))
        return (*own, *(_word(w, lang) for strange, _, w in ranked[:KEPT] if strange < 4)) or (name,)

    def _is_heard(self, word: Word, finding: str) -> bool:
        """Whether the ear takes the word for the finding and for nothing that neither it nor its name implies; a clause may
        name the illness that it says somebody had."""
        meant, found = self._meant(finding), self.present_in(word.text)
        return (
            finding in found
            and found <= meant.found
            and (word.form == "said" or self._beside(word.text) <= meant.beside)
        )

    def _meant(self, finding: str) -> _Meant:
        """What saying a finding cannot but mean: what its names and the commonest word in each language mean to the ear."""
        if finding not in self._means:
            definition = self.knowledge.finding[finding]
            names = [
                definition.zh,
                definition.en,
                *(str(w) for lang in ("zh", "en") for w in definition.record["words"].get(lang, ())[:1]),
            ]
            implied = (self.present_in(n) for n in names)
            self._means[finding] = _Meant(
                frozenset({finding, *self.knowledge.ancestors[finding]}).union(*implied),
                frozenset().union(*(self._beside(n) for n in names)),
            )
        return self._means[finding]

    def present_in(self, text: str) -> frozenset[str]:
        """Every finding the ear hears as present in words by themselves."""
        return frozenset(f.id for f in self._understood(text).findings if f.status == "present")

    def _beside(self, text: str) -> frozenset[str]:
        """What else the ear hears in a word: an illness, a red flag, a number, who it is (but for the sex, which a part of the
        body implies)."""
        heard = self._understood(text)
        return frozenset({*heard.concerns, *(rule for rule, _ in heard.flags), *heard.measurements, *heard.small_talk,
                          *(set(heard.person) - {"sex"})})  # fmt: skip

    def _understood(self, text: str) -> Heard:
        if text not in self._heard:
            self._heard[text] = self.ear.understand(text, Case())
        return self._heard[text]


@dataclass(frozen=True, slots=True)
class _Meant:
    found: frozenset[str]
    beside: frozenset[str]


# -- which words, and of what kind ----------------------------------------------------------------------

_BRACKETS = re.compile(r"\s*[（(].*?[)）]")
_NOT_ZH = re.compile(
    r"[a-zA-Z\d<>≥%℃]|[一二两三四五六七八九十半几]+[包天夜年次个杯斤小周月岁度]|宝宝|孩子|小孩|婴|娃|患儿|女儿|儿子|妈|爸|爷|奶奶|老公|老婆|高烧|高热|史$|征$|示|征象|阴性|阳性|查|超声|化验|指标|退了|好了|不能排|可能|疑|已|曾|以前|昨|今天|昨天|发熱|發|几回|吃了就|一吃就|喝水就|越来越|又|还|像$"
)
_NOT_EN = re.compile(
    r"\d|\b(?:he|she|his|her|him|hers|they|their|baby|child|son|daughter|mother|father|husband|wife|patient|history|sign|positive|negative|test|scan|measured|noted|examination|palpable|in the|and|or|was|were|had|has|have|wakes?|gets?|no|not|since|years?|days?|weeks?|months?|hours?)\b"
)
_WRITTEN_ZH = re.compile(
    r"畏[寒光声热冷]|羞明|恶[寒风]|恐声|泄泻|衄|呃|矢气|多汗|压痛|叩|触痛|肥大|增大|充血|分泌物|渗出|丘疹|红斑|糜烂|[水脓]疱|瘘|窦道|[黏粘]膜|肛[周旁缘]|会阴|髋|颌|颞|[眼内外]?眦|眼?睑|巩膜|鼻甲|耳[廓甲]|阴囊空"
    r"|腓肠|足[背底趾部]|指端|指腹|进食|餐[前后]|饮水|诱发|放射|缓解|发作性|阵发|间[歇断]|体征|减弱|消失|异常|亢进|丧失|迟缓|不[坚尽]|滴沥|淋漓|持续|无痛性|可复|不能回纳|嵌顿|潴留|行走|言语|步态|视物|双[足侧]|[双单]侧|一侧|颈项"
    r"|少痰|^(?:一只眼|单眼|单关节|单个关节|单膝)$|溢泪|涎|波棱盖|骻|胸骨后|[即亦]|疱壁|大疱|髁|茎突|滑囊|跖|伸侧|粗隆|髂|鳞屑|苔藓|角化|角栓|浊音|肠鸣|气过水|沉着|赘生|渗液|搐搦|震颤|共济|辨距|瞳孔|角弓|颅|膨隆|隆起|绀|呻吟|喉鸣|[喘痰哮]鸣|杵状|匙状|占位|积血|血肿|血性|静脉|臂展|纵弓|足弓|抵抗|项强|格拉斯哥|抑制|虚构|木僵|违拗|缄默|刻板|人格|失神|意识"
    r"|^得|摸到$|有个$|一$|样$|十余|魏尔啸|努挣|四世同堂|[左右]侧|畸形|体征|下疳|白塞|戈特隆|帕氏|巴氏|蛙腹|肌卫|牛肉舌|镜面舌"
    r"|[Ⅰ-Ⅳ+]|肉眼|心前区|杂音|体位性|劳力|静息|运动性|先兆|性肥胖|偏身|肿物|包块|触及|面容|口周|面色|口唇|剥苔|剥脱|积气|骤停|^便硬|^(?:喷嚏|阿嚏|拉风箱)$|流涕|涕$|咽[干痒痛红]|易怒|声嘶|(?:病|癌|瘤)$"
)
"""What stands in records and in nobody's mouth; a word with it is said only where there is no other."""
_SIDE = re.compile(r"左|右|\bleft\b|\bright\b")
_STIFF_ZH = re.compile(
    r"(?:症|征|样|性|型|炎|觉|物|感|障碍|困难|不适|加重|出现|下降|减退|增多|升高)$|呕吐|腹|肢|颜面|头颅|排便|排尿|出血|水肿|瘙痒|疼痛|髂|脐周|剑突|犬吠|涕$|言语|瘀|溢液|不振|样便|部|出血"
)
_RECORDS_ZH = re.compile(
    r"涕|畏|样$|脓性$|[即亦渐略伴]|反而|百分位|数枚|可触及|患[侧肢]|[左右](?:上|下)肢|[左右]侧|双下肢|不利|不灵|浊音|蛙腹|胃管|十余|瞳孔|测试|活力|羞明|恶[寒风]|恐声|泄泻|衄|呃|矢气|触痛|压痛|叩|不能回纳|嵌顿|面容|剥苔|待查"
)
_WRITTEN_EN = re.compile(
    r"quadrant|extension of|radiat|synovial|truncal|deglutition|defecation|hyperemic|injected|percussion|\bpinna\b|hypochondri|scrot|reticul|wave|thrill|erythema|carotid|lacrimal|-$"
)
"""What even people who read about their illness do not say."""
_LAY_ZH = re.compile(
    r"疼|老|总|得慌|难受|不得劲|得厉害|不停|发|直|拉|吐|堵|酸|胀|晕|肚子|嗓子|浑身|脑袋|没劲"
)
_STIFF_EN = re.compile(
    r"(?:emia|aemia|uria|itis|algia|osis|pnea|pnoea|phagia|rrhoea|rrhea|plegia|paresis|pathy|ectomy|xia|exia|lgia|megaly|ic|al|oid|ous|tion|ous)\b|^(?:acute|chronic|severe|bilateral|unilateral|post|ante|sub|intra|retro|dys|hyper|hypo)|-"
    r"|tenesmus|epigastri|suprapubic|hypochondri|quadrant|percussion|pinna|defecation|defervescence|purulent|reticul|parotid|perineal|ocular|nasal|urethral"
    r"|scrot|per rectum|rectum|involuntary|incontinen|ascites|fluid (?:wave|thrill)|erythema|o?edema|lesion|injected|pallor|generali[sz]ed|recurrent|episodes|inability"
    r"|^loss of|^lack of|^change in|unable|impaired|profuse|excessive|persistent|prolonged|tender(?:ness)?\b|anus\b|glans|navel|urination|urinat|radiating|abdom|passage of|stools? with|carotid|lacrimal|palpable"
)
_NOUN_ZH = re.compile(
    r"(?:疹|疹子|斑|块|包|泡|痣|疮|疙瘩|结节|溃疡|包块|症|癣|感|炎|血|痰|汗|脓|黄疸|红点|水肿|杂音|味|眼屎|白带|鼻涕|声|病|口子|硬块|肿物|疝气|斑点|血块)$"
)
_VERB_ZH = re.compile(
    r"^(?:便|尿|像|不|一.*就)|[有没长起流吐咳拉出冒带渗淌滴掉溢发留咯呕屙闻听尝爱老直化破烂抽抠摸擦]|疼得|积液|肿得|吃.|走.|睡.|说."
)
"""A verb inside, so that 有 before it would be wrong: 腿上起疹子, 刷牙流血."""
_BODY_EN = (
    r"(?:abdomen|ankles?|arms?|back|belly|bottom|breasts?|bum|calf|cheeks?|chest|ears?|elbows?|eyes?|eyelids?|face|feet|fingers?"
    r"|foot|forehead|groin|gums?|gut|guts|hair|hands?|head|heart|heels?|hips?|jaw|joints?|knees?|legs?|lips?|mouth|muscles|nails?|neck"
    r"|nipples?|nose|pee|poo|poop|period|periods|ribs|scalp|shoulders?|side|skin|sole|spine|stomach|stool|stools|teeth|temples|testicle"
    r"|thighs?|throat|thumb|toes?|tongue|tooth|tummy|urine|vision|voice|vulva|wee|wrists?)"
)
_CLAUSE_EN = re.compile(
    rf"^(?:my )?(?:\w+ )?{_BODY_EN} (?:hurts?|aches|itches|burns|stings|throbs|bleeds|(?:is|are|feels?|looks?|keeps?|goes|gets|won't|smells?)(?: \w+){{1,4}})$"
)
_PLURAL_EN = re.compile(r"^(?:my )?(?:\w+s|feet|teeth) (?:ache|itch|bleed|twitch|drain)$")
_DOING_EN = re.compile(
    r"^(?!feeling of|.*sensation$|hearing (?:loss|impaired|reduction|went)|(?:coughing|sneezing) makes)(?!.*\b(?:fits|spells|bouts|episodes|attacks)$)(?:vomiting|throwing up|coughing|sneezing|wheezing|sweating|shivering|losing|wasting|peeing|urinating|running a|burning up|bringing up"
    r"|snoring|fainting|falling|getting|feeling|waking|drooling|limping|seeing|hearing|being sick|wetting|passing|choking|gagging|gasping"
    r"|clearing|straining|chewing|drawing|dribbling|burping|panting|puking|weeing|sleeping|tripping|dropping|forgetting|crying)\b"
)
_FEELING_EN = re.compile(
    r"^(?:(?:so|very|always|constantly|a bit) )?(?:feverish|dizzy|nauseous|nauseated|breathless|tired|weak|shaky|constipated|bloated|sleepy|drowsy"
    r"|exhausted|faint|light-?headed|sick|queasy|itchy|anxious|depressed|hot and cold|short of breath|out of breath|worn out|confused|clammy"
    r"|sweaty|sick to (?:my|the) stomach|irritable|puffy|achy|stiff|unsteady|wobbly|restless|thirsty|off balance)$"
)
_STATE_EN = re.compile(
    r"^(?!unable to \w+ (?:arm|mouth|eyebrow|neck|foot|leg|eye)$)(?:unable to|incontinent of|hungry|still hungry|worn out|groggy|woken|awakened) ?\b"
)
_SENTENCE_EN = re.compile(
    r" (?:is|are|went|goes|came|comes?|keeps?|moves?|moved|spread|oozes|itches|hurts?|appears|appeared|occurs|worsens|improves|lasts"
    r"|never|stays?|meets|eases|makes|leaks|won't|don't|dont|doesn't|can't|hangs|shoots|radiates|smells?|meet|returned|stops|increased"
    r"|alleviated|took|take|now|so tender|fit|fades?|swells?|fixed) | (?:bleed|itch|drain|hurt|itches|hurts|oozes|eases|ease|is back)$"
    r"|\b(?:to|of|with|in|on|at|past|under|over|than|that|when|until|from|for|a|the|below|behind one eye|my amputated)$|^(?:one eye|just one|only my|eases|radiat\w+|shooting down|spreads|shoots|comes?|hardly|stuck|change in)\b"
    r"|(?<!loss) (?:in|on|of|from) (?:mouth|breast|armpit|stools?|urine|vomit|semen|ejaculate|leg|arm|sputum|phlegm|vagina|penis|knee|neck|legs|wrist)$"
)
"""What has its own verb, or ends in the middle, so that 'I have' before it would be wrong."""
_UNABLE_EN = re.compile(
    r"^(?:can't|cannot) (?!stop|be |\w+ (?:arm|mouth|eyebrow|neck|foot|leg|eye|chin)\b)\w+"
)
_NOUN_EN = re.compile(
    r"^(?!(?:feel|feels|leaks?|keeps?|sees?|hurts?|strains?|passes|holds?|stops?|stopped|hasn't|afraid|doubled|writhing|curled|bent|screaming|pacing|rolling|suddenly|can|ran|relieved|worse|turns?|got|had|lost|took|felt|noticed|clutching|holding|pulling|broke|made|passed)\b)(?:(?:trouble|difficulty|loss of|lack of|pain|pains|blood|pus|burning|numbness|tingling|weakness|swelling|itching|soreness|stiffness"
    r"|spots|rash|lump|lumps|sores|fluid|discharge|tightness|pressure|bleeding|cramps|ringing|bruises)\b.*"
    r"|(?:[\w']+ ){0,3}(?:pains?|aches?|rash|cough|fever|temperature|stools?|poo|poop|urine|pee|discharge|swelling|lumps?|bleeding|throat|nose"
    r"|eyes?|voice|sleep|appetite|weakness|numbness|tingling|itching|itch|sores?|spots|patch|patches|blisters?|nausea|vomiting|diarrhoea"
    r"|diarrhea|constipation|dizziness|headaches?|cramps?|spasms?|stiffness|breathing|mouth|tongue|skin|phlegm|mucus|sweats|chills"
    r"|heartburn|wind|gas|palpitations|tiredness|fatigue|insomnia|thirst|hair loss|weight loss|weight gain|bruises|nosebleeds?|ulcers?"
    r"|periods?|bleed|cold|stomach|tummy|belly|head|back|neck|knees?|ankles?|leg|legs|feet|hands|lips|gums|tightness|pressure|redness"
    r"|toothache|backache|stomachache|earache|vision|dreams|nightmares|flushes|jaundice|hiccups|squits|runs|burps?|bumps?|pimples|acne"
    r"|warts?|dandruff|wheeze|seizures?|fits?|tremor|limp|hoarseness|boil|boils|hives|migraines?))$"
)
_NAMES_EN: tuple[tuple[Form, re.Pattern[str]], ...] = (
    ("unable", re.compile(r"^cannot ")),
    (
        "feeling",
        re.compile(r"^(?:breathless|too breathless|dizzy|drowsy|unsteady|unreal|weak)\b"),
    ),
    (
        "state",
        re.compile(
            r"^(?:clumsy|underweight|overweight|unusually drowsy|always on guard|tall|silent|slow to|fighting|growing less"
            r"|afraid|underfed|pregnant|preoccupied|bitten|pricked|found|born|numb from|pulled out|blind|deaf|pale)\b"
            r"|\b(?:weeks pregnant|stuck)\b"
        ),
    ),
    (
        "does",
        re.compile(
            r"^(?:leans|kneels|cries|turns|coughs|sweats|hears|makes|screams|feels|leaks|says|swam|uses|lives|eats|takes|passed|woke|has|is|does"
            r"|will not)\b"
        ),
    ),
    (
        "other",
        re.compile(
            r"^(?:crusty|frozen|tight|heavy|thick|smooth|black|raised|thickened|feels?|leaks?|better|worse|eased"
            r"|painful to|rubbing|blank|only one|worms seen|one eye only|genitals not|waters broken|rattly|first trimester)\b"
            r"|\b(?:does|do|have|has|look|looks|turn|swells|dims|peels|droops|locks|stuck|moved|turns|creeps|bulging|ease|clenches|never|no longer)\b"
        ),
    ),
)
_COUNTED_EN = re.compile(
    r"(?:\b(?:band|ball|curtain|shadow|veil|pea|zap|growth|hole|bulge|convulsion|ring|line|string|stripe|bleed|urge|fear|sore)|wart|pimple|stone|polyp|tickle|chill|squint|bulge|burp|frozen shoulder|cough|fever|headache|rash|lump|ulcer|sore|cold|temperature|temp|nosebleed|throat|nose|stomach|tummy|belly|eye|ear|knee|ankle|wrist|elbow|shoulder|hip|finger|toe|foot|blister|bruise|stomachache|bellyache|toothache|earache|backache|ache|mass|bump|boil|seizure|fit|limp|tooth|nail|back|neck|eyelid|lip|tongue|voice|testicle|leg|arm|joint|calf|abscess|wound|appetite|pulse|heartbeat|migraine|wheeze|lesion|spot|patch|mole|squint|tremor|stye|discharge|feeling|sensation|history|head|face|walk|mouth|hand|cry|spine|pupil|gurgle|period|^loss|^lack|inhaler|spray|scrotum|penis|uterus|eyelash|vagina|tooth)$"
)


def _clean(name: str) -> str:
    return re.split(r"[、，；/;]|, ", _BRACKETS.sub("", name).strip())[0].strip()


def _word(text: str, lang: Lang) -> Word:
    """A word of the knowledge; its English names are nouns but for some that only tell."""
    telling: Form = next((form for form, pattern in _NAMES_EN if pattern.search(text)), "noun")
    return Word(text, _form(text, lang) or telling)


def _sayable(text: str, lang: Lang) -> bool:
    if lang == "zh":
        return 2 <= len(text) <= 10 and not _NOT_ZH.search(text)
    return 3 <= len(text) <= 40 and not _NOT_EN.search(text.lower()) and text == text.lower()


def _form(text: str, lang: Lang) -> Form | None:
    """What kind of word it is; None for what makes no sentence."""
    if lang == "zh":
        return "noun" if _NOUN_ZH.search(text) and not _VERB_ZH.search(text) else "verb"
    form = next((form for form, pattern in _FORMS_EN if pattern.search(text)), None)
    return None if form == "noun" and _SENTENCE_EN.search(text) else form


_FORMS_EN: tuple[tuple[Form, re.Pattern[str]], ...] = (
    ("clause", _CLAUSE_EN), ("clause", _PLURAL_EN), ("feeling", _FEELING_EN), ("doing", _DOING_EN), ("state", _STATE_EN), ("unable", _UNABLE_EN), ("noun", _NOUN_EN),
)  # fmt: skip


def _is_learned(text: str, lang: Lang) -> bool:
    """Whether a word is one of doctors that a patient who has read about it also says."""
    if lang == "zh":
        return bool(_STIFF_ZH.search(text)) and not _LAY_ZH.search(text) and not _RECORDS_ZH.search(text)
    return bool(_STIFF_EN.search(text)) and not _WRITTEN_EN.search(text)


def _strangeness(text: str, place: int, lang: Lang) -> int:
    """How far a word is from what people say; `place` among the knowledge's words, which has the commonest first."""
    if lang == "zh":
        stiff = 4 * bool(_STIFF_ZH.search(text)) + 8 * bool(_WRITTEN_ZH.search(text))
        return stiff - 2 * bool(_LAY_ZH.search(text)) + min(place, 12) // 3
    return 4 * bool(_STIFF_EN.search(text)) + min(place, 12) // 3


def with_article(noun: str) -> str:
    """'fever' → 'a fever', 'sore throat' → 'a sore throat'; what is not counted stays as it is."""
    head = re.split(
        r" (?:in|of|on|at|by|under|over|below|behind|beside|around|across|down|inside|from|with|when|after|near|above|between|to|that|coming|leaking|draining)\b",
        noun,
    )[0]
    if (
        re.match(r"(?:a|an|the|my|some|no|one|two|both)\b", noun)
        or not _COUNTED_EN.search(head)
        or noun.count(" ") > 5
    ):
        return noun
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"
