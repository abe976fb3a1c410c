"""Comparison: what minutes would say in each place of a document, and whether the document says something else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bigvoice.documents.dialogue import clock
from bigvoice.documents.docx_keys import digest_of, place_of
from bigvoice.documents.line import one_line
from bigvoice.documents.wording import ENGLISH, KOREAN
from bigvoice.minutes.minutes import Minutes, Utterance, paragraphs
from bigvoice.returning.came_back import Passage, Said
from bigvoice.returning.untaken import Untaken
from bigvoice.span import Span

WORDINGS = (ENGLISH, KOREAN)


@dataclass(frozen=True, slots=True)
class Expected:
    """Some turns of one speaker, and how a document in any language shows them.

    unsaid: what stands there in place of words where there are none.
    """

    turns: tuple[Utterance, ...]
    place: str
    clock: str
    labels: tuple[str, ...]
    texts: tuple[str, ...]
    unsaid: tuple[str, ...] = tuple(wording.no_words for wording in WORDINGS)

    @property
    def speaker(self) -> str:
        """Whose they are."""
        return self.turns[0].speaker


@dataclass(frozen=True, slots=True)
class Match:
    """A passage and what it was made of. cut: a person began a new block within it."""

    passage: Passage
    expected: Expected
    cut: bool = False


def expected_of(minutes: Minutes, *, by_turn: bool) -> list[Expected]:
    """What documents show of the dialogue: block by block, or turn by turn."""
    labels = [{voice: one_line(label) for voice, label in wording.labels(minutes).items()} for wording in WORDINGS]
    groups = [[turn] for turn in minutes.utterances] if by_turn else paragraphs(minutes)
    found = []
    for turns in groups:
        span = Span(turns[0].span.start, max(turn.span.end for turn in turns))
        text = one_line(" ".join(turn.text for turn in turns))
        found.append(
            Expected(
                turns=tuple(turns),
                place=place_of(span, turns[0].speaker),
                clock=clock(span.start),
                labels=tuple(each[turns[0].speaker] for each in labels),
                texts=(text,) if text or by_turn else tuple(wording.no_words for wording in WORDINGS),
            )
        )
    return found


@dataclass(slots=True)
class Comparison:
    """Whether texts were changed in the document; what cannot be taken over is told.

    certain: it is known of which state of the minutes the document was made. codec: as of `CameBack`.
    """

    certain: bool
    overrule: bool
    codec: str = ""
    untaken: Untaken = field(default_factory=Untaken)

    def changed(self, said: Said, expected: Sequence[str], where: str | int) -> bool:
        """A person changed it, and that is to be taken over."""
        now, before = digest_of(said.text), set(map(digest_of, expected))
        if self.codec:
            before |= {digest_of(each.encode(self.codec, "replace").decode(self.codec)) for each in expected}
        if now in ({said.digest} if said.digest else before) or now in before:
            return False
        if self.overrule or self.certain or said.digest in before:
            return True
        self.untaken.tell(where, "conflict", said.text)
        return False
