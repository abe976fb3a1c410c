from __future__ import annotations

import itertools
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from bigvoice.minutes.rewording import reworded
from bigvoice.span import Span
from bigvoice.word import Word, join

TURN = Span(10.0, 20.0)
PIECES = [("회의", 10.0, 11.0), ("를", 11.0, 11.4), (" 시작", 11.5, 12.0), ("합니다.", 12.0, 13.0)]
KOREAN = [Word(Span(start, end), text, 0.4) for text, start, end in PIECES]

texts = st.lists(st.text(alphabet="abc회의,.", min_size=1, max_size=5), max_size=8).map(" ".join)


@st.composite
def spoken(draw: st.DrawFn) -> list[Word]:
    count = draw(st.integers(0, 6))
    step = TURN.duration / max(count, 1)
    spaces = [draw(st.sampled_from(["", " "])) for _ in range(count)]
    return [
        Word(
            Span(10 + i * step, 10 + (i + 1) * step),
            space + draw(st.text(alphabet="abc회의", min_size=1, max_size=4)),
            0.4,
        )
        for i, space in enumerate(spaces)
    ]


@given(spoken(), texts)
def test_it_says_what_was_written_in_order_and_in_the_turn(words: Sequence[Word], text: str) -> None:
    found = reworded(words, text, TURN)

    assert join(found) == " ".join(text.split())
    assert all(TURN.start <= w.span.start <= w.span.end <= TURN.end + 1e-9 for w in found)
    assert all(a.span.start <= b.span.start + 1e-9 for a, b in itertools.pairwise(found))


@given(spoken())
def test_the_same_text_changes_nothing(words: Sequence[Word]) -> None:
    assert reworded(words, join(words), TURN) == tuple(words)


def test_korean_words_in_pieces_stay_in_pieces() -> None:
    found = reworded(KOREAN, "이제 회의를 마칩니다.", TURN)

    assert [w.text for w in found] == ["이제", " 회의", "를", " 마칩니다."]
    assert found[1].span == KOREAN[0].span
    assert [w.probability for w in found] == [1.0, 0.4, 0.4, 1.0]
    assert found[3].span == Span(11.5, 13.0)


def test_new_words_share_the_time_of_those_they_replace_by_length() -> None:
    was = [Word(Span(10, 14), " abcd", 0.2), Word(Span(14, 15), " end", 0.9)]

    found = reworded(was, "a bbb end", TURN)

    assert [w.span for w in found] == [Span(10.0, 11.0), Span(11.0, 14.0), Span(14, 15)]


def test_words_in_a_turn_without_any_share_the_turn() -> None:
    assert [w.span for w in reworded((), "ab cd", TURN)] == [Span(10.0, 15.0), Span(15.0, 20.0)]
    assert reworded(KOREAN, " ", TURN) == ()
