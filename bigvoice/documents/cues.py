"""Cues: what is said, cut into pieces that can be read while they are on the screen.

A speaker's words are parted at long pauses; a part that does not fit is cut in two, again and again, where it hurts
least: at a pause, at the end of a sentence, near the middle. Two speakers who answer each other at once share a cue, a
line each. When each cue is shown is in cue_times.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from bigvoice.documents.cue_times import LONGEST, SHORTEST, Cue, shown
from bigvoice.documents.line import one_line, piece, width
from bigvoice.minutes.minutes import Minutes, Utterance, blocks
from bigvoice.word import Word

COLUMNS = 42
"""Of a line: the usual limit for Latin letters (Netflix Timed Text Style Guide, English)."""
HANGUL = 20
"""Letters of a line of Hangul, each two columns wide: of the 16 to 20 in use, the most."""
LINES = 2
FULL = COLUMNS * HANGUL
"""The breadth of a full line: of 42 Latin letters, or 20 of Hangul."""
PAUSE = 1.0
"""Seconds of silence over which no cue is held: what comes next would be read before it is said."""
DASH = "- "
"""Stands before each line of a cue that two speakers share (Netflix Timed Text Style Guide, dual speakers)."""


@dataclass(frozen=True, slots=True)
class Token:
    """What is never parted at a line's end: a word with all that is joined to it."""

    text: str
    start: float
    end: float


def cues_of(minutes: Minutes, *, name: str = "") -> list[Cue]:
    """The cues of the minutes, in order of time; none for what was not transcribed.

    name: room is left for it in every first line, and in both of a cue that two speakers share.
    """
    found = [
        Cue(tokens[0].start, _end(tokens), block[0].speaker, tuple(_lines(tokens, name) or ()))
        for block in blocks(minutes.utterances)
        for part in _at_pauses(_tokens(block, name))
        for tokens in _fitting(part, name)
    ]
    return shown(_shared(sorted(found, key=lambda cue: cue.start), name))


def breadth(text: str) -> int:
    """How much of a line (of `FULL`) a text takes.

    >>> breadth("회의 " * 6) <= FULL, breadth("회의록" * 7) <= FULL
    (True, False)
    """
    return len(text) * HANGUL if text.isascii() else sum(map(_breadth, text))


@lru_cache(maxsize=4096)
def _breadth(char: str) -> int:
    """Of one letter: HANGUL wide ones fill a line, as do COLUMNS others."""
    columns = width(char)
    return COLUMNS if columns == 2 else columns * HANGUL


def _tokens(utterances: Iterable[Utterance], name: str) -> list[Token]:
    """The written words of some utterances, what is too wide for a line cut into pieces; starts never go back."""
    found: list[Token] = []
    clock = 0.0
    for utterance in utterances:
        for token in _written_words(utterance.words):
            start = max(clock, token.start)
            clock = start
            found += _cut(Token(token.text, start, max(start, token.end)), name)
    return found


def _written_words(words: Iterable[Word]) -> Iterator[Token]:
    """Recognised words that are written together (no space between) as one."""
    open_: Token | None = None
    for word in words:
        text = piece(word.text)
        if open_ and text and not text.startswith(" ") and not open_.text.endswith(" "):
            open_ = Token(open_.text + text, open_.start, word.span.end)
            continue
        yield from _plain(open_)
        open_ = Token(text, word.span.start, word.span.end)
    yield from _plain(open_)


def _plain(token: Token | None) -> Iterator[Token]:
    """The token without white space at its ends; one that holds white space within as several."""
    if token and (texts := one_line(token.text).split(" ")) != [""]:
        yield from _spread(texts, token)


def _cut(token: Token, name: str) -> list[Token]:
    """A token as pieces that fit a line after the name."""
    pieces = [""]
    for char in token.text:
        if breadth(name + pieces[-1] + char) > FULL:
            pieces.append("")
        pieces[-1] += char
    return list(_spread(pieces, token))


def _spread(texts: Sequence[str], token: Token) -> Iterator[Token]:
    """The parts of a token, its time shared out by their lengths."""
    step = (token.end - token.start) / sum(map(len, texts))
    at = 0
    for text in texts:
        yield Token(text, token.start + at * step, token.start + (at + len(text)) * step)
        at += len(text)


def _at_pauses(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """The tokens, parted at every long pause."""
    start = 0
    for i, (left, right) in enumerate(pairwise(tokens), 1):
        if right.start - left.end >= PAUSE:
            yield tokens[start:i]
            start = i
    if tokens:
        yield tokens[start:]


def _fitting(tokens: Sequence[Token], name: str) -> list[Sequence[Token]]:
    """The tokens, cut until each part fits a cue."""
    in_time = tokens[-1].end - tokens[0].start <= LONGEST
    if len(tokens) == 1 or (in_time and _lines(tokens, name) is not None):
        return [tokens]
    best = max(_middle(len(tokens)), key=lambda i: _goodness(tokens, i))
    return _fitting(tokens[:best], name) + _fitting(tokens[best:], name)


def _middle(count: int) -> range:
    """Where a part of so many tokens may be cut: never in its outer quarters, so that both sides shrink."""
    return range(max(1, count // 4), max(2, count - count // 4))


def _goodness(tokens: Sequence[Token], i: int) -> float:
    """How good it is to cut before token i; a second of pause, a sentence's end and the very middle weigh the same."""
    before, after = tokens[i - 1], tokens[i]
    from_middle = abs(i / len(tokens) - 0.5) / 0.25
    return (after.start - before.end) + _stop(before.text) - from_middle


def _stop(text: str) -> float:
    """1 after a sentence, 0.5 after a part of one."""
    return (
        1.0 if text.endswith((".", "?", "!", "…", "。", "？", "！")) else 0.5 if text.endswith((",", ";", ":")) else 0.0
    )


def _lines(tokens: Sequence[Token], name: str) -> list[str] | None:
    """The tokens on one line, or on two of lengths as equal as can be; None where they do not fit."""
    texts = [token.text for token in tokens]
    whole = " ".join(texts)
    if breadth(name + whole) <= FULL:
        return [whole]
    if breadth(name + whole) > LINES * FULL + breadth(" "):
        return None
    splits = [(" ".join(texts[:i]), " ".join(texts[i:])) for i in range(1, len(texts))]
    fitting = [(head, tail) for head, tail in splits if max(breadth(name + head), breadth(tail)) <= FULL]
    return list(min(fitting, key=lambda lines: _unevenness(name, *lines))) if fitting else None


def _unevenness(name: str, head: str, tail: str) -> float:
    """How little two lines look like a pair; the end of a sentence makes up for a fifth of a line."""
    return abs(breadth(name + head) - breadth(tail)) - _stop(head) * FULL / 5


def _end(tokens: Sequence[Token]) -> float:
    return min(max(token.end for token in tokens), tokens[0].start + LONGEST)


def _shared(cues: Sequence[Cue], name: str) -> list[Cue]:
    """The cues, two of them as one where the second speaker begins before the first could be read."""
    found: list[Cue] = []
    for cue in cues:
        if found and _may_share(found[-1], cue, name):
            first = found.pop()
            lines = (*first.lines, *cue.lines)
            found.append(Cue(first.start, max(first.end, cue.end), first.speaker, lines, cue.speaker))
        else:
            found.append(cue)
    return found


def _may_share(first: Cue, second: Cue, name: str) -> bool:
    lines = (*first.lines, *second.lines)
    return (
        second.start < first.start + SHORTEST
        and not first.other
        and first.speaker != second.speaker
        and len(lines) == LINES
        and all(breadth(DASH + name + line) <= FULL for line in lines)
        and max(first.end, second.end) <= first.start + LONGEST
    )
