"""Example minutes that tests share: an English team meeting, a Korean family talk, nothing at all, and hostile text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bigvoice.minutes.minutes import GIVEN, KNOWN, SUGGESTED, Maker, Minutes, Source, Speaker, Utterance
from bigvoice.span import Span
from bigvoice.word import Word


def words(start: float, end: float, text: str, unsure: Sequence[str] = ()) -> tuple[Word, ...]:
    """The words of a text, spread evenly over [start, end), spaced as recognisers write them."""
    said = text.split()
    step = (end - start) / max(1, len(said))
    return tuple(
        Word(Span(start + i * step, start + (i + 1) * step), " " + word, 0.3 if word in unsure else 0.95)
        for i, word in enumerate(said)
    )


def say(start: float, end: float, speaker: str, text: str = "", *, unsure: Sequence[str] = ()) -> Utterance:
    """An utterance of evenly spread words."""
    return Utterance(Span(start, end), speaker, words(start, end, text, unsure), 0.9)


def team() -> Minutes:
    """Four voices, three of them enrolled; one attendee who is not heard, an overlap, two unsure words."""
    return Minutes(
        source=Source("board.m4a", "0" * 64, 60.0),
        maker=Maker(
            "0.1.0",
            (("speech", "silero"), ("voices", "mfcc-1 + kmeans"), ("text", "sphinx")),
            ("The text was written by pocketsphinx: expect about four words in ten to be wrong.",),
        ),
        title="Weekly meeting",
        date=datetime(2026, 3, 2, 14, 5),
        place="Room 4",
        language="en",
        attendees=("Mina Park", "Joon Lee", "Ada Brown", "Tom Ford"),
        agenda=("Budget", "Summer trip"),
        speakers=(
            Speaker("s1", 1, "Mina Park", "chair", KNOWN, 0.98),
            Speaker("s2", 2, "Joon Lee", None, KNOWN, 0.91),
            Speaker("s3", 3),
            Speaker("s4", 4, "Ada Brown", "member", GIVEN, 1.0),
        ),
        utterances=(
            say(1.0, 6.0, "s1", "Good afternoon. Let us begin with the budget."),
            say(6.5, 11.0, "s1", "Joon, you have the numbers."),
            say(12.0, 22.0, "s2", "We spent four thousand, most of it on paper.", unsure=("four", "thousand,")),
            say(20.0, 24.0, "s4", "On paper? Really?"),
            say(25.0, 31.0, "s3", "The printer is old."),
            say(32.0, 33.0, "s2"),
            say(40.0, 50.0, "s1", "Then we buy a new one. The trip can wait until May."),
        ),
    )


def guessed() -> Minutes:
    """The team meeting, where Mina Park's voice is a suggestion, and nobody said who would come."""
    minutes = team()
    mina = replace(minutes.speakers[0], named_by=SUGGESTED, confidence=0.74)
    return replace(minutes, speakers=(mina, *minutes.speakers[1:]), attendees=())


def family() -> Minutes:
    """Mother, father, child and a voice nobody knows, in Korean; all seconds are whole, so shares are easy to check:
    20, 10, 8 and 2 of 40 s; 4 s of them said by two at once; 60 s of recording."""
    return Minutes(
        source=Source("저녁 식사.m4a", "1" * 64, 60.0),
        maker=Maker("0.1.0", (("speech", "silero"), ("voices", "mfcc-1 + kmeans"), ("text", "whisper:small"))),
        title="저녁 식사 대화",
        date=datetime(2026, 11, 21),
        place="집",
        language="ko",
        speakers=(
            Speaker("s1", 1, "김영희", "엄마", KNOWN, 0.97),
            Speaker("s2", 2, "홍길동", "아버지", KNOWN, 0.9),
            Speaker("s3", 3, "홍민수", "child", GIVEN, 1.0),
            Speaker("s4", 4),
        ),
        utterances=(
            say(0.0, 10.0, "s1", "오늘 학교에서 무슨 일이 있었어?"),
            say(10.0, 14.0, "s3", "축구를 했어요. 재미있었어요!", unsure=("축구를",)),
            say(14.0, 24.0, "s2", "몇 대 몇으로 이겼니?"),
            say(20.0, 24.0, "s3", "삼 대 이로 이겼어요."),
            say(30.0, 40.0, "s1", "잘했네. 밥 먹자."),
            say(42.0, 44.0, "s4", "안녕하세요."),
        ),
    )


def empty() -> Minutes:
    """Two seconds of silence."""
    return Minutes(Source("silence.wav", "2" * 64, 2.0), Maker("0.1.0"))


HOSTILE = (
    "<b>Tom</b> & \"Co\" | 'x'\n# =1+1 *_`~$[a](http://x)!\\ &lt; \u202eabc\u2066 \u2028"
    "{% if %} {{ x }} 1. --> ]]> \x07"
)


def hostile() -> Minutes:
    """The team meeting with markup, line ends, pipes and direction marks wherever text can stand."""
    minutes = team()
    speakers = tuple(
        replace(s, name=s.name and f"{HOSTILE}{s.number}", role=s.role and HOSTILE) for s in minutes.speakers
    )
    utterances = tuple(
        replace(u, words=(Word(u.span, f" {HOSTILE}", 0.9), Word(u.span, f" {HOSTILE}", 0.1)))
        for u in minutes.utterances
    )
    return replace(
        minutes,
        title=HOSTILE,
        place=HOSTILE,
        attendees=(HOSTILE,),
        agenda=(HOSTILE, "1. first", "- dash", "+ plus", "# hash"),
        source=replace(minutes.source, file=f"{HOSTILE}.m4a"),
        maker=Maker(HOSTILE, ((HOSTILE, HOSTILE),), (HOSTILE,)),
        speakers=speakers,
        utterances=utterances,
    )
