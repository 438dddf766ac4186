"""Which fluid of the body a number is of: blood, unless another one is named before it.

A fluid that is named as a complaint ("sputum, WBC 15") stands before numbers of the blood as well: `labs.yaml` says of
which fluids each value is read.
"""

from __future__ import annotations

import re

STRIP = re.compile(
    r"\burinalysis|\burine (?:dip\w*|analysis|microscopy|sediment|test\w*|exam\w*|shows?|showed|reveals?|revealed|contains?)|\burine\s*:|\bdipstick|\bu/?a\s*:|尿常规|尿检|尿液|尿沉渣|小便(?:常规|检查|化验)"
)
_CSF = re.compile(
    r"\bcsf\b|cerebrospinal|spinal fluid|lumbar (?:puncture|tap)|\blp\b(?=\s*[:(-]|\s+(?:wcc|wbc|white|protein|show))|脑脊液|腰穿"
)
_PLEURAL = re.compile(r"pleural (?:fluid|tap|aspirat)|thoracentesis|胸水|胸腔积液")
_ASCITES = re.compile(r"ascitic|ascites fluid|peritoneal (?:fluid|tap)|paracentesis|腹水")
_JOINT = re.compile(
    r"\bsynovial|(?:joint|knee) (?:fluid|aspirat)|arthrocentesis|关节(?:腔)?(?:积液|液|穿刺)|滑液"
)
_LAVAGE = re.compile(r"\blavage|\bbalf?\b|灌洗")
_OTHER = re.compile(r"\bdialysate|\bpus\b|\bdrain (?:fluid|amylase)|脓液|引流液")
_STOOL = re.compile(r"\bstools?\b|\bfa?ec(?:al|es)\b|大便|粪|(?<!小)便(?:常规|检)")
_SPUTUM = re.compile(r"\bsputum|痰")
_SMEAR = re.compile(r"\bvagin|\bnasal (?:smear|swab|secretion)|白带|阴道|分泌物|前列腺液|精液")
_BLOOD = re.compile(
    r"\bserum\b|\bplasma\b|\bblood\s*$|\bblood (?:count|tests?|work|chemistry|gas|glucose|sugar|urea)|\bcbc\b|\bfbc\b|\bcomplete blood|\bfull blood|"
    r"\bmetabolic panel|\bchemistry|\blaboratory|\bfinger|\bcapillary|\bfasting|\brandom\b|\bmeter\b|指尖|末梢|空腹|随机|血(?:常规|清|浆|生化|液|象|糖|钾|钠|钙|肌酐|红蛋白|小板|白细胞|白蛋白|尿酸|沉)|(?<!血)生化|肾功|肝功"
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
    r"\s*(?:\([^()]*\)|常规|生化|检验|化验|analysis|microscopy|studies|study|shows?|showed|reveals?|revealed|results?|findings?|示|提示|检查)*\s*[:]"
)
_FOUND_NOTHING = re.compile(
    r"\s*(?:is|was|were|:)?\s*(?:completely |entirely )?(?:normal|negative|clear|unremarkable|clean|正常|阴性|未见异常|无异常)"
)
"""Behind a test of urine of which no more is told."""
_BACK = 240
_FLUIDS = (
    ("urine strip", STRIP), ("urine", _OF_URINE), ("stool", _STOOL), ("sputum", _SPUTUM), ("smear", _SMEAR), ("csf", _CSF),
    ("pleural", _PLEURAL), ("ascites", _ASCITES), ("joint", _JOINT), ("lavage", _LAVAGE), ("other", _OTHER), ("blood", _BLOOD),
)  # fmt: skip
_OF_BLOOD = ("血", "serum", "blood", "plasma")
"""How a name begins that says it is of blood, whatever was spoken of before."""
COMPLAINTS = ("stool", "sputum", "smear")
"""Fluids that are spoken of as a complaint, too, beside numbers of the blood."""


_WITH_CHEMISTRY = ("csf", "pleural", "ascites", "joint")
"""Fluids of which 生化 is told as it is of blood."""


def fluid_before(text: str, start: int) -> str:
    """What the value at `start` is of: a name of `_FLUIDS`, blood where none is told.

    A fluid is named in the same part of a list, or as a heading ("Urinalysis:") under which parts follow until blood is named.
    """
    before = _STOP.split(text[max(0, start - _BACK) : start])[-1]
    kind = "blood"
    named = [(match, name) for name, pattern in _FLUIDS for match in pattern.finditer(before)]
    for match, name in sorted(named, key=lambda one: one[0].start()):
        behind = before[match.end() :]
        if name == "urine strip" and _FOUND_NOTHING.match(behind):
            continue
        if match.group() == "生化" and kind in _WITH_CHEMISTRY:
            continue
        if (name == "urine" and ";" in match.group()) or (
            name not in ("blood", "urine") and ";" in behind and not _HEADING.match(behind)
        ):
            continue
        kind = name
    return kind


def fluid_of(text: str, name: str, start: int) -> str:
    """What the test whose name stands at `start` is of, by its own name or by what was spoken of before."""
    if name.startswith(_OF_BLOOD):
        return "blood"
    own = fluid_before(name, len(name))
    return fluid_before(text, start) if own == "blood" else own


_IN_ANY_FLUID = re.compile(
    r"protein|albumin|lactate|glucose|sugar|(?<![a-z])ldh(?![a-z])|lactate dehydrogenase|\bwcc?\b|\bwbc|white|leu[ck]o|neutroph|lymphoc|eosinoph|monocyt|\bcells?\b|calcium|sodium|potassium|chlorid|phosph|magnesium"
    r"|creatinine|urea\b|uric|urate|amylase|lipase|cholesterol|triglycerid|bilirubin|osmolal|copper|cortisol|\bada\b|\bph\b"
    r"|糖|蛋白|乳酸|白细胞|中性粒|淋巴|嗜酸|单核|细胞数|[钙钠钾氯磷镁铜]|肌酐|尿素|尿酸|淀粉酶|脂肪酶|胆固醇|甘油三酯|胆红素|渗透压|皮质醇|腺苷脱氨酶"
)
"""What is measured in other fluids besides the blood, as a haemoglobin is not."""
_RESULT_BETWEEN = re.compile(r"\b(?:normal|clear|negative|unremarkable)\b|正常|未见异常|无异常|阴性")
"""Behind the name of a fluid: then it has been told of, and what follows may be of the blood."""


_OF_IT = re.compile(rf":|示|检查|常规|生化|analysis|show|reveal|result|{_IN_ANY_FLUID.pattern}")
"""Behind the name of a fluid: then it is a test of it that is told, and the fluid no complaint, 腹水，白蛋白低."""
CALLED = {
    "csf": ("csf", "脑脊液"), "joint": ("synovial", "synovial fluid", "joint fluid", "关节液"), "pleural": ("pleural fluid", "胸水"),
    "ascites": ("ascitic fluid", "ascites", "腹水"), "urine": ("urine", "urinary", "尿"), "urine strip": ("urine", "尿"),
}  # fmt: skip
"""What stands before the name of a test that is of a fluid."""


def other_fluid(text: str, name: str, start: int) -> str | None:
    """The fluid named before a result that is told by words at `start`, where it is not the blood: 胸水LDH升高."""
    if _IN_ANY_FLUID.search(name) is None:
        return None
    fluid = fluid_of(text, name, start)
    if fluid in ("blood", *COMPLAINTS):
        return None
    before = _STOP.split(text[max(0, start - _BACK) : start])[-1]
    named = max((m.end() for m in dict(_FLUIDS)[fluid].finditer(before)), default=0)
    behind = before[named:]
    apart = "," in behind and _OF_IT.search(behind) is None
    return None if apart or _RESULT_BETWEEN.search(behind) else fluid


_BEHIND = re.compile(
    r" (?:was |is |were )?(?:in|of|on) (?:(?:the|his|her) )?(?:(?P<urine>urine)|(?P<csf>csf|cerebrospinal fluid|spinal fluid|lumbar puncture)|(?P<pleural>pleural (?:fluid|tap))|(?P<ascites>ascitic fluid|ascites|peritoneal fluid)|(?P<joint>synovial fluid|joint fluid))\b"
)


def fluid_behind(text: str, end: int) -> str | None:
    """The fluid named right behind a result: 'high calcium in the urine'."""
    told = _BEHIND.match(text, end)
    return told.lastgroup if told else None
