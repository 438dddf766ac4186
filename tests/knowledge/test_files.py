"""Where an editor finds what is written: each thing in the file of its topic or jurisdiction."""

from suwen.knowledge import DATA
from suwen.knowledge.files import files_of, load_yaml


def test_findings_and_their_words_stand_in_the_file_of_their_topic():
    topics = {}
    for file in files_of(DATA / "findings"):
        for finding in load_yaml(file.read_text("utf-8")):
            topics[finding["id"]] = finding["topic"]
            assert file.stem == finding["topic"], finding["id"]
    for file in files_of(DATA / "lexicon"):
        for finding in load_yaml(file.read_text("utf-8")):
            assert file.stem == topics[finding], finding


def test_sources_stand_in_the_file_of_their_jurisdiction_in_order():
    for file in files_of(DATA / "sources"):
        sources = load_yaml(file.read_text("utf-8"))
        assert list(sources) == sorted(sources)
        assert {source.get("jurisdiction", "INT") for source in sources.values()} == {file.stem}
