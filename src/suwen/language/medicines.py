"""Medicines and allergies as the patient names them; they are kept as said and never guessed."""

from __future__ import annotations

import re

from suwen.core.case import Question

_ALLERGY = (
    re.compile(r"对\s*([^,.;，。；\s]{1,14}?)\s*(?:有点|有|会|严重)?过敏"),
    re.compile(
        r"(?:^|[,.;，。；\s有])((?!对|没|无|不|药物|皮肤|眼睛|鼻子|是不是|有点|身上|脸上|可能|好像)[一-鿿]{2,5})过敏(?!性|原|体质|反应|源)"
    ),
    re.compile(r"allerg(?:y|ic|ies) to ([a-z0-9 ,/-]{3,60}?)(?=[.;\n]|$| and (?:has|have|is|takes)| but)"),
)
_NO_ALLERGY = re.compile(
    r"(?:没有|没|无|否认)\S{0,6}过敏|no (?:known )?(?:drug )?allerg|denies (?:any )?allerg|nkda"
)
_MEDICINE = (
    re.compile(r"(?:吃过?了?|服用?了?|用了?|打了?|喝了?|在吃|一直吃|口服)\s*(?:点|些|着|过|几[片粒天次]|[一二两三]?[片粒颗包袋支次])?\s*([一-鿿a-z]{0,12}?(?:片|胶囊|颗粒|口服液|冲剂|药|素|林|芬|酚|平|沙星|西林|霉素|普利|沙坦|他汀|洛尔|地平|唑|灵|丸|散|软膏|滴眼液|胰岛素|二甲双胍|华法林|可的松|松)(?:\s*[、和及与跟]\s*[一-鿿a-z]{2,12})*)"),
    re.compile(r"\b(?:takes?|taking|took|on|using|prescribed|treated with|medications? (?:include|are)|medicines?:|medications?:|meds:)\s+([a-z][a-z0-9 ,/-]{3,80}?)(?=[.;\n]|$| for | but | because | since | with(?:out)? | daily| twice| once| which| that| and (?:has|have|is|feels|i |he |she ))"),
)  # fmt: skip
_NOT_MEDICINE = re.compile(
    r"\b(?:the|his|her|my|a|an|examination|exam|exertion|day|days|inspection|palpation|auscultation|standing|movement|left|right|both|and off|waking|walking|care|shower|trip|long|deep|no|time|rest|breath|off|physical|initial|percussion|admission|arrival|room|review|several|monday|sunday|weekend|exercise|lying|bending|urination|swallowing|top|set|fire|it|drugs?|medications?|medicines?|further|dipstick|urinalysis|imaging|biopsy)\b"
)

_NOT_TAKEN = re.compile(
    r"(?:没有?|未|不|别|能不能|能|可以|停止?|要不要|是否)$|(?:not|never|don't|didn't|doesn't|should i|can i|may i)\s*$"
)
"""Before the verb: then nothing was taken, or it is only asked about."""


def allergies_in(raw: str, text: str) -> tuple[str, ...]:
    """What the patient is said to be allergic to; ('none',) is never returned: a denial is not an allergy."""
    if _NO_ALLERGY.search(text):
        return ()
    return _found(_ALLERGY, raw, text)


def medicines_in(raw: str, text: str, pending: Question | None) -> tuple[str, ...]:
    """Medicines named in a message; the whole reply when the question was about medicines."""
    if pending is not None and pending.id == "medicines":
        return () if re.match(r"\s*(?:没|无|不|no\b|none|nothing|nil)", text) else (raw.strip(),)
    return tuple(
        m for m in _found(_MEDICINE, raw, text, unless=_NOT_TAKEN) if not _NOT_MEDICINE.match(m.lower())
    )


def _found(
    patterns: tuple[re.Pattern[str], ...], raw: str, text: str, *, unless: re.Pattern[str] | None = None
) -> tuple[str, ...]:
    out = [
        raw[m.start(1) : m.end(1)].strip()
        for pattern in patterns
        for m in pattern.finditer(text)
        if unless is None or not unless.search(text[: m.start()])
    ]
    return tuple(dict.fromkeys(w for w in out if len(w) > 1))
