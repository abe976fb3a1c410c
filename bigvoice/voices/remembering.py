"""Remembering: the voice of somebody who was named in a meeting is learnt from it, so that the next one knows them.

What would be kept is a `Proposal`, which can be shown before anything is stored. It comes only of a name that a person
gave or confirmed, and only of stretches that are clean (`stretches`); joined, they are one clip, which passes the same
checks as one that is enrolled. `forget_again` takes it out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType

import numpy as np

from bigvoice import parts
from bigvoice.diarization.windows import slide
from bigvoice.errors import EnrolmentError, RecordingError, VoiceBookError
from bigvoice.minutes.minutes import GIVEN, Minutes, Speaker
from bigvoice.parts import Detector, Encoder
from bigvoice.progress import Hook, silent
from bigvoice.recording import RATE, Recording, Samples
from bigvoice.settings import DiarizationOptions
from bigvoice.span import Span
from bigvoice.voices.book import VoiceBook
from bigvoice.voices.enrolment import CLIPPED, GOOD_SPEECH, NOISY_DB, SUSPECT, keep, look, refuse_suggestion
from bigvoice.voices.person import Enrolled, KeptClip, key
from bigvoice.voices.quality import above_quiet_db, clipped_share
from bigvoice.voices.stretches import IN_ALL, Stretch, spread, stretches, times, unlike

STRICTER = 0.05
"""How much more alike than one voice's windows usually are the stretches must be: to leave out one of the person's own
costs little."""
FEW = 2
"""A stretch has few peaks, so that more of its samples are near the highest: so much more than in a clip is clipped."""
FADE = round(0.01 * RATE)
"""Samples over which a stretch comes and goes, so that no click stands where two are joined."""
UNLIKE, IS_CLIPPED, IS_NOISY = "unlike", "clipped", "noisy"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A stretch that is not learnt from: it is "unlike" the speaker's other ones, "clipped" or "noisy"."""

    span: Span
    why: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would be kept of a speaker: `spans` of the recording whose sha256 is `recording`, `seconds` in all.

    why_not: "" if it can be kept; else why it cannot and what to do. left_out: what was heard and is not fit.
    """

    name: str
    role: str | None
    spans: tuple[Span, ...]
    recording: str
    why_not: str = ""
    left_out: tuple[LeftOut, ...] = ()

    @property
    def seconds(self) -> float:
        """Of sound that would be kept."""
        return sum(span.duration for span in self.spans)


@dataclass(frozen=True, slots=True)
class Remembered:
    """What was kept: the sha256 of the clip, by which it can be forgotten again, and its seconds of speech."""

    name: str
    is_new: bool
    clip: str
    source: str
    seconds: float
    warnings: tuple[str, ...] = ()


def proposal(
    minutes: Minutes,
    speaker: str,
    recording: Recording | None = None,
    *,
    confirmed: bool = False,
    language: str = "en",
    encoder: Encoder | None = None,
    hook: Hook = silent,
) -> Proposal:
    """What would be kept of the speaker of that id.

    recording: None chooses without listening, which is quick; nothing noisy, clipped or strange is found then.
    confirmed: whoever asks has listened, and says that a name which the machine gave is right. language: of `why_not`,
    "ko" or else English. encoder: None for the shipped one.

    Raises MinutesError for an unknown speaker, RecordingError where the recording is not the minutes'.
    """
    who = minutes.speaker(speaker)
    chosen: Sequence[Stretch] = stretches(minutes, speaker)
    left_out: Sequence[LeftOut] = ()
    if recording is not None:
        refuse_other(recording, minutes.source.sha256)
        chosen, left_out = fit(recording, spread(chosen, 2 * IN_ALL), encoder, hook)
    chosen = spread(chosen)
    spans = tuple(stretch.span for stretch in chosen)
    why_not = _why_not(who, spans, left_out, confirmed, _WORDS.get(language, _WORDS["en"]))
    return Proposal(who.name or "", who.role, spans, minutes.source.sha256, why_not, tuple(left_out))


def remember(
    book: VoiceBook,
    recording: Recording,
    proposal: Proposal,
    *,
    source: str = "",
    consent: date | None = None,
    force: bool = False,
    detector: Detector | None = None,
    encoder: Encoder | None = None,
    hook: Hook = silent,
) -> Remembered:
    """Keep what was proposed, as one clip of that person; a new person gets the proposal's role.

    source: what the clip is called; else the recording's name and the times ("board.m4a 0:12:31 0:40:02"). consent: the
    day on which the person agreed. force: keep it though it seems to hold two voices, does not sound like the
    person's other clips, or another clip of this meeting is kept already. detector, encoder: None for the shipped ones.

    Raises EnrolmentError for what cannot be kept, RecordingError for another recording than the proposal's,
    VoiceBookError for a book that cannot be written.
    """
    if proposal.why_not:
        raise EnrolmentError(proposal.why_not)
    refuse_suggestion(proposal.name)
    refuse_other(recording, proposal.recording)
    known = _known(book, proposal.name)
    if known and not force:
        _refuse_again(known, proposal.recording)
    detector = detector or parts.make("detector", "silero")
    encoder = encoder or parts.make("encoder", DiarizationOptions.encoder)
    named = source or f"{recording.name} {times(proposal.spans)}"
    sound = Recording(joined(recording, proposal.spans), path=Path(named))
    # Nobody recorded this clip on purpose: a suspicion is enough.
    looked = look(sound, detector=detector, encoder=encoder, clear=SUSPECT, hook=hook)
    if looked.objections and not force:
        advice = "listen to the turns there and give each to its speaker, or take it all the same with --force"
        raise EnrolmentError(f"{looked.objections[0]}, nothing was kept: {advice}")
    looked = replace(looked, clip=replace(looked.clip, source=named, meeting=proposal.recording))
    role = None if known else proposal.role
    people = book.people(encoder, hook)
    done = keep(book, proposal.name, [looked], people, encoder, role=role, consent=consent, force=force)
    return Remembered(done.name, done.is_new, looked.clip.sha256, named, looked.clip.speech_seconds, done.warnings)


def forget_again(book: VoiceBook, clip: str) -> str:
    """Take a remembered clip out of the book, by its sha256, and its person with it if there is nothing else of them.

    Or a counter-example, by its sha256. Returns the person's name. Raises VoiceBookError where there is neither.
    """
    for person in book.list():
        if clip in {example.sha256 for example in person.counter_examples}:
            book.forget(person.name, clip=clip)
            return person.name
        for kept in person.clips:
            if kept.sha256 == clip and kept.meeting:
                book.forget(person.name, clip=clip if len(person.clips) > 1 else None)
                return person.name
    what = f"no clip {clip[:12]} that was remembered from a meeting"
    raise VoiceBookError(f"{what} is in {book.path}: see `bigvoice voices list`")


def refuse_other(recording: Recording, sha256: str) -> None:
    """Raises RecordingError, with both, where a recording is not the one with that sha256."""
    if recording.sha256 != sha256:
        raise RecordingError(
            f"{recording.path or recording.name} is not the recording of these minutes (its sha256 begins"
            f" {recording.sha256[:12]}, theirs {sha256[:12]}): name the file they were made of"
        )


def fit(
    recording: Recording, candidates: Sequence[Stretch], encoder: Encoder | None = None, hook: Hook = silent
) -> tuple[list[Stretch], list[LeftOut]]:
    """Those that are neither clipped nor noisy and sound like one voice, in their order; and the others."""
    flawed = [(stretch, _flaw(recording, stretch.span)) for stretch in candidates]
    clean = [stretch for stretch, flaw in flawed if not flaw]
    encoder = encoder or parts.make("encoder", DiarizationOptions.encoder)
    windows = [slide([stretch.span]) for stretch in clean]
    prints = encoder(recording.samples, [window for each in windows for window in each], hook)
    borders = np.cumsum([len(each) for each in windows])[:-1]
    groups = np.split(prints, borders) if windows else []
    strange = {clean[i].span for i in unlike(groups, encoder.background.alike + STRICTER)}
    left_out = [LeftOut(stretch.span, flaw) for stretch, flaw in flawed if flaw]
    left_out += [LeftOut(span, UNLIKE) for span in strange]
    kept = [stretch for stretch in clean if stretch.span not in strange]
    return kept, sorted(left_out, key=lambda each: each.span)


def joined(recording: Recording, spans: Sequence[Span]) -> Samples:
    """The sound of the spans, one after the other: float32 (n,)."""
    pieces = [recording.cut(span).copy() for span in spans]
    ramp = np.linspace(0.0, 1.0, FADE, dtype=np.float32)
    for piece in pieces:
        n = min(FADE, len(piece))
        piece[:n] *= ramp[:n]
        piece[len(piece) - n :] *= ramp[:n][::-1]
    return np.concatenate(pieces)


def _flaw(recording: Recording, span: Span) -> str:
    if clipped_share(recording.cut(span)) > FEW * CLIPPED:
        return IS_CLIPPED
    return IS_NOISY if above_quiet_db(recording.samples, span) < NOISY_DB else ""


def _known(book: VoiceBook, name: str) -> Enrolled | None:
    return next((person for person in book.list() if key(person.name) == key(name)), None)


def _refuse_again(person: Enrolled, recording: str) -> None:
    before: KeptClip | None = next((clip for clip in person.clips if clip.meeting == recording), None)
    if before:
        undo = f"take that out first with `bigvoice voices forget '{person.name}' --clip {before.sha256[:12]}`"
        raise EnrolmentError(f"{person.name} was remembered from this meeting already ({before.source}): {undo}")


def _why_not(
    who: Speaker, spans: Sequence[Span], left_out: Sequence[LeftOut], confirmed: bool, words: Mapping[str, str]
) -> str:
    seconds = sum(span.duration for span in spans)
    told = {"name": who.name, "number": who.number, "seconds": seconds, "least": GOOD_SPEECH}
    strange = [each.span for each in left_out if each.why == UNLIKE]
    poor = [each.span for each in left_out if each.why != UNLIKE]
    if who.name is None:
        return words["unnamed"].format_map(told)
    if who.named_by != GIVEN and not confirmed:
        return words["unconfirmed"].format_map(told)
    if sum(span.duration for span in strange) > seconds:
        return words["several"].format_map({**told, "times": times(strange)})
    if sum(span.duration for span in poor) > seconds:
        return words["poor"].format_map({**told, "times": times(poor)})
    return words["little"].format_map(told) if seconds < GOOD_SPEECH else ""


_WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "en": {
            "unnamed": "Speaker {number} has no name yet: listen to the voice and name it first",
            "unconfirmed": "{name} was only recognised by the machine: listen to the voice, then confirm the name",
            "several": "what stands under {name} does not sound like one voice ({times}): listen to it, and give the"
            " turns to whom they belong",
            "poor": "where {name} speaks alone it is noisy or clipped ({times}): enrol a clip recorded closer by",
            "little": "{name} speaks alone and surely for {seconds:.0f} s only, {least:.0f} s are needed: check more"
            " of the turns, or enrol a clip",
        },
        "ko": {
            "unnamed": "참석자 {number}의 이름이 아직 없습니다. 목소리를 듣고 먼저 이름을 지정하세요",
            "unconfirmed": "{name}은(는) 자동으로 인식된 이름입니다. 목소리를 듣고 이름을 확인하세요",
            "several": "{name}의 발언이 한 사람의 목소리로 들리지 않습니다({times}). 들어 보고 발언자를 바로잡으세요",
            "poor": "{name}이(가) 혼자 말하는 부분의 소리가 잡음이 많거나 찌그러져 있습니다({times}). 더"
            " 가까이에서 녹음한 음성 파일로 등록하세요",
            "little": "{name}이(가) 혼자 확실하게 말한 시간이 {seconds:.0f}초뿐입니다({least:.0f}초 필요). 발언을 더"
            " 확인하거나 음성 파일로 등록하세요",
        },
    }
)
