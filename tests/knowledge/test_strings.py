"""Known strings are found where they stand, and a file of them that is damaged is made anew."""

from pathlib import Path

import pytest

from suwen.knowledge.strings import Lookup, Strings, kept

TABLE = {
    "头": [("site", "head")],
    "头痛": [("finding", "headache")],
    "头痛史": [("finding", "headache_history"), ("cue", "past")],
    "mi": [("condition", "infarction")],
    "": [("finding", "none")],
}


def test_every_string_is_found_wherever_it_stands_shorter_ones_first() -> None:
    found = [(start, end, len(meaning)) for meaning, start, end in Lookup.of(TABLE).find("头痛史，头")]
    assert found == [(0, 1, 1), (0, 2, 1), (0, 3, 2), (4, 5, 1)]


def test_a_string_means_all_that_it_was_given_and_an_unknown_one_nothing() -> None:
    lookup = Lookup.of(TABLE)
    assert lookup.means("头痛史") == (("cue", "past"), ("finding", "headache_history"))
    assert lookup.targets("头痛史") == ["past", "headache_history"]
    assert lookup.means("头痛史了") == ()
    assert "头痛" in lookup
    assert "头疼" not in lookup


def test_names_are_read_whole_the_longest_and_never_within_a_word() -> None:
    strings = Strings.of({"iron": 1, "mi": 2, "头痛": 3, "头痛史": 4, "痛史": 5})
    assert [n for n, _, _ in strings.whole("environment: mi, 头痛史 mild iron头痛")] == [2, 4, 1, 3]


def test_nothing_is_known_of_no_strings() -> None:
    empty = Lookup.of({})
    assert list(empty.find("头痛")) == []
    assert empty.means("") == ()
    assert empty.strings.starting() == []


@pytest.mark.parametrize(
    "damage", [lambda whole: whole[:200], lambda whole: whole[:-40] + b"\0" * 40, lambda _: b""]
)
def test_a_damaged_file_is_made_anew(tmp_path: Path, damage) -> None:  # type: ignore[no-untyped-def]
    place = tmp_path / "table-1.npz"
    made: list[int] = []

    def make() -> dict[str, Lookup]:
        made.append(1)
        return {"one": Lookup.of(TABLE), "other": Lookup.of({"x": [("a", "b")]})}

    assert kept(place, "one", make).means("头痛") == (("finding", "headache"),)
    assert kept(place, "other", make).targets("x") == ["b"]
    assert len(made) == 1
    place.write_bytes(damage(place.read_bytes()))
    assert kept(place, "one", make).means("头痛") == (("finding", "headache"),)
    assert len(made) == 2
    assert kept(place, "one", make).means("头") == (("site", "head"),)
    assert len(made) == 2


def test_a_cache_that_cannot_be_written_costs_time_alone(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    place = tmp_path / "file" / "table-1.npz"
    assert kept(place, "one", lambda: {"one": Lookup.of(TABLE)}).targets("头") == ["head"]
