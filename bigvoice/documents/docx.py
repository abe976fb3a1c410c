"""Word documents: minutes and verbatim transcripts, from templates that can be edited in Word.

A template is an ordinary .docx with fields in it, such as `{{ title }}`; docx_fields.py has them all. docxtpl fills
them with jinja2, which here runs in a sandbox, takes every text as text, and holds an unknown field for an error.
"""

from __future__ import annotations

import io
import re
from dataclasses import fields, replace
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bigvoice.documents.docx_bookmarks import mark_state, name_bookmarks
from bigvoice.documents.docx_fields import (
    Fields,
    Heading,
    Next,
    Noted,
    Parent,
    Person,
    Row,
    Spoken,
    Stretch,
    fields_of,
)
from bigvoice.documents.docx_keys import state_of
from bigvoice.documents.docx_made import Made
from bigvoice.documents.docx_marks import UNSURE_STYLE, guard, number_drawings, resolve
from bigvoice.documents.filled_in import stamp
from bigvoice.documents.view import view_of
from bigvoice.documents.wording import wording_for
from bigvoice.errors import DocumentError
from bigvoice.minutes.family import Family, family_of
from bigvoice.minutes.minutes import Minutes
from bigvoice.settings import DocumentOptions

PAGE = "talk_ratio"
KINDS, LANGUAGES = ("minutes", "transcript", PAGE), ("en", "ko")
SHIPPED = tuple(f"{kind}_{language}" for kind in KINDS for language in LANGUAGES)


def render(minutes: Minutes, options: DocumentOptions, family: Family | None = None) -> bytes:
    """The minutes as a .docx file. family: who is who, where more is known than the minutes tell (see `view_of`).

    The template is `options.template`: a shipped one ("minutes", "transcript_ko"; without a language, that of the
    document), or a file. Raises DocumentError, naming the template and where in it something is wrong.
    """
    name, content, options = _template(minutes, options)
    made = Made(Path(name).name, options.language or "", options.mark_unsure, family is not None, state_of(minutes))
    if name.startswith(PAGE):  # who asks for the ratio asks for a family
        family = family or family_of(minutes)
    view = view_of(minutes, options, family)
    template = _opened(name, content)
    _fill(name, template, fields_of(minutes, view))
    _finish(template.docx, view.title or view.wording.minutes, made)
    filled = io.BytesIO()
    template.docx.save(filled)
    return filled.getvalue()


def _template(minutes: Minutes, options: DocumentOptions) -> tuple[str, bytes, DocumentOptions]:
    """The template's name and content, and the options with the language that a shipped template brings."""
    name = str(options.template or KINDS[0])
    if name in KINDS:
        name = f"{name}_{wording_for(minutes, options).language}"
    if name in SHIPPED:
        language = options.language or name.rpartition("_")[2]
        content = (files("bigvoice.templates") / f"{name}.docx").read_bytes()
        return name, content, replace(options, language=language)
    try:
        return name, Path(name).expanduser().read_bytes(), options
    except FileNotFoundError:
        shipped = ", ".join([*KINDS, *SHIPPED])
        raise DocumentError(f"no template {name}: give a .docx file, or one of {shipped}") from None
    except OSError as error:
        raise DocumentError(f"template {name} cannot be read: {error.strerror}") from error


class _Template(DocxTemplate):  # type: ignore[misc]  # docxtpl has no types
    """docxtpl's template, but strict: what is no XML once filled is an error here, and there a part left out."""

    def fix_tables(self, xml: str) -> Any:
        parse_xml(xml)
        return super().fix_tables(xml)

    def render_properties(self, context: dict[str, Any], jinja_env: Any = None) -> None:
        """Leaves the file's properties alone: `_finish` sets them, and jinja would escape them as XML."""


def _opened(name: str, content: bytes) -> DocxTemplate:
    template = _Template(io.BytesIO(content))
    try:
        template.init_docx()
    except Exception as error:  # whatever a file that is no .docx makes zipfile, lxml or python-docx raise
        raise DocumentError(
            f"template {name} is not a Word document: save it in Word as .docx and try again"
        ) from error
    return template


def _fill(name: str, template: DocxTemplate, values: Fields) -> None:
    context = {field.name: getattr(values, field.name) for field in fields(values)}
    jinja = ImmutableSandboxedEnvironment(undefined=StrictUndefined, finalize=guard, autoescape=True)
    try:
        template.render(context, jinja)
    except SyntaxError as error:  # of lxml; jinja's own is a TemplateError
        advice = (
            "a {% for %} or {% if %} ends in another paragraph or row than it begins: write {%p ... %} or {%tr ... %}"
        )
        raise DocumentError(f"template {name}: {advice}") from error
    except Exception as error:  # a template is a program of its writer's, and may fail in any way
        raise DocumentError(f"template {name}: {_reason(error)}{_place(error, template)}: {_advice(error)}") from error


def _reason(error: Exception) -> str:
    """What went wrong, on one line."""
    said = (error.message if isinstance(error, TemplateError) else str(error)) or type(error).__name__
    return " ".join(re.sub(r"'bigvoice[\w.]*\.(\w+) object'", r"a \1", said).split()).rstrip(".")


def _advice(error: Exception) -> str:
    """What there is instead of an unknown field."""
    if not isinstance(error, UndefinedError):
        return "mend it in Word and try again"
    record = re.search(r"docx_fields\.(\w+) object", error.message or "")
    rows = (Person, Row, Parent, Stretch, Next, Noted, Heading, Spoken)
    known = next((kind for kind in rows if record and kind.__name__ == record[1]), Fields)
    return f"there are {', '.join(field.name for field in fields(known))}"


_LINES_BEFORE = 3  # that docxtpl's docx_context has before the wrong one; it goes on after it


def _place(error: Exception, template: DocxTemplate) -> str:
    """The text of the template around the error, where it can be found."""
    if isinstance(error, TemplateSyntaxError):
        around = list(getattr(error, "docx_context", ()))[: min(error.lineno, _LINES_BEFORE + 1)]
        named = next((line for line in reversed(around) if re.search(r"{[{%]", line)), None)
    else:
        field = re.search(r"'(\w+)'(?: is undefined)?$", _reason(error))
        named = next((text for text in _paragraphs(template) if field and field[1] in text), None)
    return f', in "{_shortened(named)}"' if named else ""


def _paragraphs(template: DocxTemplate) -> list[str]:
    """The texts of the template, its headers and footers too."""
    roots = [template.docx.element, *(part._element for part in _margins(template.docx))]
    return ["".join(t.text or "" for t in p.iter(qn("w:t"))) for root in roots for p in root.iter(qn("w:p"))]


def _shortened(text: str, most: int = 80) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _margins(document: Any) -> list[Any]:
    """The parts with headers and footers."""
    kinds = (RELATIONSHIP_TYPE.HEADER, RELATIONSHIP_TYPE.FOOTER)
    return [rel.target_part for rel in document.part.rels.values() if rel.reltype in kinds]


def _finish(document: Any, title: str, made: Made) -> None:
    """Marks into runs and pictures; the file's own title and dates, and what tells later whether it was changed."""
    _need_unsure_style(document)
    for part in (document.part, *_margins(document)):
        resolve(part, part._element)
    number_drawings(document.element)
    name_bookmarks(part._element for part in (document.part, *_margins(document)))
    mark_state(document.element.body, made.state)
    properties = document.core_properties
    properties.title, properties.created = title[:255], datetime.now(UTC)  # as much as the format takes
    properties.modified, properties.last_modified_by, properties.revision = properties.created, "", 1
    parts = document.part.package.iter_parts()
    said = f"{stamp((str(part.partname)[1:], part.blob) for part in parts)}?{made}"
    properties.identifier = said[:255]  # as much as the format takes


def _need_unsure_style(document: Any) -> None:
    """The style of unsure words, for a template that does not bring it."""
    styles = document.styles.element
    if not any(style.get(qn("w:styleId")) == UNSURE_STYLE for style in styles.iter(qn("w:style"))):
        styles.append(parse_xml(_UNSURE_STYLE_XML))


_UNSURE_STYLE_XML = f"""
<w:style {nsdecls("w")} w:type="character" w:customStyle="1" w:styleId="{UNSURE_STYLE}">
  <w:name w:val="{UNSURE_STYLE}"/><w:qFormat/><w:rPr><w:u w:val="dotted"/></w:rPr>
</w:style>"""
