import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from bigvoice.errors import EnrolmentError, RecordingError
from bigvoice.parts import Embeddings
from bigvoice.progress import Hook
from bigvoice.recording import RATE, Samples
from bigvoice.span import Span
from bigvoice.voices.background import Background
from bigvoice.voices.book import VoiceBook
from bigvoice.voices.checking import Checked, check
from bigvoice.voices.clip import Clip, to_pcm
from bigvoice.voices.enrolment import twinned
from bigvoice.voices.likeness import likeness
from bigvoice.voices.quality import alikeness, clipped_share, envelope, snr_db
from bigvoice.voices.telling import ONE_GROUP, split
from tests.fakes import HIGH, LOW, LevelDetector, sound, write_wav

AGREED = date(2026, 3, 2)


class EarForPitch:
    """An encoder that hears how high a voice is: its pitch on a bank of bells, a third of an octave wide."""

    name = "bells-1"
    dim = 24

    def __init__(self) -> None:
        strangers = [self.heard(pitch) for pitch in np.geomspace(70, 850, 60) if abs(np.log2(pitch / 220)) % 1 > 0.25]
        calibration = np.array([0.0, 8.0, 0.0, 0.0, 0.0, 0.0])
        self.background = Background(np.array(strangers, np.float32), calibration, alike=0.5)

    def heard(self, pitch: float) -> NDArray[np.float64]:
        bells = np.linspace(np.log2(60), np.log2(900), self.dim)
        row = np.exp(-(((bells - np.log2(pitch)) * 3) ** 2) / 2)
        return row / np.linalg.norm(row)

    def __call__(self, samples: Samples, spans: Sequence[Span], hook: Hook) -> Embeddings:
        rows = np.zeros((len(spans), self.dim), np.float32)
        for row, span in zip(rows, spans, strict=True):
            piece = samples[round(span.start * RATE) : round(span.end * RATE)]
            row[:] = self.heard(max(np.abs(np.fft.rfft(piece, 4 * RATE))[1:].argmax() / 4, 1))
        return rows


def voice(pitch: float, seconds: float = 12.0, *, seed: int = 0) -> Samples:
    """Syllables of a tone that wanders by a semitone or so, soft and loud, with pauses between phrases."""
    rng = np.random.default_rng(seed)
    syllables, clock = [], 0.3
    while clock < seconds - 0.3:
        length = rng.uniform(0.1, 0.3)
        syllables.append((clock, clock + length, pitch * 2 ** (rng.normal(0, 0.08))))
        clock += length + (rng.uniform(0.3, 0.6) if rng.random() < 0.1 else 0.0)
    tones = sound(syllables, seconds)
    corners = np.arange(0, len(tones), 2000)
    loudness = np.interp(np.arange(len(tones)), corners, rng.uniform(0.2, 1, len(corners)))
    hiss = 0.0005 * rng.standard_normal(len(tones))
    return (tones * loudness + hiss).astype(np.float32)


@pytest.fixture
def book(tmp_path) -> Iterator[VoiceBook]:
    with VoiceBook.open(tmp_path / "team.voices") as opened:
        yield opened


@pytest.fixture
def clip_of(tmp_path):
    """Writes a wav of samples: clip_of("mina.wav", samples)."""
    return lambda name, samples: write_wav(tmp_path / name, samples)


def enrol(book: VoiceBook, name: str, *clips: Path, **more):
    return book.enroll(name, *clips, detector=LevelDetector(), encoder=EarForPitch(), **more)


# --- enrolling ---


def test_a_good_clip_is_kept_without_a_word_of_warning(book, clip_of):
    done = enrol(book, "Mina", clip_of("mina.wav", voice(220)), role="chair", consent=AGREED)

    assert (done.name, done.is_new, done.warnings) == ("Mina", True, ())
    ((source, seconds),) = done.clips
    assert source == "mina.wav"
    assert seconds > 9
    (mina,) = book.people(EarForPitch(), lambda _: pytest.fail("the prints of enrolment were not kept"))
    assert (mina.name, mina.role) == ("Mina", "chair")
    assert len(mina.prints) > 5


def test_more_clips_of_somebody_are_added(book, clip_of):
    enrol(book, "Mina", clip_of("a.wav", voice(220, seed=1)), consent=AGREED)

    done = enrol(book, "mina", clip_of("b.wav", voice(220, seed=2)))

    assert (done.name, done.is_new, done.warnings) == ("Mina", False, ())
    assert len(book.show("Mina").clips) == 2


def test_missing_consent_is_a_warning(book, clip_of):
    done = enrol(book, "Mina", clip_of("mina.wav", voice(220)))

    assert done.warnings == ("no consent of Mina on record: add it with --consent DATE",)
    assert enrol(book, "Mina", consent=AGREED).warnings == ()
    assert book.show("Mina").consent == AGREED


@pytest.mark.parametrize(
    ("samples", "what"),
    [
        (np.zeros(5 * RATE, np.float32), "there is no speech in bad.wav"),
        (sound([(1, 1.6, LOW)], 5), "there is only 0.6 s of speech in bad.wav"),
        (np.resize(voice(220), 601 * RATE), "bad.wav is longer than 10 minutes"),
    ],
)
def test_an_unfit_clip_is_refused_and_the_good_one_beside_it_too(book, clip_of, samples, what):
    with pytest.raises(EnrolmentError, match=what):
        enrol(book, "Mina", clip_of("good.wav", voice(220)), clip_of("bad.wav", samples), force=True)

    assert book.list() == ()


def test_a_file_that_is_no_recording_changes_nothing(book, tmp_path):
    (tmp_path / "text.mp3").write_text("no sound " * 100)

    with pytest.raises(RecordingError, match=r"text\.mp3"):
        enrol(book, "Mina", tmp_path / "text.mp3")

    assert book.list() == ()


def test_a_clip_that_is_known_is_refused_with_the_name_it_is_known_by(book, clip_of):
    samples = voice(220)
    enrol(book, "Mina", clip_of("mina.wav", samples))

    for name in ("Mina", "Joon"):
        with pytest.raises(EnrolmentError, match=r"copy\.wav is in .* already, as Mina"):
            enrol(book, name, clip_of("copy.wav", samples))

    assert [person.name for person in book.list()] == ["Mina"]


def test_two_people_in_a_clip_are_refused_unless_forced(book, clip_of):
    both = clip_of("both.wav", np.concatenate([voice(LOW), voice(HIGH)]))

    with pytest.raises(EnrolmentError, match=r"two people seem to speak in both\.wav, .*--force"):
        enrol(book, "Mina", both)
    assert book.list() == ()

    assert "two people seem to speak in both.wav" in enrol(book, "Mina", both, force=True).warnings


def test_two_people_who_take_turns_are_noticed_as_well(book, clip_of):
    turns = [voice(pitch, 5, seed=i) for i, pitch in enumerate([LOW, HIGH] * 3)]

    with pytest.raises(EnrolmentError, match="two people"):
        enrol(book, "Mina", clip_of("talk.wav", np.concatenate(turns)))


def test_two_people_who_cannot_be_told_apart_are_told(book, clip_of):
    enrol(book, "Mina", clip_of("mina.wav", voice(220, seed=1)), consent=AGREED)
    enrol(book, "Joon", clip_of("joon.wav", voice(110, seed=2)), consent=AGREED)

    done = enrol(book, "Xu", clip_of("xu.wav", voice(222, seed=3)), consent=AGREED)

    (warning,) = done.warnings
    assert warning.startswith("Xu and Mina cannot be told apart by their voices")
    assert "suggest them and do not name them: enrol more or longer clips" in warning


def test_somebodys_own_voice_is_no_likeness(book, clip_of):
    enrol(book, "Mina", clip_of("a.wav", voice(220, seed=1)), consent=AGREED)
    enrol(book, "Joon", clip_of("joon.wav", voice(110, seed=2)), consent=AGREED)

    assert enrol(book, "Mina", clip_of("b.wav", voice(220, 3, seed=3))).warnings == (
        "b.wav has 1.9 s of speech: 10 s or more make naming surer",
    )


def test_poor_sound_is_told(book, clip_of):
    rng = np.random.default_rng(1)
    clear = voice(220)
    noisy = clear + 0.05 * rng.standard_normal(len(clear)).astype(np.float32)
    clipped = np.clip(clear, -0.05, 0.05)

    done = book.enroll(
        "Mina",
        clip_of("noisy.wav", noisy.astype(np.float32)),
        clip_of("clipped.wav", clipped),
        detector=lambda _, hook: LevelDetector()(clear, hook),
        encoder=EarForPitch(),
        consent=AGREED,
    )

    assert [line.partition(",")[0].partition(" (")[0] for line in done.warnings] == [
        "noisy.wav is noisy",
        "clipped.wav is clipped",
    ]


# --- a voice cannot be poisoned ---


@pytest.fixture
def team(book, clip_of):
    enrol(book, "Mina", clip_of("mina.wav", voice(220, seed=1)), consent=AGREED)
    enrol(book, "Joon", clip_of("joon.wav", voice(110, seed=2)), consent=AGREED)


def test_a_clip_of_somebody_else_enrolled_is_refused_with_the_name_unless_forced(book, team, clip_of):
    wrong, before = clip_of("later.wav", voice(111, seed=3)), book.path.read_bytes()

    with pytest.raises(
        EnrolmentError, match=r"later\.wav sounds like Joon, not like the other clips of Mina, .*--force"
    ):
        enrol(book, "mina", wrong)
    assert book.path.read_bytes() == before

    assert (
        "later.wav sounds like Joon, not like the other clips of Mina"
        in enrol(book, "mina", wrong, force=True).warnings
    )
    assert len(book.show("Mina").clips) == 2


def test_a_clip_of_a_stranger_is_refused(book, team, clip_of):
    with pytest.raises(EnrolmentError, match=r"later\.wav sounds unlike the other clips of Mina"):
        enrol(book, "Mina", clip_of("later.wav", voice(310, seed=3)))


def test_clips_enrolled_together_are_compared_with_each_other(book, clip_of):
    with pytest.raises(EnrolmentError, match=r"sounds unlike the other clips of Mina, nothing was enrolled"):
        enrol(book, "Mina", clip_of("a.wav", voice(220, seed=1)), clip_of("b.wav", voice(HIGH, seed=2)))

    assert book.list() == ()


def test_a_clip_that_is_hardly_the_persons_is_taken_with_a_warning(book, team, clip_of):
    done = enrol(book, "Mina", clip_of("hoarse.wav", voice(243, seed=3)), consent=AGREED)

    (warning,) = done.warnings
    assert re.fullmatch(r"hoarse\.wav may not be Mina \(probability [5-9]\d%\): listen to it", warning)


def test_a_clip_from_a_later_meeting_makes_the_voice_surer(book, team, clip_of):
    encoder = EarForPitch()
    heard = book.people(encoder)
    later = EarForPitch()(voice(226, seed=7), [Span(i, i + 1.5) for i in range(8)], lambda _: None)

    before = likeness(later, named(heard, "Mina"), [named(heard, "Joon")], encoder.background).own
    enrol(book, "Mina", clip_of("later.wav", voice(228, seed=6)))
    after = likeness(later, named(book.people(encoder), "Mina"), [named(heard, "Joon")], encoder.background).own

    assert after > before > 0.5


def named(people, name):
    return next(person for person in people if person.name == name)


@pytest.mark.parametrize("name", ["Mina?", " Mina ?", "Mina??"])
def test_a_suggested_name_never_enrols(book, clip_of, name):
    with pytest.raises(EnrolmentError, match=r"is a suggestion, not a name: .* enrol Mina or another"):
        enrol(book, name, clip_of("mina.wav", voice(220)), force=True)

    assert book.list() == ()


# --- quality ---


@pytest.mark.parametrize("snr", [0.0, 5.0, 10.0, 20.0, 40.0])
def test_the_signal_to_noise_ratio_that_was_mixed_is_found_again(snr):
    rng = np.random.default_rng(3)
    speech = [Span(1, 3), Span(5, 8)]
    signal = np.zeros(10 * RATE)
    for span in speech:
        signal[round(span.start * RATE) : round(span.end * RATE)] = 0.1 * rng.standard_normal(
            round(span.duration * RATE)
        )
    noise = 0.1 * 10 ** (-snr / 20) * rng.standard_normal(len(signal))

    found = snr_db((signal + noise).astype(np.float32), speech)

    assert found == pytest.approx(snr, abs=0.5)


def test_without_noise_or_without_speech_the_ratio_stays_finite():
    tone = sound([(0, 2, LOW)], 4)

    assert snr_db(tone, [Span(0, 2)]) == 60.0
    assert snr_db(tone, []) == 0.0
    assert snr_db(np.zeros(RATE, np.float32), [Span(0, 1)]) == 0.0
    assert snr_db(np.zeros(0, np.float32), []) == 0.0


def test_clipping_is_seen_at_any_level():
    clear = voice(220)
    cut = np.clip(clear, -0.1, 0.1)

    assert clipped_share(clear) < 1e-3 < clipped_share(cut) == clipped_share(cut * np.float32(0.25))
    assert clipped_share(np.zeros(RATE, np.float32)) == 0.0


def test_a_copy_is_like_its_original_at_another_level_cut_and_in_noise():
    rng = np.random.default_rng(4)
    original = voice(220, seed=5)
    copy = 0.3 * original[RATE // 3 : -2 * RATE] + 0.0002 * rng.standard_normal(len(original) - RATE // 3 - 2 * RATE)

    assert alikeness(envelope(original), envelope(original)) == pytest.approx(1)
    assert alikeness(envelope(original), envelope(copy.astype(np.float32))) > 0.95
    assert alikeness(envelope(original), envelope(voice(220, seed=6))) < 0.8


@given(
    hnp.arrays(np.float64, st.integers(2, 12), elements=st.floats(-60, 0)),
    hnp.arrays(np.float64, st.integers(12, 20), elements=st.floats(-60, 0)),
)
def test_alikeness_is_the_best_correlation_of_all_places(short, long):
    n = len(short)
    spread = [(long[i : i + n], short) for i in range(len(long) - n + 1)]
    if any(np.ptp(a) < 1e-2 for pair in spread for a in pair):
        return  # a level line correlates with nothing

    assert alikeness(long, short) == pytest.approx(max(np.corrcoef(a, b)[0, 1] for a, b in spread), abs=1e-6)


# --- telling voices apart ---


def cloud(centre: int, n: int, *, spread: float = 0.15, seed: int = 0) -> Embeddings:
    """Unit rows around an axis of an 8-dimensional space."""
    rows = np.eye(8)[centre] + spread * np.random.default_rng(seed).standard_normal((n, 8))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def every_second(n: int) -> list[Span]:
    return [Span(i, i + 1) for i in range(n)]


def test_two_clouds_one_after_the_other_are_two_voices():
    found = split(every_second(30), np.vstack([cloud(0, 20), cloud(1, 10)]))

    assert found.gap == pytest.approx(0.84, abs=0.05)
    assert found.minority == pytest.approx(1 / 3)
    mean = 2 * 10 * 20 / 30  # one change of voice, against so many by chance
    assert found.order == pytest.approx((mean - 1) / np.sqrt(mean * (mean - 1) / 29))


def test_one_cloud_is_one_voice():
    found = [split(every_second(30), cloud(0, 30, seed=seed)) for seed in range(20)]

    assert max(each.gap for each in found) < 0.1
    assert np.mean([each.order for each in found]) == pytest.approx(0, abs=0.7)


def test_two_clouds_shuffled_have_no_order():
    order = np.random.default_rng(1).permutation(60)

    found = split(every_second(60), np.vstack([cloud(0, 30), cloud(1, 30)])[order])

    assert found.gap > 0.8
    assert abs(found.order) < 2


def test_too_few_windows_and_all_alike_are_one_group():
    assert split(every_second(5), np.vstack([cloud(0, 3), cloud(1, 2)])) == ONE_GROUP
    assert split(every_second(9), np.tile(cloud(0, 1), (9, 1))) == ONE_GROUP


# --- the check ---


def add(book: VoiceBook, name: str, *clips: tuple[str, Samples]) -> None:
    book.add(
        name,
        [
            Clip(source, to_pcm(samples), tuple(LevelDetector()(samples, lambda _: None)), AGREED)
            for source, samples in clips
        ],
    )


def row(rows: Sequence[Checked], name: str) -> Checked:
    return next(each for each in rows if each.name == name)


def test_voices_far_apart_are_told_right(book):
    add(book, "Mina", ("m1", voice(220, seed=1)), ("m2", voice(220, seed=2)))
    add(book, "Joon", ("j1", voice(110, seed=3)))

    rows = check(book, EarForPitch())

    assert [(each.name, each.clips, each.right, each.total) for each in rows] == [("Joon", 1, 2, 2), ("Mina", 2, 2, 2)]
    assert [each.nearest for each in rows] == ["Mina", "Joon"]
    assert all(each.similarity < 0.2 and each.warnings == () for each in rows)
    assert row(rows, "Mina").speech_seconds == pytest.approx(book.show("Mina").speech_seconds)


def test_a_clip_of_somebody_else_is_found(book):
    add(book, "Mina", ("m1", voice(220, seed=1)), ("m2", voice(220, seed=2)), ("really-joon", voice(110, seed=3)))
    add(book, "Joon", ("j1", voice(110, seed=4)), ("j2", voice(110, seed=5)))

    mina = row(check(book, EarForPitch()), "Mina")

    assert (mina.right, mina.total) == (2, 3)
    assert "really-joon sounds more like Joon" in mina.warnings


def test_one_voice_under_two_names_cannot_be_told(book):
    add(book, "Mina", ("m1", voice(220, seed=1)))
    add(book, "Mina's sister", ("s1", voice(220, seed=2)))

    rows = check(book, EarForPitch())

    assert twinned("Mina", "Mina's sister") in row(rows, "Mina").warnings
    assert not any("told apart" in line for line in row(rows, "Mina's sister").warnings)  # said once a pair
    assert row(rows, "Mina").similarity > 0.95


def test_a_copy_of_a_clip_is_found_under_any_name(book):
    original = voice(220, seed=1)
    add(book, "Mina", ("m1", original), ("again", 0.5 * original[4000:]))
    add(book, "Joon", ("j1", voice(110, seed=2)), ("borrowed", 0.8 * original[: 8 * RATE]))

    rows = check(book, EarForPitch())

    assert "again is the same recording as m1: forget one with --clip" in row(rows, "Mina").warnings
    assert "borrowed is the same recording as m1 of Mina: forget one with --clip" in row(rows, "Joon").warnings


def test_a_single_short_clip_is_told_to_be_short(book):
    add(book, "Mina", ("m1", voice(220, 3)))

    (mina,) = check(book, EarForPitch())

    assert (mina.nearest, mina.similarity) == (None, 0.0)
    assert mina.warnings == ("m1 has 2.3 s of speech: 10 s or more make naming surer",)


# --- what changed since the last check ---


def test_a_first_check_compares_with_nothing(book):
    add(book, "Mina", ("m1", voice(220, seed=1)))

    (mina,) = check(book, EarForPitch())

    assert (mina.before, mina.since, mina.new) == (None, None, ())
    assert [clip.source for clip in mina.kept] == ["m1"]


def test_a_check_shows_what_changed_since_the_last_one_however_often_it_is_made(book):
    add(book, "Mina", ("m1", voice(220, seed=1)))
    add(book, "Joon", ("j1", voice(110, seed=2)))
    first = row(check(book, EarForPitch()), "Mina")
    add(book, "Mina", ("m2", voice(233, seed=3)))
    add(book, "Xu", ("x1", voice(300, seed=4)))

    for _ in range(3):
        mina, xu = (row(check(book, EarForPitch()), name) for name in ("Mina", "Xu"))
        assert (mina.before, mina.since, mina.new) == (first.figures, date.today(), ("m2",))
        assert (mina.figures.clips, mina.figures.total) == (2, 2)
        assert (xu.before, xu.since, xu.new) == (None, date.today(), ("x1",))

    second = row(check(book, EarForPitch()), "Mina")
    book.forget("Mina", clip="m1")
    third = row(check(book, EarForPitch()), "Mina")
    assert (third.before, third.new, third.figures.clips) == (second.figures, (), 1)


def test_checks_by_another_encoder_are_not_compared(book):
    add(book, "Mina", ("m1", voice(220, seed=1)))
    check(book, EarForPitch())
    newer = EarForPitch()
    newer.name = "bells-2"
    add(book, "Mina", ("m2", voice(222, seed=3)))

    assert row(check(book, newer), "Mina").before is None
    assert row(check(book, EarForPitch()), "Mina").new == ("m2",)


def test_checks_keep_no_trace_of_who_is_forgotten_and_no_more_than_the_last(book):
    add(book, "Mina Secret", ("m1", voice(220, seed=1)))
    add(book, "Joon", ("j1", voice(110, seed=2)))
    for i in range(4):
        check(book, EarForPitch())
        add(book, "Joon", (f"j{i + 2}", voice(110, seed=5 + i)))
    book.forget("Mina Secret")
    (joon,) = check(book, EarForPitch())

    assert joon.before is not None
    assert joon.before.clips == 4
    assert b"Secret" not in book.path.read_bytes()
    assert book._db.execute("SELECT count(DISTINCT run) FROM checked").fetchone() == (2,)


def test_a_remembered_clip_of_somebody_else_is_told_with_the_way_out(book):
    samples = {"m1": voice(220, seed=1), "m2": voice(220, seed=2), "board.wav 0:12:31": voice(110, seed=3)}
    speech = {source: tuple(LevelDetector()(each, lambda _: None)) for source, each in samples.items()}
    clips = [Clip(source, to_pcm(each), speech[source], AGREED) for source, each in samples.items()]
    book.add("Mina", [*clips[:2], replace(clips[2], meeting="5" * 64)])
    add(book, "Joon", ("j1", voice(110, seed=4)), ("j2", voice(110, seed=5)))

    mina = row(check(book, EarForPitch()), "Mina")

    undo = f"bigvoice voices forget 'Mina' --clip {clips[2].sha256[:12]}"
    told = f"board.wav 0:12:31 sounds more like Joon: listen to it, or take it out with `{undo}`"
    assert told in mina.warnings


def test_an_empty_book_has_nothing_to_check(book):
    assert check(book, EarForPitch()) == ()


# --- the shipped parts on real voices ---

CLIPS = Path(__file__).parents[2] / "shared/data/librispeech/test_other_10"


@pytest.mark.skipif(not CLIPS.is_dir(), reason="needs the recordings of ../shared/data")
def test_real_people_are_enrolled_and_told_apart(book):
    for person in sorted(folder for folder in CLIPS.iterdir() if folder.is_dir())[:3]:
        book.enroll(person.name, *sorted(file for file in person.rglob("*.*"))[:3], consent=AGREED)

    rows = check(book, book_encoder())

    assert sum(each.right for each in rows) == sum(each.total for each in rows) == 9


def book_encoder():
    from bigvoice import parts

    return parts.make("encoder", "mfcc")
