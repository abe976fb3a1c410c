"""Somebody who sounds like Mina is named Mina until a person says that it is not her; and what is kept of that."""

import dataclasses
from collections.abc import Iterator

import numpy as np
import pytest
from corrected_meetings import JOON, MINA, meeting
from test_enrolment import EarForPitch, voice
from test_identification import BACKGROUND, shares
from test_identification import MINA as MADE_MINA
from test_identification import voice as made_voice

from bigvoice.diarization.clustering import unit
from bigvoice.diarization.diarizer import diarize
from bigvoice.errors import EnrolmentError, RecordingError, VoiceBookError
from bigvoice.minutes.minutes import KNOWN
from bigvoice.pipeline import _digest
from bigvoice.span import Span
from bigvoice.voices.book import VoiceBook
from bigvoice.voices.checking import check
from bigvoice.voices.clip import windows
from bigvoice.voices.counter_examples import keep_counter_example, spoilt
from bigvoice.voices.identification import Identifier
from bigvoice.voices.person import Person
from bigvoice.voices.remembering import forget_again, proposal, remember
from tests.fakes import LevelDetector, write_wav

EAR = EarForPitch()
LIKE_MINA = 252.0
"""So near to Mina's pitch that the voice is named Mina; far enough to be told from hers."""


@pytest.fixture
def book(tmp_path) -> Iterator[VoiceBook]:
    """Mina is in it, with Joon."""
    with VoiceBook.open(tmp_path / "team.voices") as opened:
        for name, pitch in (("Mina Park", MINA), ("Joon", JOON)):
            wav = write_wav(tmp_path / f"{name}.wav", voice(pitch, seed=round(pitch)))
            opened.enroll(name, wav, detector=LevelDetector(), encoder=EAR)
        yield opened


@pytest.fixture
def mistaken():
    """A meeting in which somebody else was named Mina."""
    return meeting([(LIKE_MINA, "s1"), (JOON, "s2")] * 2, names={"s1": "Mina Park"}, named_by=KNOWN)


def kept(book, mistaken, speaker="s1", name="Mina Park", **more):
    minutes, recording = mistaken
    return keep_counter_example(book, recording, minutes, speaker, name, encoder=EAR, **more)


def sure_of(book, pitch, name="Mina Park", seed=900):
    """How probable it is that a voice of that pitch, heard in another meeting, is this person's."""
    identifier = Identifier(book.people(EAR), EAR.background)
    heard = EAR(voice(pitch, 12, seed=seed), windows([Span(0, 12)]), lambda _: None)
    found = identifier.probabilities(identifier.margins(heard), 12.0)
    return float(found[[person.name for person in identifier.people].index(name)])


# --- naming ---


def between(seed: int):
    """Nearer to Mina's axis than to the nobody's beside it."""
    return unit(made_voice(0, 20, seed=seed) + 0.62 * made_voice(4, 20, seed=seed + 1))


def test_whoever_is_told_not_to_be_her_is_no_longer_named_and_she_still_is():
    told = dataclasses.replace(MADE_MINA, counter=between(50))
    before, after = (Identifier([mina], BACKGROUND) for mina in (MADE_MINA, told))

    assert shares(before, between(60))[0] > 0.9 > 0.2 > shares(after, between(60))[0]
    assert shares(after, made_voice(0, 10, seed=1))[0] > 0.99


def test_what_is_not_her_changes_nobody_elses_machine():
    joon = Person("Joon Lee", None, made_voice(1, 20))
    told = dataclasses.replace(MADE_MINA, counter=between(50))
    rows = np.vstack([made_voice(axis, 5, seed=8) for axis in range(4)])

    before, after = (Identifier([mina, joon], BACKGROUND).margins(rows) for mina in (MADE_MINA, told))

    np.testing.assert_array_equal(before[:, 1], after[:, 1])
    assert (before[:, 0] != after[:, 0]).any()


def test_in_another_meeting_the_same_voice_is_not_named_any_more(book, mistaken):
    _, later = meeting([(LIKE_MINA, "s1"), (JOON, "s2")], seed=500)

    def names():
        found = diarize(later.samples, [later.span], encoder=EAR, people=book.people(EAR))
        return {naming.name for naming in found.names.values()}

    assert names() == {"Mina Park", "Joon"}
    own = sure_of(book, MINA)
    kept(book, mistaken)

    assert names() == {"Joon"}
    assert own > 0.99
    assert sure_of(book, MINA) > 0.99


def test_kept_stages_are_not_used_any_more(book, mistaken):
    before = _digest(book.people(EAR))
    kept(book, mistaken)

    assert _digest(book.people(EAR)) != before


# --- what is kept ---


def test_prints_are_kept_and_no_sound_and_no_name(book, mistaken):
    _, recording = mistaken
    before = len(book.path.read_bytes())

    done = kept(book, mistaken)

    assert (done.name, done.example.source, done.example.encoder) == (
        "Mina Park",
        "board.wav 0:00:00 0:00:21",
        "bells-1",
    )
    assert done.example.seconds == pytest.approx(16)
    (listed,) = book.show("Mina Park").counter_examples
    assert listed == done.example
    (mina,) = (person for person in book.people(EAR) if person.name == "Mina Park")
    assert mina.counter.shape == (2 * len(windows([Span(0, 8)])), EAR.dim)
    file = book.path.read_bytes()
    assert mina.counter[0].tobytes() in file
    pcm = (recording.samples * 32_767).round().astype("<i2").tobytes()
    assert not any(pcm[i : i + 32] in file for i in range(40_000, 250_000, 8_000))
    assert len(file) - before < 32_768  # 16 s of sound are 512,000


def test_another_encoder_knows_nothing_of_it(book, mistaken):
    kept(book, mistaken)
    newer = EarForPitch()
    newer.name = "bells-2"

    assert all(person.counter.shape == (0, 0) for person in book.people(newer))


def test_the_same_again_is_kept_once_and_another_meeting_in_addition(book, mistaken):
    kept(book, mistaken)
    kept(book, mistaken, source="once more")
    kept(book, meeting([(LIKE_MINA, "s1"), (JOON, "s2")] * 2, named_by=KNOWN, seed=700))

    sources = [example.source for example in book.show("Mina Park").counter_examples]
    assert sources == ["once more", "board.wav 0:00:00 0:00:21"]


@pytest.mark.parametrize("forget", [forget_again, lambda book, sha256: book.forget("mina park", clip=sha256[:10])])
def test_it_can_be_taken_out_and_nothing_is_left(book, mistaken, forget):
    done = kept(book, mistaken)
    (mina,) = (person for person in book.people(EAR) if person.name == "Mina Park")
    named_before = book.path.read_bytes()

    forget(book, done.example.sha256)

    assert book.show("Mina Park").counter_examples == ()
    assert len(book.show("Mina Park").clips) == 1
    for trace in (mina.counter[0].tobytes(), b"board.wav"):
        assert trace in named_before
        assert trace not in book.path.read_bytes()
    assert sure_of(book, LIKE_MINA) > 0.9


def test_it_goes_when_its_person_goes(book, mistaken):
    kept(book, mistaken)
    prints = book.people(EAR)[1].counter[0].tobytes()
    assert prints in book.path.read_bytes()

    book.forget("Mina Park")

    assert prints not in book.path.read_bytes()
    assert b"board.wav" not in book.path.read_bytes()


def test_it_never_leaves_the_book(book, mistaken, tmp_path):
    kept(book, mistaken)

    book.export(tmp_path / "out.voices")

    with VoiceBook.open(tmp_path / "out.voices", create=False) as copy, VoiceBook.open(tmp_path / "other") as other:
        other.import_(book.path)
        for each in (copy, other):
            assert [person.counter_examples for person in each.list()] == [(), ()]


# --- what is not kept ---


def test_only_somebody_in_the_book_can_have_counter_examples(book, mistaken):
    with pytest.raises(VoiceBookError, match="nobody called Ada"):
        kept(book, mistaken, name="Ada")


def test_a_name_that_a_person_gave_is_taken_away_first(book):
    with pytest.raises(EnrolmentError, match="Mina Park is the name that was given to this speaker"):
        kept(book, meeting(), name="mina park")


def test_what_is_kept_as_hers_is_not_kept_as_not_hers(book):
    minutes, recording = meeting()
    proposed = proposal(minutes, "s1", recording, encoder=EAR)
    clip = remember(book, recording, proposed, detector=LevelDetector(), encoder=EAR).clip
    unnamed = dataclasses.replace(minutes, speakers=meeting(named_by=KNOWN)[0].speakers)

    with pytest.raises(EnrolmentError, match=f"kept as Mina Park's own: .* --clip {clip[:12]}"):
        kept(book, (unnamed, recording))


def test_another_recording_and_a_speaker_who_is_never_alone_are_refused(book, mistaken):
    minutes, recording = mistaken
    with pytest.raises(RecordingError, match="is not the recording of these minutes"):
        kept(book, (minutes, dataclasses.replace(recording, sha256="f" * 64)))

    short = meeting([(LIKE_MINA, "s1")], named_by=KNOWN, seconds=2.0)
    with pytest.raises(EnrolmentError, match="nowhere heard alone and clearly"):
        kept(book, short)
    assert book.show("Mina Park").counter_examples == ()


# --- her own voice by mistake ---


def test_her_own_voice_as_not_hers_is_told_at_once_and_by_every_check(book):
    done = kept(book, meeting(named_by=KNOWN))

    (warning,) = done.warnings
    assert warning.startswith("what is kept as not Mina Park sounds like Mina Park, who is named less often now")
    assert "--clip" in warning
    (row,) = (row for row in check(book, EAR) if row.name == "Mina Park")
    assert (row.counter_examples, warning in row.warnings) == (1, True)


def test_another_voice_is_not_told_to_be_hers():
    joon = Person("Joon Lee", None, made_voice(1, 20))
    told = dataclasses.replace(MADE_MINA, counter=made_voice(4, 20))

    assert spoilt("Mina Park", [joon, told], BACKGROUND) == []
    assert spoilt("Mina Park", [dataclasses.replace(told, counter=made_voice(0, 20, seed=9))], BACKGROUND) != []
    assert spoilt("Joon Lee", [joon, told], BACKGROUND) == spoilt("Nobody", [told], BACKGROUND) == []
