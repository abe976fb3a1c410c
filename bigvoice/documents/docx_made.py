"""Made: of what a Word document was made, as it tells itself, so that it can be made again when the minutes changed.

It stands in the document's property `identifier`, after the stamp (see filled_in.py).
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, replace
from html import unescape
from importlib.resources import files
from pathlib import Path
from urllib.parse import parse_qs, urlencode

from bigvoice.settings import DocumentOptions

_SAID = re.compile(r"bigvoice:[0-9a-f]{64}\?([^<]*)<")


@dataclass(frozen=True, slots=True)
class Made:
    """template: the name of a shipped one, or a file's without its folder. told: who is who was told for it alone."""

    template: str
    language: str = ""
    mark_unsure: bool = True
    told: bool = False
    state: str = ""

    @property
    def shipped(self) -> bool:
        """The template comes with bigvoice."""
        return (files("bigvoice.templates") / f"{self.template}.docx").is_file()

    def __str__(self) -> str:
        marks, told = int(self.mark_unsure), int(self.told)
        values = {"state": self.state, "marks": marks, "told": told, "language": self.language}
        return urlencode({**values, "template": self.template})  # last: the property may cut it off

    def options(self, options: DocumentOptions) -> DocumentOptions:
        """These options, for a document like this one; a template that is a file is the one of these options."""
        given = options.template if options.template and Path(options.template).name == self.template else self.template
        return replace(options, template=given, language=self.language or None, mark_unsure=self.mark_unsure)


def made_of(document: Path) -> Made | None:
    """What a Word document tells; None where it tells nothing, or cannot be read."""
    try:
        with zipfile.ZipFile(document) as package:
            said = _SAID.search(package.read("docProps/core.xml").decode("utf-8", "replace"))
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        return None
    if not said:
        return None
    values = {name: each[0] for name, each in parse_qs(unescape(said[1])).items()}
    marks, told = values.get("marks") != "0", values.get("told") == "1"
    return Made(values.get("template", ""), values.get("language", ""), marks, told, values.get("state", ""))
