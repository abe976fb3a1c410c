"""Rewording: the words of a text that a person wrote in place of what the machine heard.

Words that stay keep their time and their probability. New ones share, by their lengths, the time of those they replace
and the pauses around them; a person wrote them, so their probability is 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import accumulate

from bigvoice.span import Span
from bigvoice.word import Word


def reworded(words: Sequence[Word], text: str, span: Span) -> tuple[Word, ...]:
    """The words of `text`, which is written in place of `words`; span: of the turn. () for an empty text.

    What has no space in it is one word, as Korean recognisers may write one in several pieces (회의 + 를).

    >>> was = [Word(Span(0, 1), " helo", 0.3), Word(Span(1, 2), " all", 0.9)]
    >>> [(w.text, w.span.start, w.probability) for w in reworded(was, "Hello, all", Span(0, 2))]
    [(' Hello,', 0.0, 1.0), (' all', 1, 0.9)]
    """
    old, new = written(words), text.split()
    found: list[Word] = []
    matcher = SequenceMatcher(None, [_text(group) for group in old], new, autojunk=False)
    for kind, start, end, first, last in matcher.get_opcodes():
        if kind == "equal":
            found += [word for group in old[start:end] for word in group]
        else:
            found += _spread(new[first:last], _room(old, start, end, span))
    return tuple(_spaced(found, new, first=" " if words and words[0].text[:1].isspace() else ""))


def written(words: Sequence[Word]) -> list[list[Word]]:
    """The words in groups that are written together, without a space between them."""
    groups: list[list[Word]] = []
    for word in words:
        apart = not groups or word.text[:1].isspace() or groups[-1][-1].text[-1:].isspace()
        if apart:
            groups.append([])
        groups[-1].append(word)
    return groups


def _text(group: Sequence[Word]) -> str:
    return "".join(word.text for word in group).strip()


def _room(groups: Sequence[Sequence[Word]], start: int, end: int, span: Span) -> Span:
    """The time from the end of the group before `start` to the beginning of the one at `end`, within the turn."""
    if start < end:
        first, last = groups[start][0].span, groups[end - 1][-1].span
        return Span(first.start, max(first.start, last.end))
    since = groups[start - 1][-1].span.end if start else span.start
    until = groups[end][0].span.start if end < len(groups) else span.end
    return Span(since, max(since, until))


def _spread(texts: Sequence[str], room: Span) -> Iterator[Word]:
    """Words that share the room by their lengths."""
    step = room.duration / max(1, sum(map(len, texts)))
    at = 0
    for text in texts:
        yield Word(Span(room.start + at * step, room.start + (at + len(text)) * step), text)
        at += len(text)


def _spaced(words: Sequence[Word], texts: Sequence[str], first: str) -> Iterator[Word]:
    """The words with a space where one of the texts ends and the next begins; `first` stands before them all."""
    spaces = dict.fromkeys(accumulate(map(len, texts)), " ") | {0: first}
    at = 0
    for word in words:
        letters = word.text.strip()
        yield Word(word.span, spaces.get(at, "") + letters, word.probability)
        at += len(letters)
