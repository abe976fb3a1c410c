"""The way from a Recording to its Minutes: find speech, tell voices apart, write down what was said, assemble.

Pure but for the parts it is given: it reads no file and draws no screen. `bigvoice.run` finds the parts, the people and
the kept stages for a file, and calls this.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import chain
from typing import Any

import numpy as np

from bigvoice.diarization.channels import own_speech
from bigvoice.diarization.diarizer import Diarization, Naming, bounds, diarize
from bigvoice.diarization.given_turns import name_turns
from bigvoice.errors import RecordingError
from bigvoice.minutes.minutes import KNOWN, SUGGESTED, Maker, Minutes, Source, Speaker, Utterance
from bigvoice.parts import Detector, Diarizer, Encoder, Judge, Segmenter, Transcriber, Transcript
from bigvoice.progress import Hook, Progress, silent
from bigvoice.recording import Recording
from bigvoice.settings import NONE, OWN, DiarizationOptions, Settings
from bigvoice.span import Span
from bigvoice.stages import SPEECH, TRAITS, TURNS, WORDS, Keep, compute_anew
from bigvoice.traits import Traits
from bigvoice.transcription.words import give_words
from bigvoice.turn import Turn
from bigvoice.version import version
from bigvoice.voices.background import Background
from bigvoice.voices.person import Person
from bigvoice.voices.traits_vote import alone, vote

SLIVER_S = 0.1


@dataclass(frozen=True, slots=True)
class Parts:
    """Who does the work."""

    detector: Detector
    encoder: Encoder
    transcriber: Transcriber
    segmenter: Segmenter | None = None
    """Who hears two voices at once."""
    diarizer: Diarizer | None = None
    """Somebody else's, which finds the turns in place of bigvoice's own; its voices are named in the same way."""
    judge: Judge | None = None
    """Who tells women's, men's and children's voices from each other; None: nobody asked."""


def take_minutes(
    recording: Recording,
    people: Sequence[Person],
    parts: Parts,
    settings: Settings | None = None,
    *,
    hook: Hook = silent,
    keep: Keep = compute_anew,
) -> Minutes:
    """The minutes of a recording.

    people: whose voices are known, with prints of `parts.encoder`. keep: is handed every stage, so that it can give
    back what an earlier run found (`bigvoice.cache.Cache`).

    A recording with tracks (channels kept apart) is worked on track by track: what a track hears faintly belongs to
    another (`bigvoice.diarization.channels`), and each track's voices are its own. Where two tracks claim one name, the
    surer one keeps it (a name before a suggestion) and the other stays unknown: a person sits at one microphone, and a
    wrong name is worse than none.

    Raises RecordingError where nobody speaks, and what the parts raise.
    """
    settings = settings or Settings()
    tracks = find_speech(recording, parts.detector, hook=hook, keep=keep)
    voices = [tell_apart(track, people, parts, settings, len(tracks), keep=keep) for track in tracks]
    texts = [write_down(track, parts.transcriber, settings, keep=keep) for track in tracks]
    makers = _makers(parts, settings)
    if parts.judge is None:
        return assemble(recording, voices, texts, settings, makers)
    judged = [judge(track, found.turns, parts.judge, keep=keep) for track, found in zip(tracks, voices, strict=True)]
    minutes = assemble(recording, voices, texts, settings, (*makers, ("traits", parts.judge.name)), judged)
    return voted(minutes, parts.judge.dependence)


def take_transcript(
    recording: Recording,
    parts: Parts,
    settings: Settings | None = None,
    *,
    hook: Hook = silent,
    keep: Keep = compute_anew,
) -> Minutes:
    """What was said, without telling voices apart: minutes with one unknown speaker a track. Raises RecordingError."""
    settings = settings or Settings()
    tracks = find_speech(recording, parts.detector, hook=hook, keep=keep)
    voices = [Diarization(tuple(Turn(span, "all") for span in track.speech), {}) for track in tracks]
    texts = [write_down(track, parts.transcriber, settings, keep=keep) for track in tracks]
    return assemble(recording, voices, texts, settings, _makers(parts, settings)[:1])


@dataclass(frozen=True, slots=True)
class Track:
    """What a microphone heard. key: which sound it is, for keeping stages. hook: told which track is worked on."""

    sound: Recording
    key: Mapping[str, Any]
    hook: Hook
    speech: list[Span] = field(default_factory=list)


def find_speech(recording: Recording, detector: Detector, *, hook: Hook, keep: Keep) -> list[Track]:
    """The tracks in which somebody speaks. Raises RecordingError where there is none."""
    tracks = _tracks(recording, hook)
    found = [_speech_in(track, detector, keep) for track in tracks]
    if len(tracks) > 1:
        found = own_speech([track.sound.samples for track in tracks], found)
    if not any(found):
        what = f"no speech found in {recording.path or recording.name}"
        known = f" ({'; '.join(recording.notes)})" if recording.notes else ""
        raise RecordingError(f"{what}{known}: listen to it, and check that the microphone was on")
    return [replace(track, speech=spans) for track, spans in zip(tracks, found, strict=True) if spans]


def _speech_in(track: Track, detector: Detector, keep: Keep) -> list[Span]:
    key = {**track.key, "detector": _name(detector)}
    return keep(SPEECH, key, lambda: detector(track.sound.samples, track.hook))


def tell_apart(
    track: Track, people: Sequence[Person], parts: Parts, settings: Settings, n_tracks: int, *, keep: Keep
) -> Diarization:
    """Who speaks when in a track."""
    options, attendees = _share_of(settings.diarization, n_tracks), settings.meeting.attendees
    key = {
        **track.key,
        "speech": [(span.start, span.end) for span in track.speech],
        "encoder": parts.encoder.name,
        "background": _background_digest(parts.encoder.background),
        "segmenter": parts.segmenter.name if parts.segmenter else NONE,
        "diarizer": parts.diarizer.name if parts.diarizer else OWN,
        "options": asdict(replace(options, traits=False)),  # a stage of its own: asking for it changes no turn
        "people": _digest(people),
        "attendees": attendees,
    }
    return keep(TURNS, key, lambda: _told_apart(track, people, parts, options, attendees))


def _told_apart(
    track: Track, people: Sequence[Person], parts: Parts, options: DiarizationOptions, attendees: Sequence[str]
) -> Diarization:
    samples, hook = track.sound.samples, track.hook
    if parts.diarizer:
        turns = parts.diarizer(samples, *bounds(options, len(attendees)), hook)
        return name_turns(samples, turns, parts.encoder, people, options=options, attendees=attendees, hook=hook)
    return diarize(
        samples,
        track.speech,
        encoder=parts.encoder,
        segmenter=parts.segmenter,
        people=people,
        options=options,
        attendees=attendees,
        hook=hook,
    )


def judge(track: Track, turns: Sequence[Turn], part: Judge, *, keep: Keep) -> dict[Turn, Traits | None]:
    """Whether a woman, a man or a child speaks in each turn, heard where nobody else speaks."""
    spans = alone(turns)
    key = {**track.key, "judge": part.name, "spans": [(span.start, span.end) for span in spans]}
    found = keep(TRAITS, key, lambda: part(track.sound.samples, spans, track.hook))
    return dict(zip(turns, found, strict=True))


def voted(minutes: Minutes, dependence: float) -> Minutes:
    """The same, each speaker with what all their utterances tell together."""
    told: dict[str, list[Traits | None]] = {speaker.id: [] for speaker in minutes.speakers}
    for utterance in minutes.utterances:
        told[utterance.speaker].append(utterance.traits)
    return replace(
        minutes,
        speakers=tuple(replace(speaker, traits=vote(told[speaker.id], dependence)) for speaker in minutes.speakers),
    )


def write_down(track: Track, transcriber: Transcriber, settings: Settings, *, keep: Keep) -> Transcript:
    """What is said in a track. It depends on nothing that telling voices apart depends on, so it outlives a change."""
    hotwords = (*settings.meeting.attendees, *settings.meeting.agenda)
    language = settings.transcription.language
    key = {
        **track.key,
        "speech": [(span.start, span.end) for span in track.speech],
        "asr": transcriber.name,
        "language": language,
        "hotwords": hotwords,
    }
    return keep(WORDS, key, lambda: transcriber(track.sound, track.speech, language, hotwords, track.hook))


def assemble(
    recording: Recording,
    voices: Sequence[Diarization],
    texts: Sequence[Transcript],
    settings: Settings,
    makers: tuple[tuple[str, str], ...],
    judged: Sequence[Mapping[Turn, Traits | None]] = (),
) -> Minutes:
    """Minutes of what each track gave; makers: who found speech and voices; judged: what a track's turns alone tell.

    Speakers are "s1", "s2", ... in the order of first speaking.
    Turns without words stay: somebody spoke, whether or not it was understood, and talk shares count it. But not those
    of less than SLIVER_S: no syllable is so short, it is what is left of a border between two.
    """
    said = sorted(
        (
            (turn.span, n, turn, words)
            for n, (diarization, transcript) in enumerate(zip(voices, texts, strict=True))
            for turn, words in give_words(diarization.turns, transcript.words)
            if words or turn.span.duration >= SLIVER_S
        ),
        key=lambda entry: entry[:3],
    )
    order = dict.fromkeys((n, turn.speaker) for _, n, turn, _ in said)
    ids = {voice: f"s{n}" for n, voice in enumerate(order, start=1)}
    names = _names(voices)
    meeting = settings.meeting
    traits = judged or [{} for _ in voices]
    return Minutes(
        source=Source(recording.name, recording.sha256, recording.duration),
        maker=Maker(version(), (*makers, ("text", texts[0].model)), _notices(recording, voices, texts)),
        title=meeting.title,
        date=meeting.began or recording.started,
        place=meeting.place,
        language=settings.transcription.language or next((text.language for text in texts if text.language), None),
        attendees=meeting.attendees,
        agenda=meeting.agenda,
        speakers=tuple(_speaker(f"s{n}", n, names.get(voice)) for n, voice in enumerate(order, start=1)),
        utterances=tuple(
            Utterance(span, ids[n, turn.speaker], words, turn.confidence, traits[n].get(turn))
            for span, n, turn, words in said
        ),
    )


def _tracks(recording: Recording, hook: Hook) -> list[Track]:
    sha256 = recording.sha256 or hashlib.sha256(recording.samples.tobytes()).hexdigest()
    if not recording.tracks:
        return [Track(recording, {"recording": sha256, "track": "all"}, hook)]
    return [
        Track(sound, {"recording": sha256, "track": number}, _on_track(hook, number))
        for number, sound in enumerate(recording.tracks, start=1)
    ]


def _on_track(hook: Hook, number: int) -> Hook:
    def tell(progress: Progress) -> None:
        hook(replace(progress, stage=f"{progress.stage} {number}"))

    return tell


def _share_of(options: DiarizationOptions, n_tracks: int) -> DiarizationOptions:
    """How many people may speak in one of so many tracks: everybody in the only one, else all but one in each other."""
    if n_tracks == 1:
        return options
    most = max(1, (options.speakers or options.max_speakers) - (n_tracks - 1))
    return replace(options, speakers=None, min_speakers=1, max_speakers=most)


def _names(voices: Sequence[Diarization]) -> dict[tuple[int, str], Naming]:
    """(track, id of its voice) -> its name, each name once: rather sure than suggested, then the most probable."""
    claims = [((n, voice), naming) for n, found in enumerate(voices) for voice, naming in found.names.items()]
    claims.sort(key=lambda claim: (claim[1].sure, claim[1].probability))
    best = {naming.name: voice for voice, naming in claims}
    return {voice: naming for voice, naming in claims if best[naming.name] == voice}


def _speaker(id: str, number: int, naming: Naming | None) -> Speaker:
    if naming is None:
        return Speaker(id, number)
    named_by = KNOWN if naming.sure else SUGGESTED
    return Speaker(id, number, naming.name, naming.role, named_by, naming.probability)


def _notices(recording: Recording, voices: Sequence[Diarization], texts: Sequence[Transcript]) -> tuple[str, ...]:
    told = chain.from_iterable(found.notices for found in voices)
    notices = chain(recording.notes, told, (text.notice for text in texts))
    return tuple(dict.fromkeys(notice for notice in notices if notice))


def _digest(people: Sequence[Person]) -> str:
    """Changes with every name, role, print and counter-example."""
    digest = hashlib.sha256()
    for person in people:
        for rows in (person.prints, person.counter):
            digest.update(f"{person.name}\0{person.role}\0{rows.shape}\0".encode())
            digest.update(rows.tobytes())
    return digest.hexdigest()


def _background_digest(background: Background) -> str:
    """Changes where another was learnt for the same encoder."""
    arrays = (background.calibration, np.array([background.alike, len(background.cohort)]))
    return hashlib.sha256(b"".join(np.asarray(array, np.float64).tobytes() for array in arrays)).hexdigest()


def _makers(parts: Parts, settings: Settings) -> tuple[tuple[str, str], ...]:
    found_by = parts.diarizer.name if parts.diarizer else settings.diarization.clustering
    return (("speech", _name(parts.detector)), ("voices", f"{parts.encoder.name} + {found_by}"))


def _name(part: Detector) -> str:
    """A detector may be a plain function."""
    return str(getattr(part, "name", getattr(part, "__qualname__", type(part).__qualname__)))
