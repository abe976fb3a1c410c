"""Coming back: corrections in a document that bigvoice wrote and a person changed in Word or in a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import MappingProxyType

from bigvoice.documents.filled_in import is_stamped
from bigvoice.errors import DocumentError
from bigvoice.minutes.corrections import Correction
from bigvoice.minutes.minutes import Minutes
from bigvoice.returning.came_back import CameBack
from bigvoice.returning.taking_over import Returned, taken_over

__all__ = ["READERS", "Returned", "corrections_in", "returned_from"]

READERS: Mapping[str, str] = MappingProxyType(
    {
        ".docx": "bigvoice.returning.docx_came_back:read",
        ".xlsx": "bigvoice.returning.review_xlsx:read",
        ".csv": "bigvoice.returning.review_csv:read",
    }
)


def returned_from(
    path: str | Path,
    minutes: Minutes,
    *,
    earlier: Iterable[Minutes] = (),
    deletions: bool = False,
    overrule: bool = False,
    language: str = "en",
) -> Returned:
    """What was changed in a document, as corrections of the minutes, and what is not taken over.

    earlier: the states that the minutes had before (`history.earlier_states`), so that a document made of one of them
    does not undo what was corrected since. deletions: what was deleted in the document is deleted, not only told.
    overrule: where minutes and document were both changed, the document holds. language: of what is told, "en" or "ko".
    Raises DocumentError, naming the file, for one that cannot be read, or whose structure or meeting is another.
    """
    path = Path(path)
    try:
        module, _, attribute = READERS[path.suffix.lower()].partition(":")
    except KeyError:
        advice = "save it as one of these in Word or in the spreadsheet"
        raise DocumentError(f"{path}: corrections come back in {', '.join(READERS)}: {advice}") from None
    read: Callable[[Path], CameBack] = getattr(import_module(module), attribute)
    returned = taken_over(read(path), minutes, earlier, deletions=deletions, overrule=overrule, language=language)
    # Whatever a template made of the texts: nobody touched the document.
    return replace(returned, corrections=()) if path.suffix.lower() == ".docx" and is_stamped(path) else returned


def corrections_in(
    path: str | Path,
    minutes: Minutes,
    *,
    earlier: Iterable[Minutes] = (),
    deletions: bool = False,
    overrule: bool = False,
) -> tuple[Correction, ...]:
    """The corrections alone; as `returned_from`."""
    return returned_from(path, minutes, earlier=earlier, deletions=deletions, overrule=overrule).corrections
