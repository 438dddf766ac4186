"""What a test strip and the microscope show in urine: 'WBC 50/hpf', 'protein 3+', 潜血2+; and which fluid a value is of.

A number behind which a plus stands is a grade, and one per field of the microscope is a count of what was spun down:
neither is a concentration in the blood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from suwen.core.case import Finding

_FINDING = {
    "white": "pyuria",
    "red": "haematuria_microscopic",
    "protein": "proteinuria_result",
    "ketones": "ketones_positive",
}
_NAMES = (
    r"(?:(?P<white>white (?:blood )?cells?|leukocytes?(?: esterase)?|leucocytes?(?: esterase)?|wbcs?|pus cells|白细胞(?:酯酶)?|脓细胞)"
    r"|(?P<red>red (?:blood )?cells?|rbcs?|erythrocytes|(?:occult )?blood|ha?emoglobin|(?<!便)(?<!粪)潜血|(?<!便)(?<!粪)隐血|红细胞)"
    r"|(?P<protein>protein|albumin|(?<!红)(?<!反应)(?<!脂)(?<!球)蛋白质?)|(?P<ketones>ketones?|酮体))"
)
_GRADE = (
    r"(?:[1-4]\s*\+(?![\d+])|\+{2,4}|\(\s*(?:[1-4]\s*\+|\+{1,4})\s*\)|(?<=[\u4e00-\u9fff])\+|[一二三四]个加)"
)
"""1+ to 4+; a single plus only behind Chinese, for 'protein + vegetables' is no test."""
_FIELD = r"\s*(?:cells?|wbcs?|rbcs?|个)?\s*(?:/|per|每)\s*(?:hpf|hp\b|lpf|high|高倍)"
_NUMBER = (
    r"(?P<many>too numerous to count|tntc|满视野)|[>~]?\s*(?P<low>\d+)(?:\s*(?:-|to|~)\s*(?P<high>\d+))?"
)
_NEGATIVE = r"negative|none|nil|neg\b|阴性|\(-\)"
_READ = re.compile(
    rf"(?<![a-z]){_NAMES}(?![a-z])\s*(?:cells?|count|定性|镜检|检查)?\s*[:=]?\s*(?:(?P<grade>{_GRADE})|(?P<none>{_NEGATIVE})|(?:(?:{_NUMBER})(?P<field>{_FIELD})?))"
)
_GRADE_FIRST = re.compile(rf"(?<![\d+])(?P<grade>{_GRADE})\s*(?:for )?{_NAMES}(?![a-z])")
_COUNT_FIRST = re.compile(rf"(?<![\d.])(?:{_NUMBER})\s*{_NAMES}(?P<field>{_FIELD})")
_STRIP = re.compile(
    r"\burinalysis|\burine (?:dip\w*|analysis|microscopy|sediment|test\w*|exam\w*|shows?|showed|reveals?|revealed|contains?)|\burine\s*:|\bdipstick|\bu/?a\s*:|尿常规|尿检|尿液|尿沉渣|小便(?:常规|检查|化验)"
)
_OTHER_FLUID = re.compile(
    r"\bcsf\b|cerebrospinal|spinal fluid|lumbar (?:puncture|tap)|\blp\b(?=\s*[:(-]|\s+(?:wcc|wbc|white|protein|show))|\bdialysate|\bsynovial|joint (?:fluid|aspirat)|arthrocentesis|pleural (?:fluid|tap|aspirat)|"
    r"thoracentesis|ascitic|ascites fluid|peritoneal (?:fluid|lavage|tap)|paracentesis|\blavage|\bbalf?\b|\bpus\b|脑脊液|腰穿|关节液|胸水|胸腔积液|腹水|灌洗|脓液"
)
_STOOL = re.compile(r"\bstools?\b|\bfa?ec(?:al|es)\b|大便|粪|(?<!小)便(?:常规|检)")
_SMEAR = re.compile(r"\bvagin|\bsputum|白带|阴道|痰|分泌物|前列腺液|精液")
_BLOOD = re.compile(
    r"\bserum\b|\bplasma\b|\bblood\s*$|\bblood (?:count|tests?|work|chemistry|gas|glucose|sugar|urea)|\bcbc\b|\bfbc\b|\bcomplete blood|\bfull blood|"
    r"\bmetabolic panel|\bchemistry|\blaboratory|\bfinger|\bcapillary|\bfasting|\brandom\b|\bmeter\b|指尖|末梢|空腹|随机|血(?:常规|清|浆|生化|液|象|糖|钾|钠|钙|肌酐|红蛋白|小板|白细胞|尿酸|沉)|生化|肾功|肝功"
)
_CHEMISTRY = (
    "sodium|potassium|chloride|creatinine|osmolality|calcium|electrolytes|na\\b|k\\b|[钠钾氯钙]|肌酐|渗透压"
)
_OF_URINE = re.compile(
    rf"(?:\burin(?:e|ary) (?:spot |random )?|(?<!蛋白)(?<!血)尿)(?:$|(?:{_CHEMISTRY}).*$)", re.DOTALL
)
"""Before a value that is of urine by its own name, or stands in a list with such a one: 'urine sodium 10, creatinine 80'."""
_STOP = re.compile(r"[.。](?=\s|$)|[。\n]")
_HEADING = re.compile(
    r"\s*(?:\([^()]*\)|analysis|microscopy|studies|study|shows?|showed|reveals?|revealed|results?|findings?|示|提示|检查)*\s*[:]"
)
_FOUND_NOTHING = re.compile(
    r"\s*(?:is|was|were|:)?\s*(?:completely |entirely )?(?:normal|negative|clear|unremarkable|clean|正常|阴性|未见异常|无异常)"
)
"""Behind a test of urine of which no more is told."""
_BACK = 240
_FLUIDS = (
    ("urine strip", _STRIP), ("urine", _OF_URINE), ("stool", _STOOL), ("smear", _SMEAR), ("other", _OTHER_FLUID), ("", _BLOOD),
)  # fmt: skip


def fluid_before(text: str, start: int) -> str:
    """What the value at `start` is of: 'urine', 'urine strip', 'stool', 'smear', 'other', or '' for blood.

    A fluid is named in the same part of a list, or as a heading ("Urinalysis:") under which parts follow until blood is named.
    """
    before = _STOP.split(text[max(0, start - _BACK) : start])[-1]
    best, kind = -1, ""
    for name, pattern in _FLUIDS:
        for match in pattern.finditer(before):
            if name == "urine strip" and _FOUND_NOTHING.match(before, match.end()):
                continue
            holds = (
                name in ("", "urine")
                or ";" not in before[match.end() :]
                or _HEADING.match(before, match.end())
            )
            if holds and match.start() > best and not (name == "urine" and ";" in match.group()):
                best, kind = match.start(), name
    return kind


def urine_findings(text: str, raw: str, turn: int) -> list[Finding]:
    """What normalised text tells of cells, protein and ketones in urine, by grades and counts per field."""
    found: dict[str, Finding] = {}
    for match in _matches(text):
        which = next(name for name in _FINDING if match[name])
        fluid = fluid_before(text, match.start())
        present = _is_found(match, which, of_urine=fluid.startswith("urine"))
        name = (
            _FINDING[which]
            if fluid.startswith("urine") or not fluid
            else _IN_STOOL.get(which)
            if fluid == "stool"
            else None
        )
        if present is None or name is None or (name in found and not present):
            continue
        found[name] = Finding(
            name, "present" if present else "absent", raw[match.start() : match.end()], match.span(), turn,
            origin="measured",
        )  # fmt: skip
    return list(found.values())


_IN_STOOL = {"white": "stool_pus_cells"}


def _matches(text: str) -> Iterator[re.Match[str]]:
    if "+" in text or "hp" in text or _STRIP.search(text):
        yield from _READ.finditer(text)
        yield from _GRADE_FIRST.finditer(text)
        yield from _COUNT_FIRST.finditer(text)


_LIMITS = {"white": 5, "red": 3}
"""Cells in a field of the microscope above which they are found."""


def _is_found(match: re.Match[str], which: str, *, of_urine: bool) -> bool | None:
    """Whether a strip or the microscope shows it; None where the words may be of blood or say too little."""
    told = match.groupdict()
    if told.get("grade"):
        return True
    if told.get("none"):
        return False if of_urine else None
    if which not in _LIMITS or not (told.get("field") or (told.get("many") and of_urine)):
        return None
    if told.get("many"):
        return True
    high = int(told["high"] or told["low"])
    return high > _LIMITS[which]
