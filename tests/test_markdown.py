from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from bigvoice.documents.line import one_line
from bigvoice.documents.markdown import escape, render
from bigvoice.documents.view import view_of
from bigvoice.minutes.minutes import Minutes
from bigvoice.settings import DocumentOptions
from tests import any_minutes, edited_documents, meetings
from tests.golden_files import same_as_golden

OPTIONS = DocumentOptions()
READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def shown(markdown: str) -> list[str]:
    """What a reader of the rendered page reads: a text for each paragraph, heading and cell."""
    return [_text(token) for token in READER.parse(markdown) if token.type == "inline"]


def _text(token: Token) -> str:
    inner = token.children or []
    assert not {child.type for child in inner} & {
        "html_inline",
        "link_open",
        "image",
        "code_inline",
        "s_open",
        "hardbreak",
    }
    return "".join(child.content if child.type in {"text", "text_special"} else "" for child in inner)


@pytest.mark.parametrize(
    ("minutes", "name"), [(meetings.team(), "minutes_en.md"), (meetings.family(), "minutes_ko.md")]
)
def test_golden(minutes: Minutes, name: str) -> None:
    assert same_as_golden(render(minutes, OPTIONS), name)


@given(st.text(alphabet=st.sampled_from("\\`*_{}[]()<>#+-.!|~$&; =:1a회\n\"'") | st.characters(), max_size=25))
@settings(deadline=None, max_examples=200)
@example("1) a")
@example("&amp;")
@example("a # ")
@example("==")
@example("- - -")
@example("\\|")
@example("\u200e# a")
@example("http://a.b www.c.d <a@b.c>")
def test_any_text_is_shown_as_it_is_wherever_it_stands(text: str) -> None:
    line = one_line(text)
    escaped = escape(line)

    page = f"# {escaped}\n\n**x:** {escaped}\n\n1. {escaped}\n- {escaped}\n\n| a |\n| --- |\n| {escaped} |\n"

    assert [text for text in shown(page) if text] == [
        *([line] if line else []),
        f"x: {line}".rstrip(),
        *([line] * 2 if line else []),
        "a",
        *([line] if line else []),
    ]


@pytest.mark.parametrize("minutes", [meetings.team(), meetings.family(), meetings.hostile()])
def test_the_page_shows_every_block_as_it_was_said(minutes: Minutes) -> None:
    view = view_of(minutes, DocumentOptions(mark_unsure=False))

    texts = shown(render(minutes, DocumentOptions(mark_unsure=False)))

    for block in view.blocks:
        mark = f"({view.wording.overlap_mark.format(names=', '.join(block.with_others))}) " if block.overlap else ""
        assert f"[{block.clock}] {block.label}: {mark}{block.text or view.wording.no_words}" in texts
    assert [*view.agenda] == texts[texts.index(view.wording.agenda) + 1 :][: len(view.agenda)]


def test_hostile_text_makes_no_more_headings_rows_or_lists() -> None:
    def shape(minutes: Minutes) -> list[str]:
        return [token.type for token in READER.parse(render(minutes, OPTIONS)) if token.type != "inline"]

    harmless = meetings.hostile()
    plain = Minutes(
        **{
            **{name: getattr(harmless, name) for name in harmless.__slots__},
            "title": "T",
            "place": "P",
            "attendees": ("A",),
            "agenda": ("a", "b", "c", "d", "e"),
        }
    )

    assert shape(harmless) == shape(plain)


def test_unsure_words_are_marked_unless_that_is_not_wanted() -> None:
    marked = render(meetings.team(), OPTIONS)
    bare = render(meetings.team(), DocumentOptions(mark_unsure=False))

    assert "We spent (four thousand?), most of it" in marked
    assert "We spent four thousand, most of it" in bare
    assert "parentheses" in marked
    assert "parentheses" not in bare


def test_a_page_without_any_speech() -> None:
    page = render(meetings.empty(), OPTIONS)

    assert "*(no speech in this recording)*" in page
    assert "# Minutes\n" in page


def test_the_language_asked_for_wins() -> None:
    page = render(meetings.family(), DocumentOptions(language="en"))

    assert "## What was said" in page
    assert "Speaker 4" in page


@given(any_minutes.minutes())
@settings(deadline=None, max_examples=40)
def test_any_minutes_make_a_page_with_one_title(minutes: Minutes) -> None:
    tokens = READER.parse(render(minutes, OPTIONS))

    assert sum(token.type == "heading_open" and token.tag == "h1" for token in tokens) == 1


def test_notes_stand_in_their_tables_and_agenda_points_in_the_dialogue() -> None:
    page = shown(render(edited_documents.team(), OPTIONS))

    assert {"Buy a <new> printer [00:00:45]", "Order it [00:00:46]", "Joon Lee", "Friday"} <= set(page)
    at = [page.index(text) for text in ("[00:00:00] Budget", "[00:00:08] The numbers", "[00:00:59] Any other business")]
    assert at == sorted(at)
