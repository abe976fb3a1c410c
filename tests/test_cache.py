import json
import os
import stat
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_pipeline import MEETING, SCRIPT

from bigvoice.cache import Cache
from bigvoice.diarization.diarizer import Diarization, Naming
from bigvoice.parts import Transcript
from bigvoice.pipeline import Parts, take_minutes
from bigvoice.progress import Progress
from bigvoice.settings import Settings
from bigvoice.span import Span
from bigvoice.stages import SPEECH, TURNS, WORDS
from bigvoice.turn import Turn
from bigvoice.word import Word
from tests.fakes import HIGH, LOW, LevelDetector, PitchEncoder, ScriptTranscriber, recording


class Counted:
    """Counts how often it is asked."""

    def __init__(self, result):
        self.result, self.calls = result, 0

    def __call__(self):
        self.calls += 1
        return self.result


def test_what_was_computed_is_kept(tmp_path):
    compute = Counted([Span(0.5, 1.25)])

    first = Cache(tmp_path, "1")(SPEECH, {"recording": "a"}, compute)
    second = Cache(tmp_path, "1")(SPEECH, {"recording": "a"}, compute)

    assert first == second == [Span(0.5, 1.25)]
    assert compute.calls == 1


@pytest.mark.parametrize(
    ("version", "key"), [("2", {"recording": "a"}), ("1", {"recording": "b"}), ("1", {"recording": "a", "more": 1})]
)
def test_another_version_or_key_is_computed(tmp_path, version, key):
    compute = Counted([])
    Cache(tmp_path, "1")(SPEECH, {"recording": "a"}, compute)

    Cache(tmp_path, version)(SPEECH, key, compute)

    assert compute.calls == 2


TIMES = st.floats(0, 1e5).map(lambda t: round(t, 3))
SPANS = st.tuples(TIMES, TIMES).map(lambda pair: Span(min(pair), max(pair)))
SURE = st.floats(0, 1)
TURNS_ = st.lists(st.builds(Turn, SPANS, st.text(), SURE)).map(tuple)
NAMES = st.dictionaries(st.text(), st.builds(Naming, st.text(), st.none() | st.text(), SURE, st.booleans()))
TEXT = st.text(st.characters(codec="utf-8"))
DIARIZATIONS = st.builds(Diarization, TURNS_, NAMES, st.lists(TEXT).map(tuple))
WORDS_ = st.lists(st.builds(Word, SPANS, TEXT, SURE)).map(tuple)


@given(
    st.lists(SPANS),
    DIARIZATIONS,
    st.builds(Transcript, WORDS_, st.none() | TEXT, TEXT, TEXT),
)
def test_every_stage_reads_what_it_wrote(spans, diarization, transcript):
    for stage, result in [(SPEECH, spans), (TURNS, diarization), (WORDS, transcript)]:
        assert stage.from_json(json.loads(json.dumps(stage.to_json(result)))) == result


@pytest.mark.parametrize("broken", ["", "{", "[[2, 1]]", '[["a", "b"]]', "null", '{"turns": 3}', "\x00"])
def test_a_broken_file_counts_as_absent_and_is_replaced(tmp_path, broken):
    cache = Cache(tmp_path, "1")
    cache(SPEECH, {}, Counted([Span(0, 1)]))
    [file] = tmp_path.iterdir()
    file.write_text(broken)
    again = Counted([Span(0, 1)])

    assert cache(SPEECH, {}, again) == [Span(0, 1)]

    assert again.calls == 1
    assert json.loads(file.read_text()) == [[0, 1]]


def test_only_the_owner_can_read_it(tmp_path):
    folder = tmp_path / "deep" / "cache"

    Cache(folder, "1")(SPEECH, {}, Counted([]))

    [file] = folder.iterdir()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_folder_that_cannot_be_written_costs_nothing_but_a_word(tmp_path):
    (tmp_path / "file").write_text("")
    reports: list[Progress] = []

    found = Cache(tmp_path / "file" / "cache", "1", reports.append)(SPEECH, {}, Counted([Span(0, 1)]))

    assert found == [Span(0, 1)]
    assert [report.note for report in reports] == [f"cannot be kept in {tmp_path}/file/cache: Not a directory"]


def test_a_hit_is_told(tmp_path):
    reports: list[Progress] = []
    cache = Cache(tmp_path, "1", reports.append)

    cache(SPEECH, {}, Counted([]))
    cache(SPEECH, {}, Counted([]))

    assert [(report.stage, report.note) for report in reports] == [("speech", "kept from an earlier run")]


def aged(folder, days: float) -> None:
    then = time.time() - days * 86_400
    for file in folder.iterdir():
        os.utime(file, (then, then))


def test_old_stages_are_removed_and_what_is_not_ours_stays(tmp_path):
    cache = Cache(tmp_path, "1")
    cache(SPEECH, {"recording": "old"}, Counted([]))
    (tmp_path / "board.json").write_text("{}")
    (tmp_path / "speech-notes.txt").write_text("mine")
    aged(tmp_path, 31)
    cache(SPEECH, {"recording": "new"}, Counted([]))

    cache.prune()

    left = {file.name for file in tmp_path.iterdir()}
    assert {"board.json", "speech-notes.txt"} < left
    assert len(left) == 3


def test_a_stage_that_was_used_lately_is_not_old(tmp_path):
    cache = Cache(tmp_path, "1")
    cache(SPEECH, {}, Counted([]))
    aged(tmp_path, 29)
    cache(SPEECH, {}, Counted([]))
    again = Counted([])

    cache.prune(days=1)
    cache(SPEECH, {}, again)

    assert again.calls == 0


def test_where_there_is_too_much_the_longest_unused_goes_first(tmp_path):
    cache = Cache(tmp_path, "1")
    cache(SPEECH, {"recording": "old"}, Counted([Span(0, 1)]))
    aged(tmp_path, 1)
    cache(SPEECH, {"recording": "new"}, Counted([Span(0, 1)]))
    size = next(tmp_path.iterdir()).stat().st_size
    old, new = Counted([]), Counted([])

    cache.prune(n_bytes=size)
    cache(SPEECH, {"recording": "new"}, new)
    cache(SPEECH, {"recording": "old"}, old)

    assert (new.calls, old.calls) == (0, 1)


def test_pruning_an_absent_folder_does_nothing(tmp_path):
    Cache(tmp_path / "absent", "1").prune()

    assert not (tmp_path / "absent").exists()


# --- with the pipeline: what is done again when something changes ---


def computed(cache: Cache, settings: Settings, people=(), sha256: str = "5" * 64, asr: str = "script") -> set[str]:
    """The stages that a run computes."""
    done: set[str] = set()

    def keep(stage, key, compute):
        return cache(stage, key, lambda: (done.add(stage.name), compute())[1])

    parts = Parts(LevelDetector(), PitchEncoder(), ScriptTranscriber(SCRIPT, asr))
    take_minutes(replace(recording(MEETING, 30), sha256=sha256), people, parts, settings, keep=keep)
    return done


ALL = {"speech", "turns", "words"}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, set()),
        ({"meeting": {"title": "Board", "place": "Room 4", "date": "2026-11-21"}}, set()),
        ({"document": {"mark_unsure": False, "language": "ko", "template": "transcript"}}, set()),
        ({"diarization": {"speakers": 2}}, {"turns"}),
        ({"diarization": {"false_names": 0.1}}, {"turns"}),
        ({"transcription": {"language": "ko"}}, {"words"}),
        ({"meeting": {"agenda": ["Budget"]}}, {"words"}),
        ({"meeting": {"attendees": ["Mina Park"]}}, {"turns", "words"}),
    ],
)
def test_changed_options_do_again_what_depends_on_them(tmp_path, change, expected):
    cache = Cache(tmp_path, "1")
    assert computed(cache, Settings()) == ALL

    assert computed(cache, Settings().updated(change)) == expected


def test_another_recording_recogniser_or_person_is_another_result(tmp_path):
    cache = Cache(tmp_path, "1")
    mina = PitchEncoder().person("Mina Park", HIGH)
    assert computed(cache, Settings(), [mina]) == ALL

    assert computed(cache, Settings(), [mina]) == set()
    assert computed(cache, Settings(), [mina], sha256="7" * 64) == ALL
    assert computed(cache, Settings(), [mina], asr="whisper:small") == {"words"}
    assert computed(cache, Settings(), [replace(mina, name="Mina Kim")]) == {"turns"}
    assert computed(cache, Settings(), [PitchEncoder().person("Mina Park", LOW)]) == {"turns"}
