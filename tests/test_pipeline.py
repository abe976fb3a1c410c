from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest

from bigvoice.diarization.channels import own_speech
from bigvoice.diarization.diarizer import Diarization, Naming
from bigvoice.errors import RecordingError
from bigvoice.minutes.minutes import KNOWN, SUGGESTED, UNKNOWN, Speaker
from bigvoice.parts import Transcript
from bigvoice.pipeline import Parts, assemble, take_minutes, take_transcript
from bigvoice.progress import Progress
from bigvoice.recording import Recording
from bigvoice.settings import Settings
from bigvoice.span import Span
from bigvoice.transcription.none import NoTranscriber
from bigvoice.turn import Turn
from bigvoice.version import version
from tests.fakes import HIGH, LOW, MIDDLE, LevelDetector, PitchEncoder, ScriptTranscriber, recording, sound

#         0         10        20        30
#         |-- LOW --|-- HIGH -|-- LOW --|      with half a second of silence between
MEETING = [(0.0, 9.5, LOW), (10.0, 19.5, HIGH), (20.0, 29.5, LOW)]
SCRIPT = [(1.0, 1.5, "good"), (1.5, 2.0, "morning"), (12.0, 12.5, "hello"), (25.0, 25.5, "begin")]

MADE_WITH = {"speech": "LevelDetector", "voices": "pitch-1 + agglomerative", "text": "script"}


def parts(script=SCRIPT) -> Parts:
    return Parts(LevelDetector(), PitchEncoder(), ScriptTranscriber(script))


def settings(**sections) -> Settings:
    return Settings().updated(sections)


def said(minutes):
    return [(minutes.speaker(u.speaker).label(), u.text) for u in minutes.utterances]


def test_minutes_say_who_said_what_under_the_names_of_the_enrolled():
    people = [PitchEncoder().person("Mina Park", HIGH, "chair"), PitchEncoder().person("Joon Lee", MIDDLE)]

    minutes = take_minutes(recording(MEETING, 30), people, parts())

    assert said(minutes) == [("Speaker 1", "good morning"), ("Mina Park", "hello"), ("Speaker 1", "begin")]
    assert [(s.id, s.number, s.name, s.role) for s in minutes.speakers] == [
        ("s1", 1, None, None),
        ("s2", 2, "Mina Park", "chair"),
    ]
    assert [round(u.span.middle) for u in minutes.utterances] == [5, 15, 25]


def test_minutes_know_their_source_their_makers_and_what_to_tell():
    minutes = take_minutes(recording(MEETING, 30, notes=("telephone band",)), [], parts())

    assert (minutes.source.file, minutes.source.sha256, minutes.source.duration) == ("board.wav", "5" * 64, 30.0)
    assert minutes.maker.version == version()
    assert dict(minutes.maker.parts) == {
        "speech": "LevelDetector",
        "voices": "pitch-1 + agglomerative",
        "text": "script",
    }
    assert minutes.maker.notices == ("telephone band", "Read from a script.")
    assert minutes.language == "en"


def test_what_is_known_of_the_meeting_is_in_the_minutes_and_helps_to_spell():
    chosen = parts()
    meeting = {"title": "Board", "place": "Room 4", "attendees": ["Mina Park"], "agenda": ["Budget"]}

    minutes = take_minutes(
        recording(MEETING, 30), [], chosen, settings(meeting=meeting, transcription={"language": "ko"})
    )

    assert (minutes.title, minutes.place, minutes.language) == ("Board", "Room 4", "ko")
    assert (minutes.attendees, minutes.agenda) == (("Mina Park",), ("Budget",))
    assert chosen.transcriber.heard == [("ko", ("Mina Park", "Budget"))]


def test_the_date_given_wins_over_the_recordings_own():
    own = recording(MEETING, 30, started=datetime(2026, 3, 2, 14, 5))

    assert take_minutes(own, [], parts()).date == datetime(2026, 3, 2, 14, 5)
    given = take_minutes(own, [], parts(), settings(meeting={"date": "2026-11-21"}))
    assert given.date == datetime(2026, 11, 21)


def test_turns_without_words_stay():
    minutes = take_minutes(recording(MEETING, 30), [], replace(parts(), transcriber=NoTranscriber()))

    assert said(minutes) == [("Speaker 1", ""), ("Speaker 2", ""), ("Speaker 1", "")]


@pytest.mark.parametrize("taken", [take_minutes, take_transcript])
def test_a_recording_in_which_nobody_speaks_is_an_error_that_names_it(taken):
    people = ([],) if taken is take_minutes else ()

    with pytest.raises(RecordingError, match=r"no speech found in board\.wav: "):
        taken(recording([], 5), *people, parts())


def test_a_fifth_of_a_second_of_speech_makes_minutes():
    minutes = take_minutes(recording([(2.0, 2.2, LOW)], 5), [], parts([(2.0, 2.2, "yes")]))

    assert said(minutes) == [("Speaker 1", "yes")]


def test_a_transcript_tells_no_speakers_apart():
    minutes = take_transcript(recording(MEETING, 30), parts())

    assert said(minutes) == [("Speaker 1", "good morning"), ("Speaker 1", "hello"), ("Speaker 1", "begin")]


def test_progress_is_told():
    reports: list[Progress] = []

    take_minutes(recording(MEETING, 30), [], parts(), hook=reports.append)

    stages = list(dict.fromkeys(report.stage for report in reports))
    assert stages[0] == "detect"
    assert stages[-1] == "transcribe"


# --- channels kept apart ---


def two_tracks(cross_talk: float = 0.0, **more) -> Recording:
    """LOW speaks into the first microphone at 0 to 9.5 s and 20 to 29.5 s, HIGH into the second at 10 to 19.5 s."""
    left, right = sound([MEETING[0], MEETING[2]], 30), sound([MEETING[1]], 30)
    heard = left + cross_talk * right, right + cross_talk * left
    tracks = tuple(Recording(samples.astype(np.float32)) for samples in heard)
    return Recording((left + right) / 2, path=None, sha256="6" * 64, tracks=tracks, **more)


def test_tracks_are_worked_on_apart_and_joined_in_order_of_time():
    people = [PitchEncoder().person("Mina Park", HIGH)]

    minutes = take_minutes(two_tracks(), people, parts())

    assert said(minutes) == [("Speaker 1", "good morning"), ("Mina Park", "hello"), ("Speaker 1", "begin")]
    assert [s.id for s in minutes.speakers] == ["s1", "s2"]


def test_what_a_microphone_hears_of_others_is_not_its_speech():
    minutes = take_minutes(two_tracks(cross_talk=0.1), [], parts())  # 20 dB below

    assert said(minutes) == [("Speaker 1", "good morning"), ("Speaker 2", "hello"), ("Speaker 1", "begin")]


def test_a_name_claimed_by_two_tracks_goes_to_the_surer_one():
    voices = [
        Diarization((Turn(Span(0, 1), "a"),), {"a": Naming("Mina Park", None, 0.7)}),
        Diarization((Turn(Span(1, 2), "a"),), {"a": Naming("Mina Park", None, 0.9)}),
    ]
    silent = Transcript((), None, "none")

    minutes = assemble(recording(MEETING, 30), voices, [silent, silent], Settings(), ())

    assert [(s.id, s.name, s.confidence) for s in minutes.speakers] == [("s1", None, 0.0), ("s2", "Mina Park", 0.9)]


def test_a_suggestion_stays_one_and_what_the_voices_tell_is_told():
    voices = Diarization(
        (Turn(Span(0, 1), "a"), Turn(Span(1, 2), "b")),
        {"a": Naming("Mina Park", "chair", 0.74, sure=False), "b": Naming("Joon Lee", None, 0.995)},
        ("two cannot be told apart",),
    )
    told = recording(MEETING, 30, notes=("clipped",))

    minutes = assemble(told, [voices], [Transcript((), None, "none", "no words")], Settings(), ())

    assert minutes.speakers == (
        Speaker("s1", 1, "Mina Park", "chair", SUGGESTED, 0.74),
        Speaker("s2", 2, "Joon Lee", None, KNOWN, 0.995),
    )
    assert minutes.maker.notices == ("clipped", "two cannot be told apart", "no words")


def test_a_name_goes_before_a_suggestion_of_it():
    voices = [
        Diarization((Turn(Span(0, 1), "a"),), {"a": Naming("Mina Park", None, 0.9, sure=False)}),
        Diarization((Turn(Span(1, 2), "a"),), {"a": Naming("Mina Park", None, 0.8)}),
    ]
    silent = Transcript((), None, "none")

    minutes = assemble(recording(MEETING, 30), voices, [silent, silent], Settings(), ())

    assert [s.named_by for s in minutes.speakers] == [UNKNOWN, KNOWN]


def test_reports_of_tracks_say_which():
    reports: list[Progress] = []

    take_minutes(two_tracks(), [], parts(), hook=reports.append)

    assert {"detect 1", "detect 2", "transcribe 1", "transcribe 2"} <= {report.stage for report in reports}


def test_a_track_in_which_nobody_speaks_is_left_out():
    one = two_tracks()
    quiet = replace(one, tracks=(*one.tracks, Recording(np.zeros(30 * 16_000, np.float32))))

    assert len(take_minutes(quiet, [], parts()).speakers) == 2


def test_own_speech_keeps_what_both_say_at_once():
    both = [sound([(0, 10, LOW)], 10), sound([(4, 6, HIGH)], 10)]

    left, right = own_speech(both, [[Span(0, 10)], [Span(4, 6)]])

    assert left == [Span(0, 10)]
    assert right == [Span(4, 6)]


def test_own_speech_drops_what_is_far_below_the_loudest():
    loud = sound([(0, 10, LOW)], 10)

    _, faint = own_speech([loud, loud * np.float32(10 ** (-11 / 20))], [[Span(0, 10)], [Span(0, 10)]])
    _, near = own_speech([loud, loud * np.float32(10 ** (-9 / 20))], [[Span(0, 10)], [Span(0, 10)]])

    assert faint == []
    assert near == [Span(0, 10)]
