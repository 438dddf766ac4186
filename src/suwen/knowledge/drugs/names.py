"""The names of medicines: what was written, found through form, salt, brand, pinyin and misspelling.

A name is either found, with the way in which it was found said, or it is unknown and comes with suggestions.
Nothing is guessed in silence: a mended spelling has one candidate only, and is shown as mended.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from suwen.knowledge.strings import Arrays, Lookup

How = Literal["name", "brand", "form", "parts", "pinyin", "spelling"]

LOCAL_FORMS = {
    "滴眼液": "eye", "眼药水": "eye", "眼膏": "eye", "眼用凝胶": "eye", "滴耳液": "ear", "滴鼻液": "nose", "鼻喷雾剂": "nose",
    "鼻喷剂": "nose", "乳膏": "topical", "软膏": "topical", "凝胶": "topical", "洗剂": "topical", "搽剂": "topical", "喷膜": "topical",
    "贴膏": "topical", "膏药": "topical", "外用溶液": "topical", "酊": "topical", "洗液": "topical", "栓剂": "", "阴道栓": "vaginal",
    "阴道片": "vaginal", "阴道泡腾片": "vaginal", "吸入气雾剂": "inhaled", "吸入粉雾剂": "inhaled", "气雾剂": "inhaled",
    "粉雾剂": "inhaled", "雾化吸入": "inhaled", "吸入用": "inhaled", "粉吸入剂": "inhaled", "吸入剂": "inhaled", "雾化液": "inhaled", "漱口水": "mouth", "含漱液": "mouth", "外用": "topical",
    "霜": "topical", "乳剂": "", "乳胶剂": "topical",
}  # fmt: skip
_FORMS_ZH = (
    *sorted(LOCAL_FORMS, key=len, reverse=True),
    "注射用", "透皮贴剂", "口服混悬液", "混悬滴剂", "干混悬剂", "混悬液", "口服溶液", "口服液", "口服常释剂型", "肠溶缓释", "双释放",
    "控释", "缓释", "肠溶", "分散", "咀嚼", "泡腾", "口崩", "薄膜衣", "糖衣", "舌下", "软胶囊", "胶囊", "颗粒", "冲剂", "片剂",
    "注射液", "针剂", "粉针", "滴丸", "水丸", "蜜丸", "浓缩丸", "丸剂", "糖浆", "合剂", "溶液", "滴剂", "贴剂", "贴片", "透皮贴",
    "散剂", "喷雾剂", "栓", "片", "针", "丸", "剂", "膏", "胶丸", "锭", "散",
)  # fmt: skip
_SALTS_ZH = (
    "盐酸", "硫酸氢", "硫酸", "重酒石酸", "酒石酸", "富马酸", "马来酸", "琥珀酸", "甲磺酸", "苯磺酸", "甲苯磺酸", "枸橼酸", "柠檬酸", "醋酸",
    "乙酸", "磷酸", "氢溴酸", "溴化", "乳酸", "硝酸", "双羟萘酸", "门冬氨酸", "精氨酸", "丙酸", "糠酸", "戊酸", "丁酸", "二丙酸", "棕榈酸",
    "水合", "无水", "重组人", "单硝酸", "苹果酸", "对甲苯磺酸", "葡萄糖酸",
)  # fmt: skip
_SALT_ENDS_ZH = (
    "二乙胺",
    "叔丁胺",
    "二钠",
    "钠",
    "钾",
    "钙",
    "镁",
    "锌",
    "盐酸盐",
    "硫酸盐",
    "磷酸盐",
    "醋酸酯",
    "酯",
    "二水合物",
    "一水合物",
)
_FORMS_EN = {
    "tablet", "tablets", "tab", "tabs", "capsule", "capsules", "cap", "caps", "injection", "inj", "oral", "solution",
    "suspension", "syrup", "er", "xr", "sr", "cr", "xl", "la", "mr", "ir", "ec", "dr", "odt", "od", "retard", "extended",
    "release", "delayed", "modified", "enteric", "coated", "chewable", "dispersible", "patch", "iv", "im", "sc", "po",
    "infusion", "powder", "granules", "sachet", "depot", "prolonged", "liquid", "elixir", "pill", "pills", "softgel", "pen", "penfill", "flexpen", "ampoule", "vial",
}  # fmt: skip
_LOCAL_FORMS_EN = {
    "cream": "topical", "ointment": "topical", "gel": "topical", "lotion": "topical", "topical": "topical", "foam": "topical",
    "shampoo": "topical", "eye": "eye", "ophthalmic": "eye", "ear": "ear", "otic": "ear", "nasal": "nose", "nose": "nose",
    "inhaler": "inhaled", "inhaled": "inhaled", "nebuliser": "inhaled", "nebulizer": "inhaled", "vaginal": "vaginal",
    "mouthwash": "mouth", "drops": "", "drop": "", "spray": "",
}  # fmt: skip
_SALTS_EN = {
    "hydrochloride", "hcl", "dihydrochloride", "sulfate", "sulphate", "bisulfate", "hydrogen", "tartrate", "bitartrate",
    "fumarate", "hemifumarate", "maleate", "succinate", "mesylate", "mesilate", "besylate", "besilate", "tosylate", "tosilate",
    "citrate", "acetate", "phosphate", "hydrobromide", "hbr", "bromide", "lactate", "nitrate", "pamoate", "embonate", "arginine",
    "sodium", "potassium", "calcium", "magnesium", "disodium", "dipropionate", "propionate", "furoate", "valerate",
    "palmitate", "decanoate", "enanthate", "cypionate", "medoxomil", "proxetil", "axetil", "pivoxil", "cilexetil", "etexilate",
    "hydrate", "monohydrate", "dihydrate", "trihydrate", "anhydrous", "acid", "stearate", "ethylsuccinate", "gluconate",
    "xinafoate", "malate", "alafenamide", "disoproxil", "base", "chloride", "iodide", "oxalate", "hyclate", "erbumine",
}  # fmt: skip
_UNIT = r"(?:mg|mcg|ug|µg|μg|g|kg|ml|l|iu|u|%|mmol|meq|毫克|微克|克|毫升|万单位|万u|单位|片|粒|袋|支|丸|瓶|揿|喷|滴|包)"
_AMOUNT = re.compile(
    rf"(?:\d+(?:\.\d+)?\s*{_UNIT}|(?<=\s)\d+(?:\.\d+)?(?![\w.]))"
    r"(?:/(?:\d+(?:\.\d+)?)?\s*(?:ml|mg|g|kg|片|粒|支|袋|d|day|天|日|次|h))*"
)
_NOISE = re.compile(r"[\s\-_·•®™.,'’`*:：()（）\[\]【】《》“”\"]+")
_VITAMIN = re.compile(r"(?:v|vit|vitamin)[\s.-]*([abcdek]\d{0,2})$")
_HAN = re.compile(r"[㐀-鿿]")
_SPLIT = re.compile(r"\s*(?:/|\+|＋|、|\bwith\b|\band\b|&|和|与|及|(?<=[a-z]{5})-(?=[a-z]{5}))\s*")


_VARIANTS = str.maketrans("醯", "酰")
"""Characters that Taiwan writes in names of medicines and the conversion leaves."""


def fold(text: str) -> str:
    """Width, case and traditional characters made equal."""
    text = unicodedata.normalize("NFKC", text).casefold().strip()
    return _simplified(text).translate(_VARIANTS) if _HAN.search(text) else text


@lru_cache(maxsize=1)
def _converter() -> Any:
    import opencc

    return opencc.OpenCC("t2s")


def _simplified(text: str) -> str:
    try:
        text.encode("gb2312")
    except UnicodeEncodeError:
        return str(_converter().convert(text))
    return text


def key_of(text: str) -> str:
    """What two writings of one name share: no spaces, hyphens, dots or brackets."""
    return _NOISE.sub("", fold(text))


def sounds(han: str) -> str:
    """Pinyin of Chinese characters, the distinctions folded that many speakers do not make (zh/z, n/l, ang/an)."""
    return _blur(pinyin(han))


@lru_cache(maxsize=20_000)
def pinyin(han: str) -> str:
    """Toneless pinyin, letters and digits kept; `v` for ü."""
    from pypinyin import lazy_pinyin

    return "".join(lazy_pinyin(han)).lower().replace("ü", "v")


@lru_cache(maxsize=20_000)
def initials(han: str) -> str:
    """First letters of the pinyin: amxl for 阿莫西林."""
    from pypinyin import lazy_pinyin

    return "".join(syllable[:1] for syllable in lazy_pinyin(han)).lower()


def _blur(letters: str) -> str:
    for loud, quiet in (
        ("zh", "z"),
        ("ch", "c"),
        ("sh", "s"),
        ("ng", "n"),
        ("l", "n"),
        ("f", "h"),
        ("v", "u"),
    ):
        letters = letters.replace(loud, quiet)
    return letters


_UNASPIRATED = str.maketrans("ptkcq", "bdgzj")
"""Pairs that are mistaken for each other in names of medicines: 他汀 and 他丁, 沙坦 and 沙旦."""

_SOUND_EN = (
    ("ph", "f"), ("th", "t"), ("rh", "r"), ("ch", "k"), ("ck", "k"), ("qu", "k"), ("ae", "e"), ("oe", "e"), ("eu", "u"),
    ("y", "i"), ("c", "k"), ("z", "s"), ("x", "ks"), ("v", "f"), ("ei", "i"), ("ie", "i"), ("ee", "i"), ("ea", "e"),
)  # fmt: skip


@lru_cache(maxsize=20_000)
def sounds_en(name: str) -> str:
    """How an English name sounds, roughly: ibuprophen and ibuprofen are one."""
    for loud, quiet in _SOUND_EN:
        name = name.replace(loud, quiet)
    return re.sub(r"(.)\1+", r"\1", name)


@dataclass(frozen=True, slots=True)
class Found:
    """What a written name means: `targets` are ids of substances or products (several only for `parts`)."""

    given: str
    targets: tuple[str, ...] = ()
    how: How | None = None
    read_as: str = ""
    route: str | None = None
    suggestions: tuple[str, ...] = ()


TABLES = ("written", "said", "nearly", "pinyin", "initials", "english")
"""Ways in which a name is looked up: as written (`key_of`), as heard (`sounds`), the same with aspirated and other stops
alike, in pinyin, by its initials, and as an English one sounds."""


@dataclass(frozen=True, eq=False)
class NameIndex:
    """Names of medicines to ids; `labels` are what a found id is shown as."""

    written: Lookup
    said: Lookup
    nearly: Lookup
    pinyin: Lookup
    initials: Lookup
    english: Lookup
    labels: Mapping[str, str]

    @classmethod
    def of(cls, names: Iterable[tuple[str, str, str]], labels: Mapping[str, str]) -> NameIndex:
        """From (name, id, kind) each, the kinds name, also and brands; of one id the first kind that a name has is kept."""
        tables: dict[str, dict[str, dict[str, str]]] = {name: defaultdict(dict) for name in TABLES}
        for written, target, kind in names:
            key = key_of(written)
            tables["written"][key].setdefault(target, kind)
            if _HAN.search(key):
                letters = pinyin(key)
                tables["pinyin"][letters.replace("v", "u")].setdefault(target, kind)
                tables["initials"][initials(key)].setdefault(target, kind)
                if len(initials(key)) >= 3:
                    tables["said"][_blur(letters)].setdefault(target, kind)
                    tables["nearly"][_blur(letters).translate(_UNASPIRATED)].setdefault(target, kind)
            elif key.isascii() and len(key) >= 5:
                tables["english"][sounds_en(key)].setdefault(target, kind)
        return cls(
            **{
                name: Lookup.of({key: [(k, t) for t, k in of.items()] for key, of in table.items()})
                for name, table in tables.items()
            },
            labels=labels,
        )

    def arrays(self) -> Arrays:
        """All but the labels as arrays, for a file."""
        return {
            key: array
            for name in TABLES
            for key, array in getattr(self, name).arrays(f"names_{name}").items()
        }

    @classmethod
    def read(cls, arrays: Arrays, labels: Mapping[str, str]) -> NameIndex:
        """What `arrays` gave, taken out of a file's; raises KeyError where they are not there."""
        return cls(**{name: Lookup.read(arrays, f"names_{name}") for name in TABLES}, labels=labels)

    def __len__(self) -> int:
        return len(self.written.strings)

    def mentions(self, text: str) -> list[str]:
        """Names of medicines inside a running text, as written there, each once; English ones as whole words."""
        folded = fold(text)
        found: dict[str, None] = {}
        for _, start, end in self.written.strings.whole(folded):
            name = folded[start:end]
            if len(name) >= (4 if name.isascii() else 2) and len(self.written.means(name)) == 1:
                found.setdefault(name)
        return list(found)

    def find(self, given: str) -> Found:
        """The medicine that a written name means; with suggestions when it means none."""
        return _find_cached(self, given)

    def _find(self, given: str) -> Found:
        text = fold(given)[:200]
        route = _route_of(text)
        for attempt, how in _readings(text):
            hit = self.written.means(attempt)
            if len(hit) == 1:
                kind, target = hit[0]
                if how == "name" and kind == "brands":
                    how = "brand"
                return Found(given, (target,), how, self.labels.get(target, target), route)
            if hit:
                return Found(given, suggestions=tuple(t for _, t in hit))
        parts = [p for p in _SPLIT.split(text) if p]
        if 1 < len(parts) <= 8:
            found = [self._plain(p) for p in parts]
            if all(found):
                targets = tuple(dict.fromkeys(t for t in found if t))
                return Found(
                    given, targets, "parts", " + ".join(self.labels.get(t, t) for t in targets), route
                )
        mended = self._mended(text)
        if mended is not None:
            target, how = mended
            return Found(given, (target,), how, self.labels.get(target, target), route)
        return Found(given, suggestions=self.suggestions(text))

    def _plain(self, text: str) -> str | None:
        for attempt, _ in _readings(text):
            hit = self.written.targets(attempt)
            if len(hit) == 1:
                return hit[0]
        return None

    def _mended(self, text: str) -> tuple[str, How] | None:
        for attempt, _ in _readings(text):
            if _HAN.search(attempt):
                said = sounds(attempt) if len(attempt) >= 3 else ""
                targets = self.said.targets(said) or self.nearly.targets(said.translate(_UNASPIRATED))
                if len(targets) == 1:
                    return targets[0], "spelling"
                continue
            targets = self.pinyin.targets(attempt.replace("v", "u")) if len(attempt) >= 5 else []
            if len(targets) == 1:
                return targets[0], "pinyin"
            if len(attempt) >= 6:
                targets = self.english.targets(sounds_en(attempt))
                if len(targets) == 1:
                    return targets[0], "spelling"
                near = self._near(attempt)
                if near is not None:
                    return near, "spelling"
        return None

    def _near(self, attempt: str) -> str | None:
        """The one medicine within a slip or two of the keys, nothing else being as near; no brands, which differ by less.

        The first two letters must be right: medicines differ by their beginnings (baclofen and arbaclofen).
        """
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        allowed = 1 if len(attempt) < 9 else 2
        alike = _generic(self.written, attempt[:2])
        hits = process.extract(attempt, alike, scorer=OSA.distance, score_cutoff=allowed + 1, limit=12)
        best: dict[str, int] = {}
        for key, distance, _ in hits:
            for target in self.written.targets(key):
                best[target] = min(best.get(target, 99), int(distance))
        ordered = sorted(best.items(), key=lambda x: x[1])
        if ordered and ordered[0][1] <= allowed and (len(ordered) == 1 or ordered[1][1] > ordered[0][1] + 1):
            return ordered[0][0]
        spoken = sounds_en(attempt)
        if len(spoken) < 7:
            return None
        alike = _generic(self.english, spoken[:2])
        near = process.extract(spoken, alike, scorer=OSA.distance, score_cutoff=1, limit=6)
        targets = {t for key, _, _ in near for t in self.english.targets(key)}
        return next(iter(targets)) if len(targets) == 1 else None

    def suggestions(self, text: str, limit: int = 3) -> tuple[str, ...]:
        """The nearest medicines to a name that means none."""
        from rapidfuzz import fuzz, process

        key = min((reading for reading, _ in _readings(fold(text))), key=len, default="")
        if len(key) < 2:
            return ()
        tried = [(self.written, key, 66, 12)]
        if _HAN.search(key):
            tried.append((self.said, sounds(key), 76, 6))
        hits = [
            (score, name, known)
            for known, wanted, cutoff, most in tried
            for name, score, _ in process.extract(
                wanted, known.strings.starting(), scorer=fuzz.ratio, score_cutoff=cutoff, limit=most
            )
        ]
        hits.sort(key=lambda hit: -hit[0])
        found = dict.fromkeys(target for _, name, known in hits for target in known.targets(name))
        return tuple(found)[:limit]

    def search(self, text: str, limit: int = 12) -> list[str]:
        """Ids for what is being typed: Chinese, pinyin or its initials, English or brand; best first."""
        key = key_of(text)
        if not key:
            return []
        ranked: dict[str, int] = {}
        for rank, (known, names) in enumerate(self._fitting(key)):
            for name in names:
                for target in known.targets(name):
                    ranked.setdefault(target, rank)
        ordered = sorted(ranked, key=lambda t: (ranked[t], len(self.labels.get(t) or t), t))
        return ordered[:limit]

    def _fitting(self, key: str) -> Iterator[tuple[Lookup, Iterable[str]]]:
        """Names that what is typed may become, the best first."""
        yield self.written, [key]
        yield self.written, self.written.strings.starting(key)
        yield self.initials, [key]
        yield self.pinyin, self.pinyin.strings.starting(key.replace("v", "u"))
        if len(key) >= 2:
            yield self.initials, self.initials.strings.starting(key)
            yield self.written, (name for name in self.written.strings.starting() if key in name)

    def near(self, text: str) -> list[str]:
        """Ids that what was typed may have meant, when `search` finds none: only to be offered."""
        found = self.find(text)
        return list(found.targets or found.suggestions)


def _generic(known: Lookup, beginning: str) -> list[str]:
    """English names that begin so and are not brands alone."""
    return [
        name
        for name in known.strings.starting(beginning)
        if len(name) >= 6 and name.isascii() and any(kind != "brands" for kind, _ in known.means(name))
    ]


@lru_cache(maxsize=50_000)
def _find_cached(index: NameIndex, given: str) -> Found:
    return index._find(given)


def _readings(text: str) -> Iterable[tuple[str, How]]:
    """The writing itself, then without amounts, without its form, without its salt; each once."""
    seen: set[str] = set()
    plain = _AMOUNT.sub(" ", text) if re.search(r"\d", text) else text
    if _HAN.search(text):
        steps = [(text, "name"), (plain, "form")]
        bare = _without_form_zh(re.sub(r"(?<=[㐀-鿿])(?:i{1,3}|iv)$", "", key_of(plain)))
        steps += [
            (bare, "form"),
            (_without_salt_zh(bare), "form"),
            (_without_form_zh(_without_salt_zh(bare)), "form"),
        ]
    else:
        if vitamin := _VITAMIN.match(text):
            yield f"维生素{vitamin.group(1)}", "form"
        words = [w for w in re.split(r"[\s,()\-]+", plain) if w]
        no_form = [w for w in words if w not in _FORMS_EN and w not in _LOCAL_FORMS_EN]
        no_salt = no_form[:1] + [w for w in no_form[1:] if w not in _SALTS_EN]
        steps = [(text, "name"), (plain, "form"), ("".join(no_form), "form"), ("".join(no_salt), "form")]
    for attempt, how in steps:
        key = key_of(attempt)
        if len(key) >= 2 and key not in seen:
            seen.add(key)
            yield key, how  # type: ignore[misc]


def _without_form_zh(key: str) -> str:
    for prefix in ("注射用", "吸入用"):
        key = key.removeprefix(prefix) if len(key) > len(prefix) + 1 else key
    changed = True
    while changed:
        changed = False
        for form in _FORMS_ZH:
            if key.endswith(form) and len(key) - len(form) >= 2:
                key, changed = key[: -len(form)], True
                break
    return key


def _without_salt_zh(key: str) -> str:
    for salt in _SALTS_ZH:
        if key.startswith(salt) and len(key) - len(salt) >= 2:
            key = key[len(salt) :]
            break
    for end in _SALT_ENDS_ZH:
        if key.endswith(end) and len(key) - len(end) >= 2:
            return key[: -len(end)]
    return key


def _route_of(text: str) -> str | None:
    """The local route that the written form tells, or None."""
    for form, route in LOCAL_FORMS.items():
        if form in text and route:
            return route
    for word in re.split(r"[\s,()\-]+", text):
        if route := _LOCAL_FORMS_EN.get(word, ""):
            return route
    return None
