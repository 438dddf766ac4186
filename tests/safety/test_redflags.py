"""Every red flag, through the real ear: what must raise it does, its near misses do not, everyday complaints raise none."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from suwen.core.case import Case
from suwen.knowledge import DATA, load
from suwen.language.understand import Ear
from suwen.safety.redflags import Watch

RULES: list[dict[str, Any]] = [
    rule
    for path in sorted(Path(DATA, "redflags").glob("*.yaml"))
    for rule in yaml.load(
        path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    )
]
IDS = [rule["id"] for rule in RULES]
SUICIDE = ("self_harm_crisis", "suicidal_thoughts_flag")
ORDINARY = (
    "孩子5岁，感冒发烧38.5度，流鼻涕，精神好",
    "下班后头胀痛，两边紧紧的",
    "腰痛两天，弯腰搬东西后疼，休息好转",
    "搬重物后胸口肌肉疼，按着疼",
    "肚子胀，吃多了",
    "拉肚子三次，没发烧",
    "痔疮，大便手纸上有血",
    "嗓子疼，咽东西有点疼，低烧",
    "尿频尿急尿痛一天",
    "怀孕12周，有点恶心",
    "高血压复查，血压138/85",
    "孩子3岁，咳嗽三天，晚上加重，精神好",
    "没有胸痛，没有呼吸困难，只是咳嗽",
    "以前晕倒过，现在没事",
    "I have a cold with a runny nose and cough",
    "low back pain after lifting a box, no leg symptoms",
    "diarrhoea twice today, no blood",
    "tension headache, both sides, like a band",
    "chest hurts when I press on it after push ups",
    "10 weeks pregnant with morning sickness",
    "my baby is teething and drooling",
    "no chest pain, no shortness of breath, just a cough",
)


@cache
def _parts() -> tuple[Ear, Watch]:
    knowledge = load()
    return Ear(knowledge), Watch(knowledge)


def raised(text: str) -> set[str]:
    ear, watch = _parts()
    case = Case()
    heard = ear.understand(text, case)
    return {alarm.id for alarm in watch.alarms(case.add(heard), heard.flags)}


@pytest.mark.parametrize(("rule", "text"), [(r["id"], t) for r in RULES for t in r["cases"]["fires"]])
def test_fires(rule: str, text: str) -> None:
    assert rule in raised(text)


@pytest.mark.parametrize(("rule", "text"), [(r["id"], t) for r in RULES for t in r["cases"]["not"]])
def test_near_miss_does_not_fire(rule: str, text: str) -> None:
    assert rule not in raised(text)


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_complaint_raises_nothing(text: str) -> None:
    assert raised(text) == set()


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_rule_is_complete(rule: dict[str, Any]) -> None:
    assert len(rule["cases"]["fires"]) >= 2
    assert len(rule["cases"]["not"]) >= 2
    for texts in rule["cases"].values():
        assert any(_is_chinese(t) for t in texts), "no Chinese case"
        assert any(not _is_chinese(t) for t in texts), "no English case"
    assert rule["source"] != "estimate"
    assert "120" in rule["say"]["zh"]
    assert "120" in rule["say"]["en"] or rule["triage"] == "urgent"
    assert 2 <= len(rule["do"]) <= 4


@pytest.mark.parametrize("rule", SUICIDE)
def test_suicide_rules_give_a_line_to_call(rule: str) -> None:
    record = next(r for r in RULES if r["id"] == rule)
    assert "12356" in {h["number"] for h in record["hotlines"]}
    assert "12356" in record["say"]["zh"]


def test_there_are_enough_rules_and_no_id_twice() -> None:
    assert len(RULES) >= 85
    assert len(IDS) == len(set(IDS))


def _is_chinese(text: str) -> bool:
    return any("\u4e00" <= c <= "\u9fff" for c in text)
