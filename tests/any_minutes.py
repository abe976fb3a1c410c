"""Any minutes at all, for laws: a hypothesis strategy."""

from __future__ import annotations

from datetime import timedelta, timezone

from hypothesis import strategies as st

from bigvoice.minutes.minutes import GIVEN, KNOWN, SUGGESTED, UNKNOWN, Maker, Minutes, Source, Speaker, Utterance
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
    return Speaker(f"s{number}", number, name, role, named_by, draw(shares), draw(traits))


@st.composite
def minutes(draw: st.DrawFn) -> Minutes:
    voices = [draw(speakers(number)) for number in range(1, draw(st.integers(0, 4)) + 1)]
    said: list[Utterance] = []
    if voices:
        who = st.sampled_from([voice.id for voice in voices])
        said = draw(
            st.lists(
                st.builds(Utterance, spans, who, st.lists(words, max_size=4).map(tuple), shares, traits), max_size=8
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
    )
