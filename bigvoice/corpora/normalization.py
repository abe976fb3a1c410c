"""Normalization: the text that somebody wrote down -> the text that a recogniser is to write.

In small letters, without punctuation, single spaces between words. An apostrophe stays inside a word ("don't"), and
points, colons, commas and strokes between digits ("1,000", "3.5"): numbers are never spelled, for nobody knows how they
were read. Korean rules read what the transcribers of KsponSpeech and AI-Hub marked besides:

    b/ l/ n/ o/ u/         breath, laughter, noise, another's voice, not understood: gone
    (70%)/(칠십 퍼센트)     written and spoken, in either order: one of them stays
    음/  모+  *같은         a filler, a word begun and broken off, one hardly understood: the word stays
    (SP:그)  {laughing}     tags of what was said badly: the word stays; remarks: gone
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from bigvoice.options import Options, option

KOREAN, PLAIN, AUTO = "korean", "plain", "auto"
SPOKEN, WRITTEN = "spoken", "written"


@dataclass(frozen=True)
class Rules(Options):
    """How texts are normalized."""

    rules: str = option(
        AUTO, "korean reads the marks of KsponSpeech and AI-Hub, plain does not.", choices=(AUTO, KOREAN, PLAIN)
    )
    transcription: str = option(
        SPOKEN, "Of (70%)/(칠십 퍼센트) the side that is spoken or the one written.", choices=(SPOKEN, WRITTEN)
    )
    punctuation: bool = option(
        False, "Keep punctuation and capitals, as Whisper writes them.", flag="--punctuation/--no-punctuation"
    )


def normalize(text: str, rules: Rules) -> str:
    """The text by these rules (not "auto": see `rules_for`); "" where nothing is left.

    >>> normalize("b/ 아/ 모+ 몬 소리야 (70%)/(칠십 퍼센트) 확률이라니 n/", Rules(KOREAN))
    '아 모 몬 소리야 칠십 퍼센트 확률이라니'
    >>> normalize("“Don’t!” – he said, 3.5 times.", Rules(PLAIN))
    "don't he said 3.5 times"
    """
    text = unicodedata.normalize("NFC", text.translate(_UNSEEN))
    if rules.rules == KOREAN:
        text = _unmarked(text, rules.transcription)
    text = _REMARK.sub(" ", text)
    if not rules.punctuation:
        text = _SIGN.sub(_in_its_place, text.lower().translate(_APOSTROPHES))
    return " ".join(unicodedata.normalize("NFC", text).split())


def is_doubtful(text: str, rules: Rules) -> bool:
    """Whether its words are not what is said: a double transcription is not whole, or a name was masked."""
    if rules.rules != KOREAN:
        return False
    rest = _TAG.sub(" ", _DOUBLE.sub(" ", text))
    return bool(_HALF.search(rest) or _MASKED.search(rest))


def rules_for(texts: Iterable[str], rules: Rules) -> Rules:
    """`rules`, with "auto" made "korean" where most of these texts hold Hangul, else "plain"."""
    if rules.rules != AUTO:
        return rules
    found = [bool(_HANGUL.search(unicodedata.normalize("NFC", text))) for text in texts]
    return Rules(KOREAN if 2 * sum(found) > len(found) else PLAIN, rules.transcription, rules.punctuation)


def _unmarked(text: str, side: str) -> str:
    text = _DOUBLE.sub(lambda match: _chosen(match[1].strip(), match[2].strip(), side), text)
    text = _TAG.sub(r"\1", _NOISE.sub(" ", text))
    return _FILLER.sub("", text)


def _chosen(first: str, second: str, side: str) -> str:
    """KsponSpeech writes (written)/(spoken), some of AI-Hub the other way round: what only Hangul spells is spoken."""
    written, spoken = (second, first) if _FOREIGN.search(second) and not _FOREIGN.search(first) else (first, second)
    return spoken if side == SPOKEN else written


def _in_its_place(sign: re.Match[str]) -> str:
    """What becomes of a sign that is no letter and no digit: it stays, it parts words, or it was nothing."""
    char, before, after = sign[0], sign.string[: sign.start()][-1:], sign.string[sign.end() :][:1]
    kind = unicodedata.category(char)
    if (before.isdecimal() and after.isdecimal()) or (char == "'" and _in_a_word(before, after)):
        return char
    if char in _NOTHING or kind in ("Ps", "Pe", "Pi", "Pf"):  # brackets, quotation marks
        return ""
    return " " if kind.startswith("P") and char not in _READ_OUT else char


def _in_a_word(before: str, after: str) -> bool:
    """Between letters; in Hangul what looks so closes a quotation."""
    return before.isalpha() and after.isalpha() and not _HANGUL.match(before)


class _Unseen(dict[int, str | None]):
    """For `str.translate`: no control characters, and none that only tell how to set the others."""

    def __missing__(self, code: int) -> str | None:
        char = chr(code)
        self[code] = " " if char.isspace() else None if unicodedata.category(char) in ("Cc", "Cf") else char
        return self[code]


_UNSEEN = _Unseen()
_APOSTROPHES = dict.fromkeys(map(ord, "\u2018\u2019\u02bc\uff07`\u00b4"), "'")
_NOTHING = frozenset("\"'*+~^<>|")
_READ_OUT = frozenset("%&@#")
"""Said as words ("percent"), so that leaving them out would be wrong: the report lists them."""
_SIGN = re.compile(r"[^\w\s]|_")
_REMARK = re.compile(r"\[[^\[\]]*\]|\{[^{}]*\}|<[^<>]*>")
_DOUBLE = re.compile(r"\(([^()]*)\)\s*/\s*\(([^()]*)\)")
_HALF = re.compile(r"\)\s*/|/\(|\)\(")
_MASKED = re.compile(r"&[A-Za-z][\w-]*&|#@\w+#|(?<!\S)@\w+")
_TAG = re.compile(r"\([A-Z]{1,3}:([^()]*)\)")
_NOISE = re.compile(r"(?<![A-Za-z])[blnou]/")
_FILLER = re.compile(r"(?<!\d)[/+*]|[/+*](?!\d)")
_HANGUL = re.compile(r"[가-힣]")
_FOREIGN = re.compile(r"[^\s가-힣ㄱ-ㅎㅏ-ㅣ.,?!~…'\"-]")
