"""Phrases: corrections as scripts write them, such as rename "Speaker 2=Mina Park" or text "12:31=We agreed."

The time before a paragraph in a document means all of it; any other one means the turn that is then. The speaker stands
after it where two speak at once: "12:31", "1:02:05.5", "12:31 Mina Park". What comes after the first "=" is taken as it
is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from bigvoice.errors import MinutesError
from bigvoice.minutes.correcting import corrected
from bigvoice.minutes.corrections import (
    Assign,
    Check,
    Correction,
    Delete,
    Describe,
    Join,
    Merge,
    Place,
    PutNote,
    Reject,
    Rename,
    Split,
    Write,
)
from bigvoice.minutes.minutes import ACTION, AGENDA, DECISION, Minutes, Note, Utterance, paragraphs
from bigvoice.minutes.naming import free_id, name_corrections, speaker_called

_TIME = re.compile(r"\s*(?:(?:(\d+):)?(\d{1,3}):)?(\d+(?:\.\d+)?)(?:\s+(\S.*?))?\s*")


def corrections_of(minutes: Minutes, phrases: Iterable[tuple[str, str]]) -> tuple[Correction, ...]:
    """What pairs of a verb (one of VERBS) and what is said with it mean for these minutes, each after those before it.

    Raises MinutesError for what cannot be understood, or does not fit.

    >>> from bigvoice.minutes.minutes import Maker, Source, Speaker
    >>> minutes = Minutes(Source("a.wav", "", 1.0), Maker(""), speakers=(Speaker("s2", 2),))
    >>> corrections_of(minutes, [("rename", "Speaker 2=Mina Park"), ("role", "Mina Park=chair")])
    (Rename(speaker='s2', name='Mina Park', role=None), Rename(speaker='s2', name='Mina Park', role='chair'))
    """
    found: list[Correction] = []
    for verb, said in phrases:
        for correction in VERBS[verb].read(minutes, said):
            minutes, unfit = corrected(minutes, [correction])
            if unfit:
                raise MinutesError(f"{verb} {said!r}: {unfit[0].why}")
            found.append(correction)
    return tuple(found)


def turns_at(minutes: Minutes, said: str) -> list[Utterance]:
    """The turns meant by a time: a paragraph that begins then, else the one turn that is then. Raises MinutesError."""
    seconds, speaker = _time(said)
    whose = speaker_called(minutes, speaker).id if speaker else None
    shown = [each for each in paragraphs(minutes) if whose in (None, each[0].speaker)]
    begun = [each for each in shown if int(each[0].span.start) == seconds]  # a clock has its fractions cut off
    turns = [[u] for each in shown for u in each]
    inner = [each for each in turns if int(each[0].span.start) == seconds]
    found = begun or inner or [each for each in turns if each[0].span.start <= seconds < each[0].span.end]
    if len(found) == 1:
        return found[0]
    if not found:
        raise MinutesError(f"nobody speaks at {said!r}: take the time at which a turn begins, as documents show it")
    who = [minutes.speaker(each[0].speaker).label() for each in found]
    example = f"'{said} {who[0]}'"
    raise MinutesError(f"several turns are at {said!r} ({', '.join(who)}): write whose after it, as in {example}")


def _time(said: str) -> tuple[float, str | None]:
    match = _TIME.fullmatch(said)
    if not match:
        raise MinutesError(f"{said!r} is no time of the recording: write it as 12:31 or 1:02:05.5")
    hours, minutes, seconds, speaker = match.groups()
    return 3600 * int(hours or 0) + 60 * int(minutes or 0) + float(seconds), speaker


def _halves(said: str) -> tuple[str, str]:
    left, mark, right = said.partition("=")
    if not mark or not left.strip():
        raise MinutesError(f"{said!r} has no '=': write what is meant before it, and what it is to be after it")
    return left.strip(), right.strip()


def _rename(minutes: Minutes, said: str) -> Iterable[Correction]:
    who, name = _halves(said)
    return name_corrections(minutes, speaker_called(minutes, who).id, name)


def _role(minutes: Minutes, said: str) -> Iterable[Correction]:
    who, role = _halves(said)
    speaker = speaker_called(minutes, who)
    if speaker.name is None:
        raise MinutesError(f"{speaker.label()} has no name, which a role goes with: give one with rename")
    return [Rename(speaker.id, speaker.name, role)]


def _merge(minutes: Minutes, said: str) -> Iterable[Correction]:
    one, into = _halves(said)
    return [Merge(speaker_called(minutes, one).id, speaker_called(minutes, into).id)]


def _not(minutes: Minutes, said: str) -> Iterable[Correction]:
    speaker = speaker_called(minutes, said)
    if not speaker.name:
        raise MinutesError(f"{speaker.label()} has no name that could be wrong")
    return [Reject(speaker.id, speaker.name)]


def _give(minutes: Minutes, said: str) -> Iterable[Correction]:
    """To a speaker there is, or to somebody new."""
    when, who = _halves(said)
    turns = [Place.of(turn) for turn in turns_at(minutes, when)]
    try:
        to, named = speaker_called(minutes, who).id, []
    except MinutesError:
        if any(speaker.label() == who for speaker in minutes.speakers):
            raise
        to = new_speaker(minutes)
        named = [Rename(to, who)]
    return [*(Assign(turn, to) for turn in turns), *named]


def new_speaker(minutes: Minutes) -> str:
    """An id that no speaker has."""
    taken = {speaker.id for speaker in minutes.speakers}
    return free_id("s", taken, len(taken) + 1)


def new_note(minutes: Minutes) -> str:
    """An id that no note has."""
    taken = {note.id for note in minutes.notes}
    return free_id("n", taken, len(taken) + 1)


def _split(minutes: Minutes, said: str) -> Iterable[Correction]:
    seconds, speaker = _time(said)
    whose = speaker_called(minutes, speaker).id if speaker else None
    found = [u for u in minutes.utterances if u.span.start < seconds < u.span.end and whose in (None, u.speaker)]
    if len(found) != 1:
        what = "several speak" if found else "nobody speaks before and after"
        raise MinutesError(f"{what} at {said!r}: take a time within a turn, with the speaker after it")
    return [Split(Place.of(found[0]), seconds)]


def _join(minutes: Minutes, said: str) -> Iterable[Correction]:
    """With the next turn."""
    turn = turns_at(minutes, said)[-1]
    later = minutes.utterances[minutes.utterances.index(turn) + 1 :]
    if not later:
        raise MinutesError(f"there is no turn after that at {said!r}")
    return [Join(Place.of(turn), Place.of(later[0]))]


def _text(minutes: Minutes, said: str) -> Iterable[Correction]:
    when, text = _halves(said)
    first, *more = turns_at(minutes, when)
    whole = first.span
    for turn in more:
        yield Join(Place(whole, first.speaker), Place.of(turn))
        whole |= turn.span
    yield Write(Place(whole, first.speaker), text, " ".join(turn.text for turn in (first, *more)))


def _check(minutes: Minutes, said: str) -> Iterable[Correction]:
    return [Check(Place.of(turn)) for turn in turns_at(minutes, said)]


def _delete(minutes: Minutes, said: str) -> Iterable[Correction]:
    return [Delete(Place.of(turn), turn.text) for turn in turns_at(minutes, said)]


def _note(kind: str) -> Callable[[Minutes, str], Iterable[Correction]]:
    def make(minutes: Minutes, said: str) -> Iterable[Correction]:
        when, told = _halves(said)
        text, who, until = (*(part.strip() for part in told.split("|", 2)), "", "")[:3]
        note = Note(new_note(minutes), kind, _time(when)[0], told if kind != ACTION else text)
        return [PutNote(note if kind != ACTION else replace(note, who=who, until=until))]

    return make


def _describe(field: str) -> Callable[[Minutes, str], Iterable[Correction]]:
    return lambda _, said: [Describe(field, said)]


@dataclass(frozen=True, slots=True)
class Verb:
    """What is made of what is said with it; `form` and `help` are for whoever says it."""

    read: Callable[[Minutes, str], Iterable[Correction]]
    form: str
    help: str


VERBS: Mapping[str, Verb] = MappingProxyType(
    {
        "title": Verb(_describe("title"), "TEXT", "What the meeting is called."),
        "date": Verb(_describe("date"), "DATE", "When it was, as 2026-11-21T14:00."),
        "place": Verb(_describe("place"), "TEXT", "Where it was."),
        "merge": Verb(_merge, "WHO=WHO", "Two voices are one person, the second."),
        "rename": Verb(_rename, "WHO=NAME", 'Who it is, as "Speaker 2=Mina Park"; who has that name is one with it.'),
        "role": Verb(_role, "WHO=ROLE", "mother, father, child, chair, member, ..."),
        "not": Verb(_not, "NAME", "The voice that has this name is not theirs."),
        "split": Verb(_split, "TIME", "The turn is two from this time on, as 12:31.5."),
        "give": Verb(_give, "TIME=WHO", "The turn at this time is another's, as 12:31=Mina Park."),
        "text": Verb(_text, "TIME=TEXT", "What is said in the turn."),
        "check": Verb(_check, "TIME", "The turn was heard and is right."),
        "join": Verb(_join, "TIME", "The turn and the next one are one."),
        "delete": Verb(_delete, "TIME", "The turn is not for the record."),
        "decision": Verb(_note(DECISION), "TIME=TEXT", "What was decided then."),
        "action": Verb(_note(ACTION), "TIME=TEXT", 'What is to be done, by whom and when: "Buy paper|Mina|Friday".'),
        "agenda": Verb(_note(AGENDA), "TIME=TEXT", "The agenda point that begins then."),
    }
)
"""In the order in which one command makes them."""
