"""Any minutes at all, for laws: a hypothesis strategy."""

from __future__ import annotations

from datetime import timedelta, timezone

from hypothesis import strategies as st

from bigvoice.minutes import corrections as c
from bigvoice.minutes.correcting import corrected
from bigvoice.minutes.minutes import (
    GIVEN,
    KNOWN,
    NOTES,
    SUGGESTED,
    UNKNOWN,
    Maker,
    Minutes,
    Note,
    Source,
    Speaker,
    Utterance,
)
from bigvoice.span import Span
from bigvoice.traits import Traits
from bigvoice.word import Word

zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
"""Fixed offsets, which is what ISO 8601 can write: two times in a repeated hour of a place are not told apart."""

texts = st.text(max_size=12)
shares = st.floats(0, 1)
times = st.floats(0, 1000)
spans = st.builds(lambda a, b: Span(min(a, b), max(a, b)), times, times)
short_spans = st.builds(lambda start, length: Span(start, start + length), times, st.floats(0, 10))
words = st.builds(Word, short_spans, texts, shares)
traits = st.none() | st.builds(lambda a, b: Traits(a * b, a * (1 - b), 1 - a), shares, shares)


@st.composite
def speakers(draw: st.DrawFn, number: int) -> Speaker:
    named_by = draw(st.sampled_from([KNOWN, GIVEN, SUGGESTED, UNKNOWN]))
    name = None if named_by == UNKNOWN else draw(texts)
    role = None if named_by == UNKNOWN else draw(st.none() | st.sampled_from(["mother", "아빠", "chair", ""]) | texts)
    rejected = tuple(draw(st.lists(texts, max_size=1)))
    return Speaker(f"s{number}", number, name, role, named_by, draw(shares), draw(traits), rejected)


@st.composite
def notes(draw: st.DrawFn) -> tuple[Note, ...]:
    kinds = draw(st.lists(st.sampled_from(NOTES), max_size=2))
    found = [Note(f"n{n}", kind, draw(times), draw(texts), draw(texts), draw(texts)) for n, kind in enumerate(kinds)]
    return tuple(sorted(found, key=lambda note: note.time))


@st.composite
def minutes(draw: st.DrawFn) -> Minutes:
    voices = [draw(speakers(number)) for number in range(1, draw(st.integers(0, 4)) + 1)]
    said: list[Utterance] = []
    if voices:
        who = st.sampled_from([voice.id for voice in voices])
        said = draw(
            st.lists(
                st.builds(Utterance, spans, who, st.lists(words, max_size=4).map(tuple), shares, traits, st.booleans()),
                max_size=8,
            )
        )
    return Minutes(
        source=Source(draw(texts), draw(texts), draw(times)),
        maker=Maker(
            draw(texts),
            tuple(draw(st.lists(st.tuples(texts, texts), max_size=2))),
            tuple(draw(st.lists(texts, max_size=2))),
        ),
        title=draw(texts),
        date=draw(st.none() | st.datetimes() | st.datetimes(timezones=zones)),
        place=draw(texts),
        language=draw(st.none() | st.sampled_from(["en", "ko", "de"])),
        attendees=tuple(draw(st.lists(texts, max_size=3))),
        agenda=tuple(draw(st.lists(texts, max_size=3))),
        speakers=tuple(voices),
        utterances=tuple(sorted(said, key=lambda utterance: utterance.span)),
        notes=draw(notes()),
    )


@st.composite
def corrections(draw: st.DrawFn, minutes: Minutes) -> tuple[c.Correction, ...]:
    """Up to six corrections, most of which fit the minutes that those before them leave."""
    found: list[c.Correction] = []
    for _ in range(draw(st.integers(0, 6))):
        found.append(draw(_correction(minutes)))
        minutes, _unfit = corrected(minutes, found[-1:])
    return tuple(found)


def _correction(minutes: Minutes) -> st.SearchStrategy[c.Correction]:
    place = st.sampled_from([c.Place.of(u) for u in minutes.utterances] or [c.Place(Span(0, 1), "s1")])
    who = st.sampled_from([speaker.id for speaker in minutes.speakers] or ["s1"])
    note = st.builds(Note, st.sampled_from(["n1", "n2"]), st.sampled_from(NOTES), times, texts, texts, texts)
    return st.one_of(
        st.builds(c.Rename, who, texts, st.none() | texts),
        st.builds(c.Reject, who, texts),
        st.builds(c.Merge, who, who),
        st.builds(c.Assign, place, who | st.just("s9")),
        st.builds(c.Split, place, times, st.none() | st.integers(0, 3)),
        place.flatmap(lambda turn: st.just(c.Split(turn, turn.span.middle))),
        st.builds(c.Join, place, place),
        st.builds(c.Write, place, texts, texts),
        st.builds(c.Check, place, st.booleans()),
        st.builds(c.Delete, place, texts),
        st.builds(c.Insert, st.builds(c.Place, spans, who), texts),
        st.builds(c.PutNote, note),
        st.builds(c.DropNote, st.sampled_from(["n1", "n2"])),
        st.builds(c.Describe, st.sampled_from(["title", "place", "attendees", "agenda"]), texts),
    )
