import dataclasses
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from corrected_meetings import JOON, MINA, TALK, meeting
from hypothesis import given, settings
from hypothesis import strategies as st
from test_enrolment import EarForPitch, cloud, voice

from bigvoice.diarization.diarizer import diarize
from bigvoice.errors import EnrolmentError, MinutesError, RecordingError, VoiceBookError
from bigvoice.minutes.minutes import GIVEN, KNOWN, SUGGESTED, Maker, Minutes, Source, Speaker, Utterance
from bigvoice.minutes.store import save
from bigvoice.recording import RATE, Recording
from bigvoice.span import Span, intersect, total
from bigvoice.voices.book import VoiceBook
from bigvoice.voices.learning import learn
from bigvoice.voices.remembering import LeftOut, forget_again, proposal, remember
from bigvoice.voices.stretches import IN_ALL, LONGEST, SHORTEST, Stretch, spread, stretches, unlike
from tests.fakes import LevelDetector, write_wav

AGREED = date(2026, 11, 21)
EAR = EarForPitch()


@pytest.fixture
def book(tmp_path) -> Iterator[VoiceBook]:
    with VoiceBook.open(tmp_path / "team.voices") as opened:
        yield opened


def kept(book, recording, proposed, **more):
    return remember(book, recording, proposed, detector=LevelDetector(), encoder=EAR, **more)


def of(minutes, recording, speaker="s1", **more):
    return proposal(minutes, speaker, recording, encoder=EAR, **more)


def turns(*spoken: tuple[float, float, str], **more) -> Minutes:
    """Minutes of (start, end, speaker)."""
    people = sorted({speaker for *_, speaker in spoken})
    return Minutes(
        Source("board.wav", "5" * 64, 10_000.0),
        Maker("0.1.0"),
        speakers=tuple(Speaker(who, n, f"Person {who}", None, GIVEN, 1.0) for n, who in enumerate(people, start=1)),
        utterances=tuple(Utterance(Span(a, b), who, **more) for a, b, who in sorted(spoken)),
    )


# --- which stretches ---


def test_of_each_turn_the_part_counts_in_which_nobody_else_speaks_without_its_borders():
    minutes = turns((0, 6, "a"), (4, 9, "b"), (20, 23, "a"), (40, 42.4, "a"), (60, 80, "a"))

    found = [stretch.span for stretch in stretches(minutes, "a")]

    assert found == [Span(0.25, 3.6), Span(20.25, 22.75), Span(66, 74)]


def test_a_turn_that_is_hardly_its_speakers_counts_only_when_it_was_checked():
    assert stretches(turns((0, 6, "a"), confidence=0.5), "a") == []
    (checked,) = stretches(turns((0, 6, "a"), confidence=0.5, checked=True), "a")

    assert checked.checked


SPOKEN = st.lists(st.tuples(st.floats(0, 300), st.floats(0.1, 30), st.sampled_from("ab")), min_size=1, max_size=12).map(
    lambda rows: sorted({(round(a, 2), round(a + d, 2), who) for a, d, who in rows})
)


@settings(max_examples=60)
@given(SPOKEN)
def test_whatever_was_said_only_clean_speech_of_the_speaker_is_chosen(spoken):
    minutes = turns(*spoken)
    if "a" not in {who for *_, who in spoken}:
        return

    every = stretches(minutes, "a")
    chosen = [stretch.span for stretch in spread(every)]

    mine, theirs = ([Span(a, b) for a, b, who in spoken if who == speaker] for speaker in "ab")
    assert total(intersect(chosen, mine)) == pytest.approx(total(chosen))
    assert intersect(chosen, theirs) == []
    assert all(SHORTEST - 1e-6 <= span.duration <= LONGEST + 1e-6 for span in chosen)
    assert sum(span.duration for span in chosen) <= IN_ALL + 1e-6
    assert chosen == sorted(chosen)
    assert {stretch.span for stretch in every} >= set(chosen)


def test_what_is_chosen_is_spread_over_the_meeting():
    every = [Stretch(Span(60 * i, 60 * i + 5), False, 0.9) for i in range(60)]

    chosen = [stretch.span.start for stretch in spread(every)]

    assert len(chosen) == 9  # of 5 s in 45
    assert min(chosen) < 600
    assert max(chosen) >= 3000
    assert max(np.diff(chosen)) <= 900


def test_checked_turns_come_before_longer_ones_and_sure_before_doubtful_ones():
    near = [Stretch(Span(0, 8), False, 0.9), Stretch(Span(10, 13), True, 0.8), Stretch(Span(20, 23), False, 0.95)]

    assert [stretch.span.start for stretch in spread(near, 3)] == [10]
    assert [stretch.span.start for stretch in spread(near[::2], 7)] == [20]  # 8 s are more than there is room for


def test_the_strange_stretches_are_found_the_strangest_first():
    prints = [cloud(0, 6, seed=1), cloud(3, 6, seed=2), cloud(0, 6, seed=3), cloud(0, 6, seed=4)]

    assert unlike(prints, 0.5) == [1]
    assert unlike(prints[:1] + prints[2:], 0.5) == []
    assert sorted(unlike([prints[0], prints[1]], 0.5)) == [0, 1]  # nobody knows which is the right one
    assert unlike(prints[:1], 0.5) == unlike([], 0.5) == []


# --- what would be kept ---


def test_a_name_that_a_person_gave_is_proposed_with_its_role_and_what_would_be_kept():
    minutes, recording = meeting()

    found = of(minutes, recording)

    assert (found.name, found.role, found.why_not, found.left_out) == ("Mina Park", "chair", "", ())
    assert [end for span in found.spans for end in (span.start, span.end)] == pytest.approx([0.925, 8.925, 21, 29])
    assert found.seconds == pytest.approx(16)
    assert found.spans == proposal(minutes, "s1").spans  # the same unheard, where all of it is fit


@pytest.mark.parametrize("named_by", [KNOWN, SUGGESTED])
def test_a_name_that_the_machine_gave_is_kept_only_when_it_is_confirmed(book, named_by):
    minutes, recording = meeting(named_by=named_by)

    found = of(minutes, recording)

    assert found.why_not.startswith("Mina Park was only recognised by the machine: listen")
    with pytest.raises(EnrolmentError, match="only recognised"):
        kept(book, recording, found)
    assert of(minutes, recording, confirmed=True).why_not == ""


def test_a_speaker_without_a_name_is_never_kept_whoever_confirms_it():
    minutes, recording = meeting()

    assert of(minutes, recording, "s2", confirmed=True).why_not.startswith("Speaker 2 has no name yet")
    assert "참석자 2의 이름이 아직 없습니다" in of(minutes, recording, "s2", language="ko").why_not
    with pytest.raises(MinutesError, match="no speaker 's9'"):
        of(minutes, recording, "s9")


def test_too_little_speech_is_told_with_what_is_needed():
    minutes, recording = meeting(seconds=3.5)

    assert of(minutes, recording).why_not == ""
    assert "for 3 s only, 5 s are needed" in of(*meeting(TALK[:2], seconds=3.5)).why_not


def spoilt(recording: Recording, where: Span, change) -> Recording:
    samples = recording.samples.copy()
    here = slice(round(where.start * RATE), round(where.end * RATE))
    samples[here] = change(samples[here])
    return dataclasses.replace(recording, samples=samples)


def in_noise(samples):
    return samples + 0.1 * np.random.default_rng(1).standard_normal(len(samples)).astype(np.float32)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (in_noise, "noisy"),
        (lambda samples: np.clip(samples, -0.04, 0.04), "clipped"),
        (lambda samples: voice(JOON, 10, seed=7)[: len(samples)], "unlike"),
    ],
)
def test_a_stretch_that_spoils_the_voice_is_left_out_and_told(change, why):
    minutes, recording = meeting([(MINA, "s1"), (JOON, "s2")] * 3)

    found = of(minutes, spoilt(recording, Span(20, 30), change))

    assert [round(each.span.start) for each in found.left_out] == [21]
    assert {each.why for each in found.left_out} == {why}
    assert [round(span.start) for span in found.spans] == [1, 41]
    assert found.why_not == ""


def test_turns_of_several_voices_are_nobodys():
    minutes, recording = meeting([(MINA, "s1"), (JOON, "s1"), (330.0, "s1")])

    found = of(minutes, recording)

    assert found.why_not.startswith("what stands under Mina Park does not sound like one voice (0:00:0")
    assert found.spans == ()
    assert all(isinstance(each, LeftOut) and each.why == "unlike" for each in found.left_out)


def test_a_noisy_meeting_says_that_it_is_noisy():
    minutes, recording = meeting()

    assert "noisy or clipped (0:00:00 0:00:21)" in of(minutes, spoilt(recording, recording.span, in_noise)).why_not


def test_another_recording_is_refused_with_both_named():
    minutes, recording = meeting()
    other = dataclasses.replace(recording, sha256="ab" * 32, path=Path("other.wav"))

    with pytest.raises(RecordingError, match=r"other\.wav is not .* begins abababababab, theirs 000000000000"):
        of(minutes, other)


# --- keeping ---


def test_a_new_person_is_known_from_then_on_with_role_and_consent(book):
    minutes, recording = meeting()

    done = kept(book, recording, of(minutes, recording), consent=AGREED)

    assert (done.name, done.is_new, done.source, done.warnings) == (
        "Mina Park",
        True,
        "board.wav 0:00:00 0:00:21",
        (),
    )
    mina = book.show("Mina Park")
    assert (mina.role, mina.consent) == ("chair", AGREED)
    (clip,) = mina.clips
    assert (clip.source, clip.sha256, clip.meeting) == (done.source, done.clip, recording.sha256)
    assert clip.duration == pytest.approx(16)
    assert 10 < done.seconds == clip.speech_seconds < 16


def test_next_week_she_is_named(book):
    minutes, recording = meeting()
    _, next_week = meeting([(JOON, "s1"), (MINA * 1.01, "s2")], seed=300)

    def names():
        found = diarize(next_week.samples, [next_week.span], encoder=EAR, people=book.people(EAR))
        return {naming.name for naming in found.names.values() if naming.sure}

    assert names() == set()
    kept(book, recording, of(minutes, recording))
    assert names() == {"Mina Park"}


def test_somebody_who_is_known_gets_a_clip_more_and_keeps_the_role(book):
    book.enroll("mina park", _wav(book, voice(MINA, seed=1)), role="member", detector=LevelDetector(), encoder=EAR)
    minutes, recording = meeting()

    done = kept(book, recording, of(minutes, recording), source="the board")

    mina = book.show("Mina Park")
    assert (done.is_new, mina.role, [clip.source for clip in mina.clips]) == (False, "member", ["a.wav", "the board"])
    assert [clip.meeting for clip in mina.clips] == ["", recording.sha256]


def _wav(book, samples):
    return write_wav(book.path.parent / "a.wav", samples)


def test_the_same_again_and_the_same_meeting_again_are_refused(book):
    minutes, recording = meeting()
    first = kept(book, recording, of(minutes, recording))
    less = dataclasses.replace(of(minutes, recording), spans=(Span(1, 8),))

    with pytest.raises(EnrolmentError, match=r"was remembered from this meeting already .* --clip " + first.clip[:12]):
        kept(book, recording, less)
    with pytest.raises(EnrolmentError, match="already, as Mina Park: leave it out"):
        kept(book, recording, of(minutes, recording), force=True)
    kept(book, recording, less, force=True)

    assert len(book.show("Mina Park").clips) == 2


def test_a_voice_that_is_somebody_elses_is_refused_in_the_words_of_enrolment(book):
    for name, pitch in (("Mina Park", MINA), ("Joon", JOON)):
        book.enroll(name, _wav(book, voice(pitch, seed=round(pitch))), detector=LevelDetector(), encoder=EAR)
    minutes, recording = meeting([(JOON, "s1"), (MINA, "s2"), (JOON, "s1")])
    before = book.path.read_bytes()

    with pytest.raises(EnrolmentError, match="sounds like Joon, not like the other clips of Mina Park, nothing was"):
        kept(book, recording, of(minutes, recording))
    assert book.path.read_bytes() == before


def test_two_voices_in_what_was_chosen_unheard_are_refused(book):
    minutes, recording = meeting([(MINA, "s1"), (JOON, "s1")] * 2)

    with pytest.raises(EnrolmentError, match=r"two people seem to speak in board\.wav 0:00:01 0:00:11 0:00:21 \.\.\."):
        kept(book, recording, proposal(minutes, "s1"))


# --- taking it back ---


def traces(recording, spans):
    pcm = [(recording.cut(span) * 32_767).round().astype("<i2").tobytes() for span in spans]
    return [piece[i : i + 64] for piece in pcm for i in range(8000, len(piece) - 64, 16_000)]


def test_undo_takes_a_new_person_out_again_and_nothing_is_left_in_the_file(book):
    minutes, recording = meeting()
    proposed = of(minutes, recording)
    done = kept(book, recording, proposed)
    before = book.path.read_bytes()
    assert all(trace in before for trace in traces(recording, proposed.spans))

    assert forget_again(book, done.clip) == "Mina Park"

    assert book.list() == ()
    after = book.path.read_bytes()
    assert not any(trace in after for trace in [*traces(recording, proposed.spans), b"Mina", b"board.wav"])


def test_undo_leaves_what_was_there_before(book):
    book.enroll("Mina Park", _wav(book, voice(MINA, seed=1)), detector=LevelDetector(), encoder=EAR)
    minutes, recording = meeting()
    done = kept(book, recording, of(minutes, recording))

    forget_again(book, done.clip)

    assert [clip.source for clip in book.show("Mina Park").clips] == ["a.wav"]
    assert not any(trace in book.path.read_bytes() for trace in traces(recording, of(minutes, recording).spans))
    for clip in (done.clip, book.show("Mina Park").clips[0].sha256):  # gone; enrolled, not remembered
        with pytest.raises(VoiceBookError, match=r"no clip .* that was remembered from a meeting"):
            forget_again(book, clip)


# --- from files ---


@pytest.fixture
def files(tmp_path):
    """A minutes file beside its recording."""
    from bigvoice import load

    _, made = meeting()
    recording = load(write_wav(tmp_path / "board.wav", made.samples))
    minutes = dataclasses.replace(meeting()[0], source=Source("board.wav", recording.sha256, recording.duration))
    save(minutes, tmp_path / "board.json")
    return tmp_path


def learnt(files, who, **more):
    return learn(files / "board.json", who, files / "new.voices", detector=LevelDetector(), encoder=EAR, **more)


def test_a_voice_is_learnt_from_a_minutes_file_and_the_recording_beside_it(files):
    done = learnt(files, "mina park")

    assert done.remembered is not None
    assert done.remembered.source == "board.wav 0:00:00 0:00:21"
    with VoiceBook.open(files / "new.voices", create=False) as book:
        assert [person.name for person in book.list()] == ["Mina Park"]


def test_a_dry_run_keeps_nothing(files):
    done = learnt(files, "s1", dry_run=True)

    assert done.remembered is None
    assert done.proposal is not None
    assert done.proposal.seconds == pytest.approx(16)
    assert not (files / "new.voices").exists()


def test_a_recording_that_was_moved_is_named_and_one_that_changed_refused(files):
    (files / "board.wav").rename(files / "elsewhere.wav")
    with pytest.raises(
        RecordingError, match=r"board\.wav, the recording of .*board\.json, is not there: .*--recording"
    ):
        learnt(files, "Mina Park")

    assert learnt(files, "Mina Park", recording=files / "elsewhere.wav", dry_run=True).proposal is not None

    write_wav(files / "board.wav", voice(MINA, 40, seed=9))
    with pytest.raises(RecordingError, match=r"board\.wav is not the recording of these minutes"):
        learnt(files, "Mina Park")


def test_the_way_to_confirm_a_recognised_name_is_told(files):
    minutes = meeting(named_by=SUGGESTED)[0]
    known = dataclasses.replace(learnt_source(files), speakers=minutes.speakers)
    save(known, files / "board.json", force=True)

    with pytest.raises(EnrolmentError, match=r"--rename 's1=Mina Park'`, or --confirmed\)"):
        learnt(files, "Mina Park?")
    assert learnt(files, "Mina Park?", confirmed=True).remembered is not None


def learnt_source(files) -> Minutes:
    from bigvoice.minutes.store import read

    return read(files / "board.json")
