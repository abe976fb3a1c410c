"""Layout of the Word templates: the blank A4 page with its styles, and tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_ROW_HEIGHT_RULE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from bigvoice.templates.words import Words

MADE = datetime(2026, 11, 21)
PAGE_MM, MARGIN_MM = (210, 297), 20
WIDTH_MM = PAGE_MM[0] - 2 * MARGIN_MM
INK, GREY, RULE, SHADE = "1F3864", "595959", "BFBFBF", "EEF1F6"
RIGHT, CENTRE = WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.CENTER


# --- the blank page: styles, fonts, margins, footer ---


def blank(words: Words, title: str) -> Any:
    """An empty A4 document with our styles and no others."""
    document = Document()
    _forget_extras(document)
    _set_settings(document.settings.element)
    _set_properties(document, words, title)
    section = document.sections[0]
    section.page_width, section.page_height = (Mm(mm) for mm in PAGE_MM)
    section.left_margin = section.right_margin = section.top_margin = Mm(MARGIN_MM)
    section.bottom_margin, section.footer_distance = Mm(22), Mm(10)
    _set_styles(document, words)
    _write_footer(section.footer, words)
    return document


def _forget_extras(document: Any) -> None:
    """Leaves out what python-docx's own blank document brings and nobody needs: a preview, styles of Word 2007."""
    for rels in (document.part.package.rels, document.part.rels):
        for extra in [key for key, rel in rels.items() if rel.reltype.rpartition("/")[2] in _EXTRAS]:
            del rels[extra]
    for rel in document.part.rels.values():
        if rel.reltype == RELATIONSHIP_TYPE.FONT_TABLE:
            rel.target_part._blob = FONT_TABLE.encode()


_EXTRAS = ("thumbnail", "stylesWithEffects", "customXml")

FONT_TABLE = f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:fonts {nsdecls("w")}>
  <w:font w:name="Arial"><w:family w:val="swiss"/><w:pitch w:val="variable"/></w:font>
  <w:font w:name="Malgun Gothic"><w:altName w:val="맑은 고딕"/><w:charset w:val="81"/><w:family w:val="swiss"/>
    <w:pitch w:val="variable"/></w:font>
</w:fonts>"""


def _set_settings(settings: Any) -> None:
    """Word's own mode of today rather than that of 2010, and Korean as the East Asian language."""
    for tag in ("w:zoom", "w:proofState", "w:savePreviewPicture", "w:rsids"):
        for old in settings.findall(qn(tag)):
            settings.remove(old)
    compatibility = settings.find(qn("w:compat"))
    compatibility.remove(compatibility.find(qn("w:useFELayout")))
    for setting in compatibility:
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")
    settings.find(qn("w:themeFontLang")).set(qn("w:eastAsia"), "ko-KR")


def _set_properties(document: Any, words: Words, title: str) -> None:
    properties = document.core_properties
    properties.title, properties.author, properties.last_modified_by = title.replace(" ", "", 2), "bigvoice", ""
    properties.comments = properties.keywords = ""
    properties.created = properties.modified = MADE
    properties.language = {"en": "en-GB", "ko": "ko-KR"}[words.language]


@dataclass(frozen=True, slots=True)
class Look:
    """How a paragraph style looks: sizes and spaces in points."""

    size: float
    bold: bool = False
    colour: str | None = None
    before: float = 0
    after: float = 0
    line: float = 1.0
    with_next: bool = False
    base: str = "Normal"


LOOKS = {
    "Title": Look(22, True, INK, 0, 8, with_next=True),
    "Subtitle": Look(10, False, GREY, 0, 6, with_next=True),
    "Heading 1": Look(12.5, True, INK, 16, 5, with_next=True),
    "Heading 2": Look(11, True, INK, 12, 4, with_next=True),
    "Table Heading": Look(8.5, True, INK),
    "Table Text": Look(9),
    "Dialogue Speaker": Look(10, True, None, 8, 1, with_next=True),
    "Dialogue Text": Look(10, False, None, 0, 2, 1.2),
    "Note": Look(8.5, False, GREY, 3, 3),
    "Remark": Look(9.5, True, None, 3, 3),
    "Footer": Look(8, False, GREY),
    "Header": Look(8, False, GREY),
    "List Number": Look(10, False, None, 0, 2),
}
KEPT_STYLES = {"Normal", "Default Paragraph Font", "Normal Table", "No List", *LOOKS}


def _set_styles(document: Any, words: Words) -> None:
    styles = document.styles
    for style in list(styles):
        if style.name not in KEPT_STYLES:
            style.delete()
    _set_defaults(styles.element, words)
    _dress(styles["Normal"], Look(10, after=4, line=1.1), words)
    for tag in ("w:autoSpaceDE", "w:autoSpaceDN"):  # no gap where a figure meets Hangul: "11월", "20초"
        off = parse_xml(f'<{tag} {nsdecls("w")} w:val="0"/>')
        styles["Normal"].element.pPr.insert_element_before(off, "w:spacing")
    for name, look in LOOKS.items():
        known = name in [style.name for style in styles]
        style = styles[name] if known else styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = styles[look.base]
        style.quick_style = True
        _dress(style, look, words)
    _add_character_styles(styles)
    styles.element.append(parse_xml(TABLE_STYLE))
    _forget_lists(document.part.numbering_part.element, {style.style_id for style in styles})


def _forget_lists(numbering: Any, styles: set[str]) -> None:
    """Leaves out the numberings that belong to styles we do not have."""
    for form in numbering.findall(qn("w:abstractNum")):
        named = form.find(f".//{qn('w:pStyle')}")
        if named is None or named.get(qn("w:val")) not in styles:
            numbering.remove(form)
    left = {form.get(qn("w:abstractNumId")) for form in numbering.findall(qn("w:abstractNum"))}
    for used in numbering.findall(qn("w:num")):
        if used.find(qn("w:abstractNumId")).get(qn("w:val")) not in left:
            numbering.remove(used)


TABLE_STYLE = f"""
<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="MinutesTable">
  <w:name w:val="Minutes Table"/><w:basedOn w:val="TableNormal"/><w:uiPriority w:val="59"/><w:qFormat/>
  <w:tblPr><w:tblBorders>
    <w:top w:val="single" w:sz="8" w:space="0" w:color="{INK}"/>
    <w:bottom w:val="single" w:sz="8" w:space="0" w:color="{INK}"/>
    <w:insideH w:val="single" w:sz="4" w:space="0" w:color="{RULE}"/>
  </w:tblBorders><w:tblCellMar>
    <w:top w:w="45" w:type="dxa"/><w:left w:w="85" w:type="dxa"/>
    <w:bottom w:w="45" w:type="dxa"/><w:right w:w="85" w:type="dxa"/>
  </w:tblCellMar></w:tblPr>
</w:style>"""


def _set_defaults(styles: Any, words: Words) -> None:
    """Fonts and language of everything that says nothing of its own."""
    run = styles.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    for child in list(run):
        run.remove(child)
    latin = "en-GB" if words.language == "en" else "en-US"
    run.append(_fonts(words))
    run.append(parse_xml(f'<w:sz {nsdecls("w")} w:val="20"/>'))
    run.append(parse_xml(f'<w:szCs {nsdecls("w")} w:val="20"/>'))
    run.append(parse_xml(f'<w:lang {nsdecls("w")} w:val="{latin}" w:eastAsia="ko-KR" w:bidi="ar-SA"/>'))


def _fonts(words: Words) -> Any:
    latin = words.latin_font
    return parse_xml(
        f'<w:rFonts {nsdecls("w")} w:ascii="{latin}" w:hAnsi="{latin}" w:cs="{latin}" w:eastAsia="Malgun Gothic"/>'
    )


def _dress(style: Any, look: Look, words: Words) -> None:
    run, form = style.element.get_or_add_rPr(), style.paragraph_format
    for child in list(run):
        run.remove(child)
    run.append(_fonts(words))
    style.font.size, style.font.bold = Pt(look.size), look.bold
    if look.colour:
        style.font.color.rgb = RGBColor.from_string(look.colour)
    for parent, tag in ((style.element, "w:link"), *((style.element.get_or_add_pPr(), tag) for tag in _NOT_OURS)):
        for old in parent.findall(qn(tag)):
            parent.remove(old)
    form.space_before, form.space_after, form.line_spacing = Pt(look.before), Pt(look.after), look.line
    form.keep_with_next, form.widow_control = look.with_next, True


_NOT_OURS = ("w:pBdr", "w:tabs", "w:contextualSpacing")


def _add_character_styles(styles: Any) -> None:
    clock = styles.add_style("Clock", WD_STYLE_TYPE.CHARACTER)
    clock.font.bold, clock.font.size, clock.font.color.rgb = False, Pt(9), RGBColor.from_string(GREY)
    mark = styles.add_style("Overlap Mark", WD_STYLE_TYPE.CHARACTER)
    mark.font.bold, mark.font.italic, mark.font.size = False, True, Pt(8.5)
    unsure = styles.add_style("Unsure", WD_STYLE_TYPE.CHARACTER)
    unsure.element.get_or_add_rPr().append(parse_xml(f'<w:u {nsdecls("w")} w:val="dotted"/>'))


def _write_footer(footer: Any, words: Words) -> None:
    line = footer.paragraphs[0]
    tabs = line.paragraph_format.tab_stops
    tabs.add_tab_stop(Mm(WIDTH_MM), WD_TAB_ALIGNMENT.RIGHT)
    line.add_run(words.footer)
    line.add_run("\t" + words.page)
    _add_field(line, "PAGE")
    line.add_run(" / ")
    _add_field(line, "NUMPAGES")
    footer.add_paragraph(words.caveat, style="Footer")


def _add_field(paragraph: Any, code: str) -> None:
    """A field that Word fills in. "1" is shown until it does."""
    for piece in (
        '<w:fldChar w:fldCharType="begin"/>',
        f'<w:instrText xml:space="preserve"> {code} </w:instrText>',
        '<w:fldChar w:fldCharType="separate"/>',
        "<w:t>1</w:t>",
        '<w:fldChar w:fldCharType="end"/>',
    ):
        paragraph._p.append(parse_xml(f"<w:r {nsdecls('w')}>{piece}</w:r>"))


# --- tables ---


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a listing: its width, its heading ("": that of the column before goes on), the text of a row."""

    mm: float
    heading: str = ""
    text: str = ""
    align: WD_ALIGN_PARAGRAPH | None = None


def table_of(document: Any, widths_mm: Sequence[float]) -> Any:
    """A table in our style, of fixed widths, without rows."""
    table = document.add_table(rows=0, cols=len(widths_mm))
    table.style, table.autofit = "Minutes Table", False
    for column, mm in zip(table.columns, widths_mm, strict=True):
        column.width = Mm(mm)
    return table


def row_of(
    table: Any, texts: Iterable[str], columns: Sequence[Column] = (), *, split: bool = False, with_next: bool = False
) -> Any:
    """A row with these texts, aligned as the columns say; it goes to the next page whole unless it may be split.

    with_next: no page ends between it and what follows.
    """
    row = table.add_row()
    for cell, column in zip(row.cells, table.columns, strict=True):
        cell.width, cell.paragraphs[0].style = column.width, "Table Text"
        if with_next:
            cell.paragraphs[0].paragraph_format.keep_with_next = True
    for cell, text in zip(row.cells, texts, strict=False):
        cell.paragraphs[0].text = text
    for cell, column in zip(row.cells, columns, strict=False):
        cell.paragraphs[0].alignment = column.align
    if not split:
        row._tr.get_or_add_trPr().append(parse_xml(f"<w:cantSplit {nsdecls('w')}/>"))
    return row


def header_row(table: Any, columns: Sequence[Column]) -> Any:
    """A row of headings, repeated on every page that the table reaches."""
    row = row_of(table, [column.heading for column in columns], columns, with_next=True)
    row._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))
    for cell in row.cells:
        header_cell(cell)
    return row


def header_cell(cell: Any) -> None:
    """A cell as a heading: bold on a light ground."""
    cell.paragraphs[0].style = "Table Heading"
    cell._tc.get_or_add_tcPr().append(
        parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{SHADE}"/>')
    )


def listing(document: Any, loop: str, columns: Sequence[Column], *, or_blank: bool = False, **row: bool) -> Any:
    """A table with a header and a row for every item of the loop ("row in attendees").

    or_blank: without an item there is an empty row, to be filled in by hand.
    """
    table = table_of(document, [column.mm for column in columns])
    header_row(table, columns)
    row_of(table, [f"{{%tr for {loop} %}}"])
    row_of(table, [column.text for column in columns], columns, **row)
    if or_blank:
        row_of(table, ["{%tr else %}"])
        row_of(table, [])
    row_of(table, ["{%tr endfor %}"])
    return table


def by_hand(
    document: Any, headings: Sequence[str], widths_mm: Sequence[float], n_rows: int, *, count: bool = True
) -> None:
    """A table of empty rows, to be filled in by hand."""
    table = table_of(document, widths_mm)
    header_row(table, [Column(mm, heading) for mm, heading in zip(widths_mm, headings, strict=True)])
    for number in range(1, n_rows + 1):
        row = row_of(table, [str(number) if count else ""], with_next=number < n_rows)
        row.height, row.height_rule = Mm(9), WD_ROW_HEIGHT_RULE.AT_LEAST


def frame(cell: Any) -> None:
    """A thin line round a cell, given as its XML (of merged cells, each has a frame)."""
    sides = "".join(f'<w:{side} w:val="single" w:sz="4" w:color="{GREY}"/>' for side in _SIDES)
    borders = parse_xml(f"<w:tcBorders {nsdecls('w')}>{sides}</w:tcBorders>")
    cell.get_or_add_tcPr().insert_element_before(borders, "w:shd", "w:noWrap", "w:tcMar", "w:vAlign")


_SIDES = ("top", "left", "bottom", "right")
