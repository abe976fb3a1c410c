"""Taking over: corrections of what a person changed in a document, and only of that.

The document was made of some state of the minutes, its *base*: the present one, or an earlier one where corrections
were made since. What differs from the base was changed in the document. Where the minutes were changed in the same
place, they hold and that is told, unless the document is to overrule them (see laid_onto.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from bigvoice.documents.line import one_line
from bigvoice.errors import DocumentError
from bigvoice.minutes.corrections import Check, Correction, Delete, Place, Split, Write
from bigvoice.minutes.minutes import Minutes, Utterance
from bigvoice.returning.attendees_back import attendees_taken
from bigvoice.returning.base import base_of
from bigvoice.returning.came_back import CameBack, Passage
from bigvoice.returning.comparison import Comparison, Expected, Match, expected_of
from bigvoice.returning.dividing import divided
from bigvoice.returning.facts_back import facts_taken
from bigvoice.returning.labels_back import labels_taken
from bigvoice.returning.laid_onto import laid_onto
from bigvoice.returning.notes_back import notes_taken
from bigvoice.returning.untaken import Untaken

MOST_MISSING = 1 / 3
"""Part of a document's blocks that may be lost; beyond that its structure is broken, or it is another meeting's."""
ALIKE = 0.3
"""Two texts found by their time alone belong together if this part of their words is the same; half of them must."""


@dataclass(frozen=True, slots=True)
class Returned:
    """What a document changes in minutes. told: what is not taken over, a line each: where, why, and what to do."""

    corrections: tuple[Correction, ...]
    told: tuple[str, ...] = ()


def taken_over(
    back: CameBack,
    minutes: Minutes,
    earlier: Iterable[Minutes] = (),
    *,
    deletions: bool = False,
    overrule: bool = False,
    language: str = "en",
) -> Returned:
    """The corrections that take over what was changed in a document, for `minutes` as they are now.

    earlier: states of the minutes that the document may have been made of, the latest first. deletions: what was
    deleted in the document is deleted, not only told. overrule: where minutes and document were both changed, the
    document holds. language: of what is told, "en" or "ko". Raises DocumentError for a document whose blocks are not
    those of the minutes.
    """
    base, certain = base_of(back, minutes, earlier)
    comparison = Comparison(certain=certain, overrule=overrule, codec=back.codec, untaken=Untaken(language))
    expected = expected_of(base, by_turn=back.by_turn)
    pairs, missing = _paired(back, expected)
    matches, splits = _matched(back, pairs, comparison)
    _refuse_broken(back, expected, matches, deletions=deletions)
    found: list[Correction] = [*splits]
    found += _written(back, matches, comparison, deletions=deletions)
    found += _checked(matches, comparison)
    found += _deleted(missing, comparison, deletions=deletions) if not back.by_turn else []
    found += labels_taken(back, matches, expected, (base, minutes), comparison)
    found += attendees_taken(back, base, comparison, deletions=deletions)
    found += notes_taken(back.notes, base, comparison, deletions=deletions)
    found += facts_taken(back.facts, base, comparison)
    fitting = laid_onto(minutes, base, found, comparison) if base is not minutes else found
    return Returned(tuple(fitting), tuple(comparison.untaken.told))


def _paired(back: CameBack, expected: Sequence[Expected]) -> tuple[dict[int, Expected], list[Expected]]:
    """What passages were made of, by their number; and what is in no passage."""
    by_place = {each.place: each for each in reversed(expected)}
    left = {id(each): each for each in expected}
    pairs: dict[int, Expected] = {}
    for number, passage in enumerate(back.passages):
        if (found := by_place.get(passage.place)) and id(found) in left:
            pairs[number] = left.pop(id(found))
    for number, passage in enumerate(back.passages):
        if number not in pairs and not passage.place and passage.clock:
            same = [each for each in left.values() if each.clock == passage.clock]
            if same:
                pairs[number] = left.pop(id(max(same, key=lambda each: _likeness(passage, each))))
    return pairs, [each for each in expected if id(each) in left]


def _matched(back: CameBack, pairs: Mapping[int, Expected], comparison: Comparison) -> tuple[list[Match], list[Split]]:
    """Passages with what they were made of, in their order in the document; and what splits it first."""
    matches: list[Match] = []
    splits: list[Split] = []
    for numbers in _with_begun(back, pairs):
        first, *more = (back.passages[number] for number in numbers)
        match = Match(first, pairs[numbers[0]], cut=bool(more)) if numbers[0] in pairs else None
        if match and more and (done := divided(match, more)):
            splits += done[0]
            matches += done[1]
            continue
        for passage in more if match else [first, *more]:
            comparison.untaken.tell(passage.where, "key" if back.by_turn else "block")
        matches += [match] if match else []
    return matches, splits


def _with_begun(back: CameBack, pairs: Mapping[int, Expected]) -> list[list[int]]:
    """The passages by number, each with those that a person began after it."""
    found: list[list[int]] = []
    for number, passage in enumerate(back.passages):
        if found and number not in pairs and not passage.place and not back.by_turn:
            found[-1].append(number)
        else:
            found.append([number])
    return found


def _likeness(passage: Passage, expected: Expected) -> float:
    said = one_line(passage.text.text).split() if passage.text else []
    return SequenceMatcher(None, said, expected.texts[0].split(), autojunk=False).ratio()


def _refuse_broken(back: CameBack, expected: Sequence[Expected], matches: Sequence[Match], *, deletions: bool) -> None:
    """Raises DocumentError where too little is found to take anything over."""
    of = len(back.passages) if back.by_turn else max(len(expected), len(matches))
    least = 1 if deletions else of * (1 - MOST_MISSING)
    by_clock = [match for match in matches if not match.passage.place]
    unlike = sum(_likeness(match.passage, match.expected) < ALIKE for match in by_clock)
    if of and not back.passages:
        advice = "take its changes over by hand, or make the minutes or the transcript anew with `bigvoice render`"
        raise DocumentError(f"{back.file} holds no dialogue that is known here, so nothing is taken over: {advice}")
    if (len(matches) < least and (of or back.passages)) or unlike > max(1, len(by_clock) / 2):
        what = "rows" if back.by_turn else "blocks"
        raise DocumentError(
            f"{back.file}: only {len(matches) - unlike} of {of} {what} are found in these minutes, so nothing is taken "
            "over: it is another meeting's, or its structure was changed; make it anew with `bigvoice render` or "
            "`bigvoice export`, and write the changes into that"
        )


def _written(
    back: CameBack, matches: Iterable[Match], comparison: Comparison, *, deletions: bool
) -> Iterator[Correction]:
    for match in matches:
        passage, expected = match.passage, match.expected
        if passage.text is None or not comparison.changed(passage.text, expected.texts, passage.where):
            continue
        text = one_line(passage.text.text)
        if match.cut:
            comparison.untaken.tell(passage.where, "divided")
        elif not text and not back.by_turn:
            yield from _deleted([expected], comparison, deletions=deletions)
        else:
            said = "" if text in expected.unsaid else text
            for turn, new in shared_out(expected.turns, said):
                yield Write(Place.of(turn), new, one_line(turn.text))


def _checked(matches: Iterable[Match], comparison: Comparison) -> Iterator[Correction]:
    for match in matches:
        checked, (turn, *_) = match.passage.checked, match.expected.turns
        if checked and comparison.changed(checked, [str(turn.checked)], match.passage.where):
            yield Check(Place.of(turn), checked.text == str(True))


def _deleted(missing: Iterable[Expected], comparison: Comparison, *, deletions: bool) -> list[Correction]:
    missing = list(missing)
    if not deletions:
        for each in missing:
            comparison.untaken.tell(f"[{each.clock}]", "deleted")
        return []
    return [Delete(Place.of(turn), one_line(turn.text)) for each in missing for turn in each.turns]


def shared_out(turns: Sequence[Utterance], text: str) -> list[tuple[Utterance, str]]:
    """The turns whose words change when this becomes their text, each with its new one.

    Words that stay belong to the turn that had them; new ones to the turn of those they replace, or of those before.
    """
    old = [(number, word) for number, turn in enumerate(turns) for word in one_line(turn.text).split()]
    new = text.split()
    given: list[list[str]] = [[] for _ in turns]
    matcher = SequenceMatcher(None, [word for _, word in old], new, autojunk=False)
    for _, start, end, first, last in matcher.get_opcodes():
        for at in range(first, last):
            near = start + (at - first) * (end - start) // (last - first) if end > start else max(0, start - 1)
            given[old[near][0] if old else 0].append(new[at])
    return [
        (turn, " ".join(words))
        for turn, words in zip(turns, given, strict=True)
        if words != one_line(turn.text).split()
    ]
