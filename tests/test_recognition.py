"""Recognisers under conditions: noise as loud as it should be, texts given back, counts as jiwer counts them."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import jiwer
import numpy as np
import pytest
from fakes import HIGH, LOW, MIDDLE, ForgetfulTranscriber, sound, write_wav
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import stats
from scripted_whisper import Script, write

from bigvoice.corpora.manifest import Entry
from bigvoice.errors import CorpusError, RecordingError, SettingsError
from bigvoice.evaluation import recognising
from bigvoice.evaluation import recognition_report as report
from bigvoice.evaluation.alignment import DELETION, INSERTION, SUBSTITUTION, align, side_by_side
from bigvoice.evaluation.bootstrap import interval
from bigvoice.evaluation.conditions import Condition, chosen, conditions
from bigvoice.evaluation.recognising import PAUSE, evaluate, joined, texts_of
from bigvoice.evaluation.recognition import Heard, Measure, Recognition, Run, Skipped, TextErrors, language_of, measures
from bigvoice.evaluation.surroundings import Surroundings
from bigvoice.evaluation.words import EditCounts, edits
from bigvoice.progress import Progress
from bigvoice.recording import RATE, Samples
from bigvoice.span import Span
from bigvoice.transcription.whisper import WhisperTranscriber
from bigvoice.word import Word

QUIET, NEAR, FAR = conditions()
WER, CER = measures("en")
SPEECH = sound([(0.2, 1.4, LOW), (1.5, 1.9, HIGH)], 2.0, level=0.1)

texts = st.lists(st.sampled_from(["a", "b", "see", "회의", "록"]), max_size=8)


def db(loud: Samples, soft: Samples) -> float:
    """How far one lies above the other, by power."""
    return float(10 * np.log10(np.sum(loud.astype(float) ** 2) / np.sum(soft.astype(float) ** 2)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Noise of three kinds, longer and shorter than the speech, and a room with an echo."""
    rng = np.random.default_rng(7)
    (tmp_path / "noise").mkdir()
    (tmp_path / "rooms").mkdir()
    write_wav(tmp_path / "noise" / "fan.wav", (0.1 * rng.standard_normal(5 * RATE)).astype(np.float32))
    write_wav(tmp_path / "noise" / "clock.wav", sound([(0.0, 0.3, MIDDLE)], 0.5))
    bark = np.pad(sound([(0.0, 0.2, HIGH)], 0.2), (3 * RATE, 4 * RATE))
    write_wav(tmp_path / "noise" / "dog.wav", bark)
    response = np.zeros(RATE // 2, np.float32)
    response[[100, 4000]] = 0.8, 0.7
    write_wav(tmp_path / "rooms" / "hall.wav", response)
    return tmp_path


@pytest.fixture
def around(folder: Path) -> Surroundings:
    return Surroundings.of(folder / "noise", folder / "rooms")


# --- conditions ---


@pytest.mark.parametrize("real", [False, True])
@pytest.mark.parametrize("snr", [20.0, 15.0, 5.0, 0.0])
def test_noise_from_near_has_the_ratio_it_says(real: bool, snr: float, around: Surroundings) -> None:
    around = around if real else Surroundings()

    for name in ("a.wav", "b.wav", "c.wav", "d.wav"):
        heard = around.heard(SPEECH, Condition("near", snr), name)

        assert db(SPEECH, heard - SPEECH) == pytest.approx(snr, abs=0.01)


@pytest.mark.parametrize("real", [False, True])
def test_noise_from_far_has_its_ratio_to_the_speech_as_the_room_lets_it_be_heard(
    real: bool, around: Surroundings
) -> None:
    around = around if real else Surroundings()
    in_the_room = around.heard(SPEECH, Condition("far", None, in_room=True), "a.wav")

    heard = around.heard(SPEECH, FAR, "a.wav")

    assert db(in_the_room, heard - in_the_room) == pytest.approx(5.0, abs=0.01)
    assert db(in_the_room, SPEECH) == pytest.approx(0.0, abs=0.01)
    assert not np.allclose(in_the_room, SPEECH, atol=0.01)


def test_the_room_of_a_folder_is_the_one_that_is_heard(around: Surroundings) -> None:
    click = sound([], 1.0)
    click[1000] = 0.5

    heard = around.heard(click, Condition("far", None, in_room=True), "a.wav")

    assert sorted(np.argsort(np.abs(heard))[-2:].tolist()) == [1000, 1000 + 3900]  # the echo, and direct sound in place


def test_from_near_and_far_it_is_the_same_noise(around: Surroundings) -> None:
    in_the_room = around.heard(SPEECH, Condition("far", None, in_room=True), "a.wav")

    near = around.heard(SPEECH, NEAR, "a.wav") - SPEECH
    far = around.heard(SPEECH, FAR, "a.wav") - in_the_room

    assert np.corrcoef(near, far)[0, 1] == pytest.approx(1.0, abs=1e-4)


def test_quiet_is_the_recording_as_it_is(around: Surroundings) -> None:
    assert np.array_equal(around.heard(SPEECH, QUIET, "a.wav"), SPEECH)


def test_loud_speech_is_turned_down_with_its_noise(around: Surroundings) -> None:
    heard = around.heard(SPEECH, FAR, "a.wav")
    loud = around.heard(SPEECH * np.float32(10), FAR, "a.wav")

    assert np.abs(loud).max() == pytest.approx(1.0)
    assert np.allclose(loud / np.abs(loud).max(), heard / np.abs(heard).max(), atol=1e-5)


def test_silence_stays_silence(around: Surroundings) -> None:
    for condition in (QUIET, NEAR, FAR):
        assert not around.heard(np.zeros(RATE, np.float32), condition, "a.wav").any()


def test_seconds_of_nothing_after_a_bark_are_not_taken_for_noise(folder: Path) -> None:
    around = Surroundings([folder / "noise" / "dog.wav"])
    short = SPEECH[: RATE // 2]

    for name in "abcdefgh":
        heard = around.heard(short, NEAR, name)

        assert db(short, heard - short) == pytest.approx(15.0, abs=0.01)


@settings(max_examples=8)
@given(name=st.text(max_size=8), seed=st.integers(0, 9), condition=st.sampled_from([QUIET, NEAR, FAR]))
def test_chance_hangs_on_name_and_seed_alone(name: str, seed: int, condition: Condition) -> None:
    speech, around = SPEECH[: RATE // 2], Surroundings(seed=seed)
    around.heard(speech, FAR, "another")  # nothing is left over from what was heard before

    again = Surroundings(seed=seed).heard(speech, condition, name)

    assert np.array_equal(around.heard(speech, condition, name), again)
    if condition != QUIET:
        assert not np.allclose(again, around.heard(speech, condition, name + "2"))
        assert not np.allclose(again, Surroundings(seed=seed + 1).heard(speech, condition, name))


def test_noise_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    write_wav(tmp_path / "mute.wav", np.zeros(RATE, np.float32))
    (tmp_path / "empty").mkdir()

    with pytest.raises(RecordingError, match=r"mute.wav is silent: take it out"):
        Surroundings.of(tmp_path, None).heard(SPEECH, NEAR, "a.wav")
    with pytest.raises(SettingsError, match=r"--rooms: \S+empty holds no sound"):
        Surroundings.of(None, tmp_path / "empty")


def test_conditions_are_chosen_by_name_and_ratio() -> None:
    assert chosen() == (QUIET, NEAR, FAR)
    assert chosen("far, quiet,far", "10,-5") == (Condition("far", -5.0, in_room=True), QUIET)


@pytest.mark.parametrize(
    ("names", "snr", "said"),
    [
        ("quiet,loud", "15,5", "--conditions: no condition called 'loud'; there are quiet, near, far"),
        (",", "15,5", "--conditions: no condition is named; there are quiet, near, far"),
        ("quiet", "15", "--snr is two numbers"),
        ("quiet", "15,soft", "--snr is two numbers"),
        ("quiet", "nan,5", "--snr is two numbers"),
        ("quiet", "15,inf", "--snr is two numbers"),
    ],
)
def test_conditions_that_are_none_are_told(names: str, snr: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        chosen(names, snr)


# --- alignment ---


@given(texts, texts)
@example([], [])
def test_an_alignment_has_both_texts_and_the_edits_that_are_counted(said: list[str], written: list[str]) -> None:
    pairs = align(said, written)

    assert [pair.said for pair in pairs if pair.said is not None] == said
    assert [pair.heard for pair in pairs if pair.heard is not None] == written
    kinds = [pair.edit for pair in pairs]
    assert EditCounts(*map(kinds.count, (SUBSTITUTION, DELETION, INSERTION)), len(said)) == edits(said, written)


def test_what_is_too_long_for_a_line_goes_on_below() -> None:
    lines = side_by_side(align(["one", "two", "three", "four"], ["one", "too", "three", "four", "five"]), columns=20)

    assert lines == [
        "said     one two",
        "written  one too",
        "             S",
        "said     three four",
        "written  three four",
        "",
        "said     ****",
        "written  five",
        "         I",
    ]


def test_hangul_takes_two_columns() -> None:
    assert side_by_side(align("회의록", "회록을")) == [
        "said     회 의 록 **",
        "written  회 ** 록 을",
        "            D     I",
    ]


def test_nothing_beside_nothing_is_nothing() -> None:
    assert side_by_side(align("", "")) == []


# --- intervals ---


def test_an_interval_of_two_speakers_by_hand() -> None:
    # the rate of a draw is 0, a half or 1, a quarter, a half and a quarter of the time
    found = interval([EditCounts(0, 0, 0, 10), EditCounts(10, 0, 0, 10)])

    assert (found.low, found.high) == (0.0, 1.0)


def test_speakers_who_are_alike_leave_no_doubt() -> None:
    found = interval([EditCounts(1, 0, 0, 4)] * 5)

    assert (found.low, found.high) == (0.25, 0.25)


def test_an_interval_is_as_scipy_has_it() -> None:
    rng = np.random.default_rng(3)
    totals = rng.integers(50, 200, 20)
    wrong = rng.binomial(totals, rng.beta(2, 6, 20))

    ours = interval([EditCounts(int(n), 0, 0, int(total)) for n, total in zip(wrong, totals, strict=True)])

    theirs = stats.bootstrap(
        (wrong, totals),
        lambda n, total, axis: n.sum(axis=axis) / total.sum(axis=axis),
        paired=True,
        method="percentile",
        rng=1,
    ).confidence_interval
    assert (ours.low, ours.high) == pytest.approx(tuple(theirs), abs=0.006)


def test_one_speaker_alone_tells_nothing_of_others() -> None:
    found = interval([EditCounts(1, 0, 0, 4), EditCounts()])

    assert math.isnan(found.low) and math.isnan(found.high)


# --- counts ---


def run_of(*said: tuple[str, str], speakers: Sequence[str] = (), name: str = "fake") -> Run:
    speakers = speakers or [""] * len(said)
    heard = tuple(
        Heard(Entry(Path(f"{i}.wav"), reference, 2.0, speaker), text, TextErrors.between(reference, text))
        for i, ((reference, text), speaker) in enumerate(zip(said, speakers, strict=True))
    )
    return Run(name, QUIET, heard, waited=1.0)


@settings(max_examples=30)
@given(st.lists(st.tuples(texts.filter(bool), texts), min_size=1, max_size=5))
def test_rates_are_as_jiwer_has_them(said: list[tuple[list[str], list[str]]]) -> None:
    run = run_of(*((" ".join(reference), " ".join(written)) for reference, written in said))
    sides = [[" ".join(side) for side in sides] for sides in zip(*said, strict=True)]

    assert run.errors.words.rate == pytest.approx(jiwer.wer(*sides))
    assert run.errors.characters.rate == pytest.approx(jiwer.cer(*sides))
    unspaced = [[text.replace(" ", "") for text in side] for side in sides]
    assert run.errors.unspaced.rate == pytest.approx(jiwer.cer(*unspaced))


def test_korean_is_scored_without_spaces_first() -> None:
    found = run_of(("할 수 있다", "할수 있다"))

    assert [measure.name for measure in measures("ko-KR")] == ["CER", "CER with spaces", "WER"]
    assert [measure.of(found.errors).edits for measure in measures("ko")] == [0, 1, 2]
    assert [measure.of(found.errors).total for measure in measures("ko")] == [4, 6, 3]
    assert found.right(measures("ko")[0]) == 1.0


def test_the_language_shows_in_the_texts() -> None:
    assert language_of(["회의를 시작합니다.", "OK"]) == "ko"
    assert language_of(["the 회의 is over"]) is None
    assert language_of([]) is None


def test_worst_first_and_none_that_is_right() -> None:
    run = run_of(("a b c d", "a b c d"), ("a b", "b"), ("a b c d", "x y z d"), ("a", "x y"))

    assert [heard.text for heard in run.worst(9, WER)] == ["x y", "x y z d", "b"]
    assert [heard.text for heard in run.worst(1, WER)] == ["x y"]
    assert (run.right(WER), run.speed) == (0.25, 8.0)


def test_each_speaker_has_counts_of_his_own() -> None:
    run = run_of(("a b", "a b"), ("a b", "a"), ("a b", "x"), speakers=["mina", "joon", "joon"])

    assert run.by_speaker(WER) == {"joon": EditCounts(1, 2, 0, 4), "mina": EditCounts(0, 0, 0, 2)}
    assert (run.interval(WER).low, run.interval(WER).high) == (0.0, 0.75)


def test_without_speakers_the_interval_is_drawn_by_recording() -> None:
    known, unknown = (run_of(("a b", "a b"), ("a b", "x"), ("a b", "x"), speakers=names) for names in ("mmj", "   "))
    one = run_of(("a b", "a b"), ("a b", "x"), ("a b", "x"), speakers="mmm")

    assert known.interval(WER).low == 0.5
    assert unknown.interval(WER).low == one.interval(WER).low == 0.0


# --- tapes ---


@given(st.lists(st.lists(st.floats(0, 1), max_size=4).map(sorted), min_size=1, max_size=5))
def test_every_word_goes_back_to_its_recording(told: list[list[float]]) -> None:
    _, spans = joined([np.zeros((1 + i) * RATE // 2, np.float32) for i in range(len(told))])
    words = [
        Word(Span(at, at + 0.2), f" {i}-{n}")
        for i, (span, places) in enumerate(zip(spans, told, strict=True))
        for n, place in enumerate(places)
        for at in [span.start + place * (span.duration - 0.2)]
    ]

    given_back = texts_of(words[::-1], spans)

    assert [sorted(text.split()) for text in given_back] == [
        [f"{i}-{n}" for n in range(len(places))] for i, places in enumerate(told)
    ]


def test_between_recordings_is_faint_noise_and_no_digital_silence() -> None:
    recording, (first, second) = joined([SPEECH, SPEECH])

    pause = recording.cut(Span(first.end, second.start))

    assert second.start - first.end == pytest.approx(PAUSE)
    assert np.array_equal(recording.cut(first), SPEECH) and np.array_equal(recording.cut(second), SPEECH)
    assert -75 < 20 * np.log10(np.std(pause)) < -65
    assert np.count_nonzero(pause) > 0.99 * len(pause)


# --- the whole way ---

SAID = {10: "one two three", 12: "four five six seven", 15: "eight nine"}
SCRIPT = SAID | {12: "four fife six seven"}


@pytest.fixture
def entries(tmp_path: Path) -> list[Entry]:
    """Three recordings of two speakers, silent at the beginning."""
    made = []
    for (tenths, text), speaker in zip(SAID.items(), ("mina", "joon", "mina"), strict=True):
        path = write_wav(tmp_path / f"{tenths}.wav", sound([(0.2, tenths / 10 - 0.1, LOW)], tenths / 10, level=0.1))
        made.append(Entry(path, text, tenths / 10, speaker))
    return made


def test_a_recogniser_that_fails_in_known_ways_is_found_to_do_so(entries: list[Entry]) -> None:
    part = ForgetfulTranscriber(SCRIPT)

    found = evaluate(entries, [part], language="en")

    assert [run.condition for run in found.runs] == [QUIET, NEAR, FAR]
    assert [run.errors.words for run in found.runs] == [
        EditCounts(1, 0, 0, 9),  # "fife"
        EditCounts(1, 3, 0, 9),  # and of each recording the last word
        EditCounts(1, 6, 0, 9),  # and the last but one
    ]
    assert [heard.text for heard in found.runs[1].heard] == ["one two", "four fife six", "eight"]
    assert [run.right(WER) for run in found.runs] == [pytest.approx(2 / 3), 0.0, 0.0]
    assert found.runs[0].seconds == pytest.approx(3.7)
    assert found.runs[0].waited > 0
    assert set(part.languages) == {"en"}


def test_every_recogniser_hears_the_same(entries: list[Entry], around: Surroundings) -> None:
    parts = [ForgetfulTranscriber(SCRIPT, name) for name in ("one", "two")]

    evaluate(entries, parts, [NEAR, FAR], around)

    for ours, theirs in zip(parts[0].heard, parts[1].heard, strict=True):
        assert np.array_equal(ours, theirs)


def test_it_hears_the_same_in_another_list_and_on_several_tapes(
    entries: list[Entry], around: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, single = ForgetfulTranscriber(SCRIPT), ForgetfulTranscriber(SCRIPT)
    together = evaluate(entries, [whole], [FAR], around)

    monkeypatch.setattr(recognising, "TAPE", 2.0)  # two of them, then the third
    apart = evaluate(entries[::-1], [single], [FAR], around)

    assert len(single.languages) == 1 + 2 < 1 + len(entries)
    for ours, theirs in zip(whole.heard[1:], single.heard[:0:-1], strict=True):  # but the first, a second of hiss
        assert np.array_equal(ours, theirs)
    assert {heard.text for heard in together.runs[0].heard} == {heard.text for heard in apart.runs[0].heard}


def test_whisper_hears_each_recording_by_itself(tmp_path: Path) -> None:
    spoken = Script([(0.5, " Good"), (1.0, " morning."), (2.0, " Let"), (2.4, " us"), (3.0, " start.")])
    part = WhisperTranscriber(str(write(tmp_path / "spoken", spoken)))
    hiss = np.random.default_rng(0).normal(0, 0.1, 5 * RATE).astype(np.float32)
    paths = [write_wav(tmp_path / f"{i}.wav", hiss[: RATE * (10 - i) // 2]) for i in range(3)]

    found = evaluate([Entry(path, "good morning let us start", 0.0) for path in paths], [part], [QUIET])

    assert [heard.text for heard in found.runs[0].heard] == ["Good morning. Let us start."] * 3
    assert [heard.entry.seconds for heard in found.runs[0].heard] == [5.0, 4.5, 4.0]
    assert found.runs[0].right(WER) == 1.0


def test_models_are_loaded_before_the_clock_runs(entries: list[Entry], monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr(recognising.time, "perf_counter", lambda: clock[0])

    class Slow(ForgetfulTranscriber):
        def __call__(self, *given):  # type: ignore[no-untyped-def]
            clock[0] += 1.0 if self.heard else 100.0
            return super().__call__(*given)

    found = evaluate(entries, [Slow(SCRIPT)], [QUIET, NEAR])

    assert [run.waited for run in found.runs] == [1.0, 1.0]
    assert found.runs[0].speed == pytest.approx(3.7)


def test_what_cannot_be_used_is_left_out_and_listed(entries: list[Entry], tmp_path: Path) -> None:
    (tmp_path / "broken.wav").write_bytes(b"RIFF nothing")
    bad = [
        Entry(tmp_path / "broken.wav", "one", 1.0, "mina"),
        Entry(tmp_path / "gone.wav", "one", 1.0, "mina"),
        replace(entries[0], text=" ... "),
    ]
    told: list[Progress] = []

    found = evaluate([bad[0], *entries, *bad[1:]], [ForgetfulTranscriber(SCRIPT)], [QUIET, FAR], hook=told.append)

    assert [each.path for each in found.skipped] == [each.path for each in bad]
    assert "broken.wav" in found.skipped[0].why
    assert "gone.wav: no such file" in found.skipped[1].why
    assert found.skipped[2].why.endswith("10.wav: no text to compare with")
    assert [len(run.heard) for run in found.runs] == [3, 3]
    fractions = [each.fraction for each in told]
    assert fractions == sorted(fractions) and fractions[-1] == 1.0
    assert report.notes(found)[-4:] == ["left out: 3 of 6 recordings", *(each.why for each in found.skipped)]


def test_of_many_that_are_left_out_some_are_named() -> None:
    skipped = tuple(Skipped(Path(f"{i}.wav"), f"{i}.wav: no such file") for i in range(23))

    said = report.notes(Recognition("en", (run_of(("a", "a")),), skipped=skipped))

    assert said[3:5] == ["left out: 23 of 24 recordings", "0.wav: no such file"]
    assert said[-2:] == ["19.wav: no such file", "and 3 more: --json lists them all"]


def test_korean_texts_are_told_and_scored_as_korean(entries: list[Entry]) -> None:
    part = ForgetfulTranscriber({10: "회의 를 시작", 12: "합니다", 15: "네"})
    korean = [replace(entry, text=text) for entry, text in zip(entries, ("회의를 시작", "합니까", "네"), strict=True)]

    found = evaluate(korean, [part], [QUIET])

    assert found.language == "ko" and set(part.languages) == {"ko"}
    assert [measure.of(found.runs[0].errors).edits for measure in found.measures] == [1, 2, 3]


def test_what_leaves_nothing_to_measure_is_an_error(entries: list[Entry], tmp_path: Path) -> None:
    part = ForgetfulTranscriber(SCRIPT)

    with pytest.raises(CorpusError, match=r"none of 1 recordings can be used: \S+gone.wav: no such file"):
        evaluate([Entry(tmp_path / "gone.wav", "one", 1.0)], [part])
    with pytest.raises(CorpusError, match="none of 0 recordings can be used"):
        evaluate([], [part])
    with pytest.raises(SettingsError, match="two recognisers are called forgetful"):
        evaluate(entries, [part, ForgetfulTranscriber({})])
    with pytest.raises(SettingsError, match="no recogniser is named"):
        evaluate(entries, [])


# --- the report ---


@pytest.fixture
def found(entries: list[Entry]) -> Recognition:
    parts = [ForgetfulTranscriber(SCRIPT, "good"), ForgetfulTranscriber({10: "=one"}, "deaf")]
    return evaluate(entries, parts, [QUIET, FAR])


def test_a_row_a_recogniser_and_a_column_a_condition(found: Recognition) -> None:
    by_condition, kinds, good, deaf = report.tables(found)

    assert by_condition.headings[:5] == ("Recogniser", "quiet WER %", "quiet CER %", "far WER %", "far CER %")
    assert [row[:2] + row[3:4] for row in by_condition.rows] == [("good", "11.1", "77.8"), ("deaf", "88.9", "100.0")]
    assert [row[:6] + row[8:9] for row in kinds.rows] == [
        ("good, quiet", "9", "1", "0", "0", "11.1", "66.7"),
        ("good, far", "9", "1", "6", "0", "77.8", "0.0"),
        ("deaf, quiet", "9", "0", "8", "0", "88.9", "0.0"),
        ("deaf, far", "9", "0", "9", "0", "100.0", "0.0"),
    ]
    assert kinds.headings[6:9] == ("95 % interval", "CER %", "Wholly right %")
    assert good.rows == (("mina", "5", "0.0", "80.0"), ("joon", "4", "25.0", "75.0"))
    assert deaf.title == "deaf by speaker (2)"


def test_without_speakers_there_is_no_table_of_them(found: Recognition) -> None:
    nameless = tuple(
        replace(run, heard=tuple(replace(each, entry=replace(each.entry, speaker="")) for each in run.heard))
        for run in found.runs
    )

    assert len(report.tables(replace(found, runs=nameless))) == 2
    assert "3 recordings" in report.notes(replace(found, runs=nameless))[1]


def test_the_hardest_of_many_speakers() -> None:
    said = [("a b c d", "a b c d"), *[("a b c d", "a b")] * 24]
    many = Recognition("en", (run_of(*said, speakers=[f"s{i:02}" for i in range(25)]),))

    table = report.tables(many)[2]

    assert table.title == "fake by speaker (the 20 hardest of 25)"
    assert len(table.rows) == 20 and "s00" not in [row[0] for row in table.rows]


def test_the_worst_are_laid_side_by_side(found: Recognition) -> None:
    assert report.worst(found, 1)[:5] == [
        "good, quiet: 12.wav (joon), WER 25.0 % (1 of 4)",
        "  said     four five six seven",
        "  written  four fife six seven",
        "                S",
        "",
    ]
    assert report.worst(found, 0) == []


def test_json_has_all_of_it(found: Recognition) -> None:
    told = json.loads(json.dumps(report.to_json(found, 2), allow_nan=False))

    good = told["runs"][0]
    assert (good["recogniser"], good["condition"]["name"], told["measure"]["name"]) == ("good", "quiet", "WER")
    assert good["words"]["rate"] == pytest.approx(1 / 9)
    assert good["speakers"]["joon"]["edits"] == 1
    assert good["interval"] == {"covers": 0.95, "low": 0.0, "high": 0.25}
    assert [len(run["worst"]) for run in told["runs"]] == [1, 2, 2, 2]
    assert good["worst"][0]["aligned"][1] == {"said": "five", "heard": "fife", "edit": "S"}


def test_the_csv_has_a_row_for_all_that_was_heard_and_no_formula(found: Recognition) -> None:
    rows = list(csv.DictReader(io.StringIO(report.as_csv(found).lstrip("\ufeff"))))

    assert [(row["recogniser"], row["condition"]) for row in rows[::3]] == [
        ("good", "quiet"), ("good", "far"), ("deaf", "quiet"), ("deaf", "far"),
    ]  # fmt: skip
    assert (rows[1]["reference"], rows[1]["hypothesis"]) == ("four five six seven", "four fife six seven")
    assert (rows[1]["words_substitutions"], rows[1]["words_total"], rows[1]["seconds"]) == ("1", "4", "1.2")
    assert rows[6]["hypothesis"] == "'=one"


def test_markdown_for_a_document(found: Recognition) -> None:
    text = report.markdown(found, 1)

    assert text.startswith(
        "Recogniser by condition, 3 recordings (case and punctuation do not count)\n\n| Recogniser |"
    )
    assert "| deaf, far | 9 | 0 | 9 | 0 | 100.0 |" in text
    assert "- quiet: as recorded; far: across a room, noise 5 dB below the speech (noise: made, pink;" in text
    assert "```text\ngood, quiet: 12.wav (joon)" in text


def test_a_measure_is_parted_as_it_is_counted() -> None:
    for measure in (*measures("en"), *measures("ko")):
        assert isinstance(measure, Measure)
        counted = measure.of(TextErrors.between("할 수 Yes, yes!", "할수 yes"))
        assert counted == edits(measure.parted("할 수 Yes, yes!"), measure.parted("할수 yes"))
