"""Guards: what a recogniser wrote and nobody said, taken out; times that cannot be, set right.

A core on words. Whisper, given silence or noise, writes what it saw most often in its training ("Thanks for watching"),
falls into loops, and stretches a word over the pause before it. Each rule below looks for one such trace, with evidence
from outside the text (speech detection, level, the recogniser's own probabilities) wherever there is any; a list of
stock phrases comes last and only where the detector found hardly any speech.

    repaired     broken characters out, blank words joined to their neighbours
    lost         what the words leave out at the end of their text
    looping      is it a loop? (then it is heard again, see whisper.py)
    unlooped     a phrase repeated without end, down to three
    believable   is there time enough for this text?
    audible      is there sound enough, and is it more than a stock phrase over silence?
    timed        words moved to where there is speech, and none longer than its text takes to say
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf, log10

import numpy as np

from bigvoice.recording import Samples
from bigvoice.span import Span, intersect, total
from bigvoice.word import Word, join, letters

LOW_LOGPROB = -1.0
HIGH_COMPRESSION = 2.4
NO_SPEECH = 0.6
"""The three thresholds of Radford et al. (2022), section 4.5: mean log probability of a token, length of the text over
its zlib-compressed length, probability of "no speech"."""

KEPT_REPEATS = 3
"""So often a repeated phrase may stand: people do say "yes, yes, yes"."""

FASTEST = 14.0
"""Syllables (Hangul, Kana, Han) a second that nobody exceeds; twice as many letters. Fast talkers reach about ten."""

QUIET_DB = -60.0
"""Level in dB below full scale under which no microphone has recorded understandable speech."""

REACH = 0.5
"""Seconds a word may lie beside detected speech and still belong to it: detectors clip soft ends."""

HARDLY_SPEECH = 1.0
"""Seconds of detected speech below which a stock phrase is not believed."""

_STOCK = (
    "시청해주셔서감사합니다",
    "시청해주셔서고맙습니다",
    "구독과좋아요부탁드립니다",
    "구독과좋아요알림설정까지부탁드립니다",
    "다음영상에서만나요",
    "다음시간에만나요",
    "한글자막by",
    "자막제공",
    "thanksforwatching",
    "thankyouforwatching",
    "pleasesubscribe",
    "likeandsubscribe",
    "seeyouinthenextvideo",
    "subtitlesbytheamaraorgcommunity",
)


@dataclass(frozen=True, slots=True)
class Passage:
    """What a recogniser wrote for one stretch of sound, with its mean log probability and that of no speech at all."""

    span: Span
    words: tuple[Word, ...]
    logprob: float = 0.0
    no_speech: float = 0.0

    @property
    def text(self) -> str:
        """The words joined."""
        return join(self.words)


def compression(text: str) -> float:
    """Bytes of the text over bytes compressed: about 1 for prose of one sentence, above 2.4 for a loop."""
    raw = text.encode()
    return len(raw) / len(zlib.compress(raw)) if raw else 0.0


def looping(passage: Passage) -> bool:
    """Whether a second hearing is worth while: a loop, or a text the recogniser itself doubts."""
    return compression(passage.text) > HIGH_COMPRESSION or passage.logprob < LOW_LOGPROB


def repaired(words: Sequence[Word]) -> list[Word]:
    """No U+FFFD (half a character that the decoder never finished) and no blank word; spacing kept."""
    whole: list[Word] = []
    space = ""
    for word in words:
        text = space + word.text.replace("\ufffd", "")
        if not text.strip():
            space = " " if text else ""
            continue
        whole.append(replace(word, text=" " + text.lstrip() if text[0].isspace() else text))
        space = ""
    return whole


def lost(text: str, words: Sequence[Word]) -> str:
    """What of a text its words leave out at the end, without half characters; "" where they are not its beginning."""
    said = "".join(word.text for word in words)
    return text[len(said) :].replace("\ufffd", "").rstrip() if text.startswith(said) else ""


def unlooped(words: Sequence[Word]) -> list[Word]:
    """The words with every phrase that is said more than KEPT_REPEATS + 1 times in a row cut down to KEPT_REPEATS.

    Phrases of one word up to a third of all are looked for, short ones first; within a word, characters too.

    >>> said = "we go on go on go on go on go on now".split()
    >>> join(unlooped([Word(Span(0, 1), f" {text}") for text in said]))
    'we go on go on go on now'
    """
    kept = [replace(word, text=_unstuttered(word.text)) for word in words]
    size = 1
    while size * (KEPT_REPEATS + 2) <= len(kept):
        kept = _collapse(kept, size)
        size += 1
    return kept


def _collapse(words: Sequence[Word], size: int) -> list[Word]:
    """Runs of one phrase of `size` words cut down; one pass, O(n)."""
    keys = [letters(word.text) or word.text for word in words]
    kept: list[Word] = []
    at = 0
    while at < len(words):
        end = at + size
        while end < len(words) and keys[end] == keys[end - size]:
            end += 1
        run = (end - at) // size
        if run > KEPT_REPEATS + 1:
            kept += words[at : at + KEPT_REPEATS * size]
            at += run * size
        else:
            kept.append(words[at])
            at += 1
    return kept


def _unstuttered(text: str) -> str:
    """The same within one word, from ten repeats on: 아아아아아아아아아아 -> 아아아. Digits stay: numbers do repeat."""
    return re.sub(r"(\D{1,4}?)\1{9,}", lambda found: found.group(1) * KEPT_REPEATS, text)


def believable(passage: Passage, speech: Sequence[Span]) -> bool:
    """Whether anybody can have said that much in this time; False also for what Whisper itself takes for silence.

    speech: what the detector found, anywhere in the recording.
    """
    if passage.no_speech > NO_SPEECH and passage.logprob < LOW_LOGPROB:
        return False
    heard = total(intersect(speech, [passage.span]))
    return syllables(passage.text) <= FASTEST * (heard + REACH)


def audible(passage: Passage, speech: Sequence[Span], level_db: float) -> bool:
    """Whether the passage (best: one sentence) is loud enough, and no stock phrase with hardly any speech under it.

    level_db: of its loudest moment, dB below full scale.
    """
    if level_db < QUIET_DB:
        return False
    return not is_stock(passage.text) or total(intersect(speech, [passage.span])) >= HARDLY_SPEECH


def sentences(passage: Passage) -> list[Passage]:
    """The passage cut after each full stop; the span of each from its first word's start to its last one's end."""
    found: list[list[Word]] = [[]]
    for word in passage.words:
        found[-1].append(word)
        if _ends_sentence(word):
            found.append([])
    return [
        replace(passage, span=Span(said[0].span.start, max(word.span.end for word in said)), words=tuple(said))
        for said in found
        if said
    ]


def syllables(text: str) -> float:
    """About how many syllables: one a Hangul, Kana or Han character, half a letter of an alphabet, two a digit."""
    return sum(2.0 if c.isdigit() else 1.0 if c >= "\u1100" else 0.5 for c in text if c.isalnum())


def is_stock(text: str) -> bool:
    """Whether the text is nothing but phrases that subtitles end with.

    >>> is_stock("시청해 주셔서 감사합니다!"), is_stock("감사합니다.")
    (True, False)
    """
    rest = letters(text)
    if not rest:
        return False
    for phrase in _STOCK:
        rest = rest.replace(phrase, "")
    return not rest


def level_db(samples: Samples, *, frame: int = 800) -> float:
    """Level of the loudest frame (50 ms at 16 kHz) of samples (n,), dB below full scale; -inf for none."""
    parts = np.array_split(samples, max(1, len(samples) // frame))
    loudest = max(float(np.mean(np.square(part, dtype=np.float64))) if len(part) else 0.0 for part in parts)
    return 10 * log10(loudest) if loudest > 0 else -inf


def timed(words: Sequence[Word], speech: Sequence[Span]) -> list[Word]:
    """The words where speech is, in order of time, none longer than its text takes.

    A word that reaches out of speech is trimmed to it; one that lies beside it is moved to its edge if it is near
    (REACH) or likely (probability of at least one half), else dropped. speech: disjoint spans in order of time.
    """
    placed: list[Word] = []
    fresh = True
    for word in words:
        if span := _place(word, speech):
            placed.append(replace(word, span=_cap(span, _longest(word.text), keep_end=fresh)))
        fresh = _ends_sentence(word)
    return sorted(placed, key=lambda word: word.span)


def _ends_sentence(word: Word) -> bool:
    return word.text.rstrip().endswith((".", "!", "?", "。", "？", "！"))


def _place(word: Word, speech: Sequence[Span]) -> Span | None:
    """Where in the speech the word lies; None where it lies nowhere."""
    within = [common for span in speech if (common := span & word.span)]
    if within:
        return within[0] | within[-1]
    near = min(speech, key=word.span.gap, default=None)
    if near is None or (word.span.gap(near) > REACH and word.probability < 0.5):
        return None
    length = min(word.span.duration, near.duration)
    if word.span.start < near.start:
        return Span(near.start, near.start + length)
    return Span(near.end - length, near.end)


def _longest(text: str) -> float:
    """Seconds that the word may take: a drawled syllable takes 0.4 s, a hesitation half a second more."""
    return 0.5 + 0.4 * syllables(text)


def _cap(span: Span, longest: float, *, keep_end: bool) -> Span:
    """At most `longest` seconds. Alignment stretches the first word of a sentence backwards and the others forwards."""
    if span.duration <= longest:
        return span
    return Span(span.end - longest, span.end) if keep_end else Span(span.start, span.start + longest)
