"""The hash chain: what it refuses to hold, and that every kind of tampering is named."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suwen.core.errors import InputError
from suwen.core.events import Draft, Event, Head, canonical, chain, first_broken, genesis

AT = "2026-11-22T02:38:00.000000Z"

quick = settings(max_examples=50, deadline=None, derandomize=True)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
bodies = st.dictionaries(st.text(), json_values, max_size=4)
drafts = st.lists(st.builds(Draft, st.text(), bodies), min_size=1, max_size=6)


def log(count: int, encounter_id: str = "e1") -> tuple[Event, ...]:
    return chain(genesis(encounter_id), [Draft("heard", {"n": n}) for n in range(count)], AT)


def test_canonical_json_sorts_keys_and_keeps_letters_as_they_came() -> None:
    assert canonical({"b": 1, "a": ["疼", None, 1.5, True]}) == '{"a":["疼",null,1.5,true],"b":1}'.encode()
    assert canonical({"x": "e\u0301"}) != canonical({"x": "\u00e9"})


@pytest.mark.parametrize(
    "value",
    [
        float("nan"), {"p": float("inf")}, {1: "a"}, {"a": [{2: "b"}]}, "\ud83c", {"\udfff": 1}, b"bytes",
        {1, 2}, object(),
    ],
)  # fmt: skip
def test_what_json_cannot_hold_is_refused(value: object) -> None:
    with pytest.raises(InputError):
        canonical(value)


def test_a_body_without_end_is_refused() -> None:
    endless: list[object] = []
    endless.append(endless)
    with pytest.raises(InputError):
        canonical(endless)


def test_a_refusal_does_not_repeat_the_patients_words() -> None:
    with pytest.raises(InputError) as caught:
        canonical({"text": "my secret \ud83c"})
    assert "secret" not in str(caught.value)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    "at",
    ["", "2026-11-22", "2026-11-22T02:38:00Z", "2026-11-22T02:38:00.000000",
     "2026-11-22T02:38:00.000000+08:00", AT + "\n", "２026-11-22T02:38:00.000000Z"],
)  # fmt: skip
def test_a_time_that_is_not_utc_with_microseconds_is_refused(at: str) -> None:
    with pytest.raises(InputError):
        chain(genesis("e1"), [Draft("heard", {})], at)


def test_the_hash_can_be_recomputed_by_anyone_from_the_documented_form() -> None:
    first, second = chain(genesis("e1"), [Draft("heard", {"text": "头痛"}), Draft("asked", {})], AT)
    assert first.prev == sha256(b"e1").hexdigest()
    assert second.prev == first.hash
    form = {"at": AT, "body": {"text": "头痛"}, "kind": "heard", "prev": first.prev, "seq": 1}
    text = json.dumps(form, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert first.hash == sha256(text.encode()).hexdigest()


def test_an_event_does_not_change_when_its_draft_does() -> None:
    body: dict[str, Any] = {"list": [1], "pair": (1, 2)}
    (event,) = chain(genesis("e1"), [Draft("heard", body)], AT)
    body["list"].append(2)
    assert event.body == {"list": [1], "pair": [1, 2]}


@quick
@given(st.text(), drafts, drafts)
def test_a_log_is_whole_however_it_was_cut_into_appends(
    encounter_id: str, one: list[Draft], two: list[Draft]
) -> None:
    first = chain(genesis(encounter_id), one, AT)
    both = first + chain(first[-1].head, two, AT)
    assert both == chain(genesis(encounter_id), one + two, AT)
    assert [event.seq for event in both] == list(range(1, len(both) + 1))
    assert first_broken(encounter_id, both, head=both[-1].head) is None


@quick
@given(drafts)
def test_a_log_reads_back_equal_from_its_json(items: list[Draft]) -> None:
    for event in chain(genesis("e1"), items, AT):
        assert json.loads(canonical(event.body)) == event.body


@quick
@given(st.integers(1, 8), st.data())
def test_an_altered_field_is_named(count: int, data: st.DataObject) -> None:
    events = list(log(count))
    seq = data.draw(st.integers(1, count))
    event = events[seq - 1]
    change: dict[str, Any] = data.draw(
        st.sampled_from(
            [{"kind": "asked"}, {"at": "2026-11-22T02:38:00.000001Z"}, {"body": {}},
             {"body": {"n": float("nan")}}, {"hash": "0" * 64}, {"prev": "0" * 64},
             {"seq": seq + 1}, {"seq": 0}]
        )
    )  # fmt: skip
    events[seq - 1] = replace(event, **change)
    assert first_broken("e1", events, head=log(count)[-1].head) == seq


@quick
@given(st.integers(1, 8), st.data())
def test_an_altered_event_with_a_fitting_hash_is_named_itself(count: int, data: st.DataObject) -> None:
    events = list(log(count))
    head = events[-1].head
    seq = data.draw(st.integers(1, count))
    before = Head(seq - 1, events[seq - 1].prev)
    (events[seq - 1],) = chain(before, [Draft("heard", {"forged": True})], AT)
    assert first_broken("e1", events, head=head) == seq


@quick
@given(st.integers(1, 8), st.data())
def test_a_missing_event_is_named(count: int, data: st.DataObject) -> None:
    events = list(log(count))
    head = events[-1].head
    seq = data.draw(st.integers(1, count))
    del events[seq - 1]
    assert first_broken("e1", events, head=head) == seq


@quick
@given(st.lists(st.integers(1, 8), min_size=2, max_size=2, unique=True))
def test_two_exchanged_events_are_named_by_the_first_place(places: list[int]) -> None:
    events = list(log(8))
    one, other = places
    events[one - 1], events[other - 1] = events[other - 1], events[one - 1]
    assert first_broken("e1", events) == min(places)


def test_a_log_moved_to_another_encounter_is_broken_from_the_start() -> None:
    assert first_broken("e2", log(3)) == 1


def test_a_missing_tail_is_named_only_by_its_head() -> None:
    events = log(5)
    assert first_broken("e1", events[:3]) is None
    assert first_broken("e1", events[:3], head=events[-1].head) == 4
    assert first_broken("e1", (), head=events[-1].head) == 1


def test_events_behind_the_head_are_named() -> None:
    events = log(5)
    assert first_broken("e1", events, head=events[2].head) == 4
    assert first_broken("e1", events, head=genesis("e1")) == 1


def test_an_empty_log_is_whole() -> None:
    assert first_broken("e1", (), head=genesis("e1")) is None


def test_events_behind_an_altered_one_do_not_hide_it() -> None:
    events = list(log(6))
    (events[1],) = chain(events[0].head, [Draft("heard", {"forged": True})], AT)
    events[4] = replace(events[4], body={})
    assert first_broken("e1", events) == 2
