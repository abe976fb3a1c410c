"""Marks: what a template's field holds besides plain text, written as text and made Word's own after the filling.

Jinja fills a template with text only, so nothing that was said can become markup. A word the recogniser was unsure of
is put between two characters that no text of ours holds (line.py takes them out), and so is the description of a
picture. `resolve` finds them in the filled document: the word becomes a run in the character style "Unsure", with
everything else the template gave the text around it; the description becomes the picture.

A text that people may change and bigvoice takes back (a `Known`) becomes a bookmark around it; see docx_bookmarks.py.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm

from bigvoice.documents.docx_bars import Segment, paint, png

UNSURE_STYLE = "Unsure"
BOOKMARK = (qn("w:bookmarkStart"), qn("w:bookmarkEnd"))
_UNSURE, _SURE, _PICTURE, _END, _GUARD = "\ufdd0", "\ufdd1", "\ufdd2", "\ufdd3", "\ufdd4"  # Unicode: non-characters
_KNOWN, _TEXT, _CLOSE = "\ufdd5", "\ufdd6", "\ufdd7"
_MARKED = re.compile(
    f"{_UNSURE}(?P<unsure>.*?){_SURE}|{_PICTURE}(?P<picture>.*?){_END}|{_KNOWN}(?P<known>.*?){_TEXT}|(?P<close>{_CLOSE})"
    f"|(?P<plain>[^{_UNSURE}{_PICTURE}{_KNOWN}{_CLOSE}]+)"
)
_ANY_MARK = re.compile(f"[{_UNSURE}-{_CLOSE}]")


class Known(str):
    """Text by whose `key` it is found again in a document that comes back; to a template it is text like any other."""

    __slots__ = ("key",)
    key: str

    def __new__(cls, text: str, key: str) -> Known:
        """key: Latin letters, figures and low lines."""
        made = super().__new__(cls, text)
        made.key = key
        return made


@dataclass(frozen=True, slots=True)
class Picture:
    """A bar; `alt` is what is read aloud for it. As text it is its own description, and `parse` reads that."""

    segments: tuple[Segment, ...]
    height_mm: float
    alt: str = ""

    def __str__(self) -> str:
        drawn = " ".join(f"{segment.mm:.2f}:{segment.pattern}" for segment in self.segments)
        return f"{_PICTURE}{drawn};{self.height_mm};{self.alt}{_END}"

    @classmethod
    def parse(cls, text: str) -> Picture:
        """The picture that the text between its two marks describes."""
        drawn, height, alt = text.split(";", 2)
        segments = (piece.split(":") for piece in drawn.split())
        return cls(tuple(Segment(float(mm), pattern) for mm, pattern in segments), float(height), alt)


def unsure(text: str) -> str:
    """The text, marked as one the recogniser was unsure of."""
    return f"{_UNSURE}{text}{_SURE}"


def guard(value: object) -> object:
    """The value as docxtpl may be given it: that turns `{_{` into `{{` and so on, in what was said too."""
    if not isinstance(value, str):
        return value
    guarded = value.replace("{_", f"{{{_GUARD}_").replace("_}", f"_{_GUARD}}}")
    return f"{_KNOWN}{value.key}{_TEXT}{guarded}{_CLOSE}" if isinstance(value, Known) else guarded


def resolve(part: Any, root: Any) -> None:
    """Turns the marks in one part of the document (its body, a header) into runs and pictures, in place.

    root: the part's XML.
    """
    for run in [t.getparent() for t in root.iter(qn("w:t")) if t.text and _ANY_MARK.search(t.text)]:
        if run.getparent() is None:
            continue  # a run with two marked texts, resolved at the first
        for new in _split(run, part):
            run.addprevious(new)
        run.getparent().remove(run)


def _split(run: Any, part: Any) -> Iterator[Any]:
    """The run as runs that look like it, each of one kind."""
    look = run.find(qn("w:rPr"))
    for child in run:
        if child.tag == qn("w:t"):
            for content, marked in _contents(child.text or "", part):
                yield content if content.tag in BOOKMARK else _run(look, content, marked=marked)
        elif child is not look:
            yield _run(look, deepcopy(child))


def _contents(text: str, part: Any) -> Iterable[tuple[Any, bool]]:
    """What the pieces of a marked text become, each with whether it is unsure."""
    for match in _MARKED.finditer(text.replace(_GUARD, "")):
        if match.lastgroup == "picture":
            yield _drawing(Picture.parse(match["picture"]), part), False
        elif match.lastgroup == "known":
            yield parse_xml(f'<w:bookmarkStart {nsdecls("w")} w:name="{match["known"]}"/>'), False
        elif match.lastgroup == "close":
            yield parse_xml(f"<w:bookmarkEnd {nsdecls('w')}/>"), False
        elif match[match.lastgroup or 0]:
            yield _text(match[match.lastgroup or 0]), match.lastgroup == "unsure"


def _run(look: Any, content: Any, *, marked: bool = False) -> Any:
    run = parse_xml(f"<w:r {nsdecls('w')}/>")
    if look is not None:
        run.append(deepcopy(look))
    if marked:
        run.style = None  # a run has one character style
        run.get_or_add_rPr().insert(0, parse_xml(f'<w:rStyle {nsdecls("w")} w:val="{UNSURE_STYLE}"/>'))
    run.append(content)
    return run


def _text(text: str) -> Any:
    element = parse_xml(f'<w:t {nsdecls("w")} xml:space="preserve"/>')
    element.text = text
    return element


def _drawing(picture: Picture, part: Any) -> Any:
    """An inline picture of the bar, stored once however often it is shown."""
    pixels = paint(picture.segments, picture.height_mm)
    image = part.package.get_or_add_image_part(io.BytesIO(png(pixels)))
    link = part.relate_to(image, RELATIONSHIP_TYPE.IMAGE)
    scale = Mm(picture.height_mm) / pixels.shape[0]
    width, height = round(pixels.shape[1] * scale), Mm(picture.height_mm)
    drawing = parse_xml(_DRAWING.format(link=link, width=width, height=height))
    drawing.find(f".//{qn('wp:docPr')}").set("descr", picture.alt)
    return drawing


_DRAWING = f"""
<w:drawing {nsdecls("w", "wp", "a", "pic", "r")}>
  <wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{{width}}" cy="{{height}}"/>
    <wp:docPr id="0" name="bar"/>
    <wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr>
    <a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>
      <pic:nvPicPr><pic:cNvPr id="0" name="bar.png"/><pic:cNvPicPr/></pic:nvPicPr>
      <pic:blipFill><a:blip r:embed="{{link}}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>
      <pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{{width}}" cy="{{height}}"/></a:xfrm>
        <a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>
    </pic:pic></a:graphicData></a:graphic>
  </wp:inline>
</w:drawing>"""


def number_drawings(root: Any) -> None:
    """Gives every drawing an id of its own, as Word wants."""
    for number, properties in enumerate(root.iter(qn("wp:docPr")), start=1):
        properties.set("id", str(number))
