"""Following: the documents beside a minutes file, made anew when the minutes were corrected.

What a person may have changed is left alone and told: a Word document whose stamp is broken, a text that is not what
the minutes gave. Everything else is written again as it was made: a transcript stays one, Korean stays Korean.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, tee
from pathlib import Path
from types import MappingProxyType

from bigvoice.documents import FORMATS, renderer, write
from bigvoice.documents.docx_made import made_of
from bigvoice.documents.filled_in import FILLED_IN, is_stamped
from bigvoice.documents.line import one_line
from bigvoice.errors import DocumentError
from bigvoice.minutes.minutes import Minutes
from bigvoice.settings import DocumentOptions

HOME = ".json"
_REVIEWS = ("Key ", "키 ")  # how the last heading of a review table begins

_WHYS = MappingProxyType(
    {
        "en": {
            "changed": "was changed in Word: take its changes over with `bigvoice correct {home} --from {file}`",
            "edited": "was edited, or made in another way: make it anew with "
            "`bigvoice render {home} -o {file} --force`",
            "template": "was made with the template {template}: make it anew with "
            "`bigvoice render {home} -o {file} --template {template}`",
            "told": "says who is who in the family: make it anew with `bigvoice talk-ratio`",
            "unknown": "was made by an older bigvoice: make it anew with `bigvoice render {home} -o {file}`",
            "review": "is a review table: take its changes over with `bigvoice correct {home} --from {file}`",
            "unread": "cannot be read: {reason}",
        },
        "ko": {
            "changed": "Word에서 수정된 문서입니다. `bigvoice correct {home} --from {file}`로 수정 내용을 가져오십시오",
            "edited": "직접 수정했거나 다른 설정으로 만든 문서입니다. "
            "`bigvoice render {home} -o {file} --force`로 새로 만드십시오",
            "template": "서식 {template}(으)로 만든 문서입니다. `bigvoice render {home} -o {file} --template "
            "{template}`로 새로 만드십시오",
            "told": "가족 관계를 직접 지정한 문서입니다. `bigvoice talk-ratio`로 새로 만드십시오",
            "unknown": "이전 버전에서 만든 문서입니다. `bigvoice render {home} -o {file}`로 새로 만드십시오",
            "review": "검토용 표입니다. `bigvoice correct {home} --from {file}`로 수정 내용을 가져오십시오",
            "unread": "읽을 수 없습니다: {reason}",
        },
    }
)


@dataclass(frozen=True, slots=True)
class Follower:
    """A document beside a minutes file. why: it may not be written, with the next step; "" if it may, or was.

    options: those that it was made with.
    """

    path: Path
    why: str = ""
    options: DocumentOptions = field(default_factory=DocumentOptions)


def followers(
    path: str | Path,
    minutes: Minutes,
    options: DocumentOptions | None = None,
    *,
    earlier: Iterable[Minutes] = (),
    language: str = "en",
) -> tuple[Follower, ...]:
    """The documents beside a minutes file that have its name, and which of them may be made anew.

    minutes: what the documents were made of, the minutes before they were corrected. earlier: what else they may have
    been made of. options: the user's own. language: of the reasons, "en" or "ko".
    """
    home = Path(path)
    states: Iterator[Minutes] = chain([minutes], earlier)
    found = []
    for document in _beside(home):
        states, its = tee(states)  # an earlier one is found only where a document asks for it
        why, made = _judged(document, its, options or DocumentOptions())
        found.append(Follower(document, _told(why, document, home, language), made))
    return tuple(found)


def follow(
    path: str | Path,
    before: Minutes,
    after: Minutes,
    options: DocumentOptions | None = None,
    *,
    earlier: Iterable[Minutes] = (),
    language: str = "en",
) -> tuple[Follower, ...]:
    """Make the documents anew that were made of `before`, of `after`; with why the others were left alone."""
    return tuple(
        each if each.why else _written(each, after)
        for each in followers(path, before, options, earlier=earlier, language=language)
    )


def is_made_of(document: Path, states: Iterable[Minutes], options: DocumentOptions) -> bool:
    """A text (.md, .txt) is what one of these minutes gives, so nobody wrote into it."""
    return _made(document, states, options) is not None


def _written(follower: Follower, minutes: Minutes) -> Follower:
    try:
        write(minutes, follower.path, options=follower.options)
    except DocumentError as error:
        return replace(follower, why=str(error))
    return follower


def _beside(home: Path) -> list[Path]:
    """Documents of the same name, in the order of their formats."""
    order = [suffix for suffix in FORMATS if suffix != HOME]
    try:
        there = [each for each in home.absolute().parent.iterdir() if each.stem == home.stem]
    except OSError:
        return []
    known = [home.with_name(each.name) for each in there if each.suffix.lower() in order and each.is_file()]
    return sorted(known, key=lambda each: (order.index(each.suffix.lower()), each.name))


def _judged(document: Path, states: Iterable[Minutes], options: DocumentOptions) -> tuple[str, DocumentOptions]:
    """Why a document may not be made anew (a key of the reasons, after it what they name), and how it was made."""
    suffix = document.suffix.lower()
    try:
        if suffix == ".docx":
            return _judged_docx(document, options)
        if suffix in FILLED_IN:
            made = _made(document, states, options)
            return ("", made) if made else ("edited", options)
        return ("review" if suffix == ".csv" and _is_review(document) else ""), options
    except OSError as error:
        return f"unread {error.strerror}", options


def _judged_docx(document: Path, options: DocumentOptions) -> tuple[str, DocumentOptions]:
    made = made_of(document)
    if not is_stamped(document):
        return "changed", options
    if made is None:
        return "unknown", options
    if made.told:
        return "told", options
    its = made.options(options)
    if not made.shipped and not (its.template and Path(its.template).is_file()):
        return f"template {made.template}", options
    return "", its


def _made(document: Path, states: Iterable[Minutes], options: DocumentOptions) -> DocumentOptions | None:
    """How a text was made; None where it is none that minutes give."""
    there, render = document.read_bytes(), renderer(document)
    letters = _letters(there.decode("utf-8", "replace"))
    for number, state in enumerate(states):
        if not _holds(letters, state):  # making it takes a second for three hours
            continue
        for each in [options] if number else _ways(options):
            made = render(state, each)
            if there == (made.encode() if isinstance(made, str) else made):
                return each
    return None


def _holds(letters: str, minutes: Minutes) -> bool:
    """A text that consists of these letters has all names and words of the minutes in it, in their order."""
    names = {speaker.id: _letters(one_line(speaker.name or "")) for speaker in minutes.speakers}
    at, last = 0, None
    for turn in minutes.utterances:
        for part in (names[turn.speaker] if turn.speaker != last else "", _letters(one_line(turn.text))):
            found = letters.find(part, at)
            if found < 0:
                return False
            at = found + len(part)
        last = turn.speaker
    return True


def _letters(text: str) -> str:
    """Without all that a format adds between the words."""
    return re.sub(r"\W+", "", text)


def _ways(options: DocumentOptions) -> Iterator[DocumentOptions]:
    """The user's own way first, then each of the others that a text can be made in."""
    yield options
    for language in ("en", "ko"):
        for marks in (True, False):
            yield replace(options, language=language, mark_unsure=marks)


def _is_review(document: Path) -> bool:
    with document.open("rb") as file:
        head = file.readline(4096)
    return any(word.encode(code) in head for word in _REVIEWS for code in ("utf-8", "utf-16-le", "cp949"))


def _told(why: str, document: Path, home: Path, language: str) -> str:
    key, _, named = why.partition(" ")
    pattern = _WHYS.get(language, _WHYS["en"]).get(key, "")
    return pattern.format(home=home.name, file=document.name, template=named, reason=named)
