from __future__ import annotations

import errno
import os
import re
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bigvoice.documents import FORMATS, renderer, write
from bigvoice.documents.dialogue import Run, clock, simultaneous
from bigvoice.documents.line import cut, one_line, pad, width
from bigvoice.documents.markdown import render as render_markdown
from bigvoice.documents.text import render as render_text
from bigvoice.documents.view import view_of
from bigvoice.documents.wording import ENGLISH, KOREAN, wording_for
from bigvoice.errors import DocumentError, MinutesError
from bigvoice.minutes import store, whole_file
from bigvoice.minutes.minutes import AGENDA, PARAGRAPH, SUGGESTED, Maker, Minutes, Note, Source, Speaker, Utterance
from bigvoice.settings import DocumentOptions
from bigvoice.span import Span
from bigvoice.word import Word
from tests import any_minutes, edited_documents, families, meetings
from tests.golden_files import same_as_golden
from tests.meetings import say

OPTIONS = DocumentOptions()
TEXTS = [suffix for suffix in FORMATS if suffix != ".docx"]


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("minutes", [meetings.team(), meetings.family(), meetings.empty(), meetings.hostile()])
def test_every_format_is_written(suffix: str, minutes: Minutes, tmp_path: Path) -> None:
    file = tmp_path / f"회의 1{suffix.upper()}"

    write(minutes, file, options=OPTIONS)

    rendered = renderer(file)(minutes, OPTIONS)
    if isinstance(rendered, str):
        assert file.read_bytes() == rendered.encode()
    else:
        assert file.read_bytes()[:2] == b"PK"
    assert [each.name for each in tmp_path.iterdir()] == [file.name]


@pytest.mark.parametrize("name", ["x.pdf", "x", "x.", ".docx"])
def test_an_unknown_suffix_lists_the_known(name: str, tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"\.docx, \.html, \.md, \.txt, \.json, \.srt, \.vtt, \.rttm, \.stm, \.csv"):
        write(meetings.team(), tmp_path / name)

    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", [".md", ".docx"])
def test_where_it_cannot_be_written(suffix: str, tmp_path: Path) -> None:
    (tmp_path / f"folder{suffix}").mkdir()

    with pytest.raises(DocumentError, match=r"there is no folder .*absent: create it"):
        write(meetings.team(), tmp_path / "absent" / f"x{suffix}")
    with pytest.raises(DocumentError, match="it is a folder"):
        write(meetings.team(), tmp_path / f"folder{suffix}")


def test_a_full_disk_leaves_the_old_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "x.md"
    file.write_text("old")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(whole_file.os, "fsync", full)
    with pytest.raises(DocumentError, match=r"x\.md cannot be written: the disk is full"):
        write(meetings.team(), file)

    assert file.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["x.md"]


def test_an_edited_record_is_spared_unless_forced(tmp_path: Path) -> None:
    file = tmp_path / "m.json"
    write(meetings.team(), file)
    file.write_text(file.read_text().replace("Joon", "June"))

    with pytest.raises(MinutesError, match="edited"):
        write(meetings.team(), file)
    write(meetings.team(), file, force=True)

    assert store.read(file) == meetings.team()


@pytest.mark.parametrize("minutes", [meetings.team(), meetings.family()])
def test_golden_text(minutes: Minutes) -> None:
    assert same_as_golden(render_text(minutes, OPTIONS), f"minutes_{minutes.language}.txt")


@given(any_minutes.minutes())
@settings(deadline=None, max_examples=40)
def test_every_text_format_takes_any_minutes(minutes: Minutes) -> None:
    for suffix in TEXTS:
        text = renderer(f"x{suffix}")(minutes, OPTIONS)
        assert isinstance(text, str)
        text.encode()


# view


def test_the_language_is_the_one_asked_for_else_the_meetings_else_english() -> None:
    german = replace(meetings.empty(), language="de")

    assert wording_for(meetings.family(), OPTIONS) is KOREAN
    assert wording_for(meetings.family(), DocumentOptions(language="en")) is ENGLISH
    assert wording_for(german, OPTIONS) is wording_for(meetings.empty(), OPTIONS) is ENGLISH


def test_both_languages_fill_the_same_patterns() -> None:
    for name in ENGLISH.__slots__:
        english, korean = getattr(ENGLISH, name), getattr(KOREAN, name)
        assert type(english) is type(korean)
        if isinstance(english, str):
            assert english.strip()
            assert korean.strip()
            assert english.count("{") == korean.count("{") or name == "date_pattern"
        else:
            assert len(english) == len(korean)


@pytest.mark.parametrize(
    ("seconds", "english", "korean"),
    [
        (0, "0 s", "0초"),
        (59.6, "1 min", "1분"),
        (61, "1 min 1 s", "1분 1초"),
        (3600, "1 h", "1시간"),
        (3659, "1 h", "1시간"),
        (36_000 + 60, "10 h 1 min", "10시간 1분"),
    ],
)
def test_lengths_of_time(seconds: float, english: str, korean: str) -> None:
    assert (ENGLISH.duration(seconds), KOREAN.duration(seconds)) == (english, korean)


def test_days() -> None:
    moment = datetime(2026, 12, 6, 9, 0)

    assert ENGLISH.day(moment) == "Sunday 6 December 2026, 09:00"
    assert KOREAN.day(moment) == "2026년 12월 6일(일) 09:00"


def test_how_a_name_is_known() -> None:
    speakers = meetings.team().speakers

    assert [ENGLISH.known(speaker) for speaker in speakers] == [
        "enrolled voice (98 %)",
        "enrolled voice (91 %)",
        "not enrolled",
        "named by hand",
    ]


def test_clock_after_ten_hours() -> None:
    assert [clock(0), clock(59.99), clock(36_061)] == ["00:00:00", "00:00:59", "10:01:01"]


def test_attendees_who_were_expected_and_not_heard_are_listed_without_a_share() -> None:
    rows = view_of(meetings.team(), OPTIONS).attendees

    assert [(row.label, row.heard, row.share) for row in rows] == [
        ("Mina Park", True, "48 %"),
        ("Joon Lee", True, "27 %"),
        ("Speaker 3", True, "15 %"),
        ("Ada Brown", True, "10 %"),
        ("Tom Ford", False, ""),
    ]


def test_an_attendee_who_is_only_suggested_is_neither_named_nor_unheard() -> None:
    view = view_of(replace(meetings.guessed(), attendees=("Mina Park", "Tom Ford")), OPTIONS)

    assert [(row.label, row.role, row.known_by, row.heard) for row in view.attendees] == [
        ("Mina Park?", "chair?", "suggested (74 %)", True),
        ("Joon Lee", "", "enrolled voice (91 %)", True),
        ("Speaker 3", "", "not enrolled", True),
        ("Ada Brown", "member", "named by hand", True),
        ("Tom Ford", "", "not heard", False),
    ]
    assert view.present == ("Mina Park", "Tom Ford", "Joon Lee", "Ada Brown")
    assert view.notices[-1] == ENGLISH.suggested_note


def test_nobody_suggested_nothing_to_tell() -> None:
    assert ENGLISH.suggested_note not in view_of(meetings.team(), OPTIONS).notices


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_suggested_name_has_its_question_mark_in_every_format(suffix: str) -> None:
    rendered = renderer(f"x{suffix}")(meetings.guessed(), OPTIONS)
    if isinstance(rendered, bytes):
        with ZipFile(BytesIO(rendered)) as parts:
            rendered = re.sub("<[^>]+>", "", parts.read("word/document.xml").decode())

    if suffix == ".json":
        assert '"named_by": "suggested"' in rendered
        return
    said = rendered.replace("_", " ")
    assert "Mina Park?" in said
    assert not re.search(r"Mina Park(?!\?)", said.replace("Mina Park, Joon Lee", ""))


def test_in_korean_a_suggestion_is_an_estimate() -> None:
    suggested = Speaker("s1", 1, "김영희", "엄마", SUGGESTED, 0.74)

    assert (KOREAN.label(suggested), KOREAN.role_of(suggested), KOREAN.known(suggested)) == (
        "김영희?",
        "어머니?",
        "추정 (74 %)",
    )


def test_roles_are_shown_where_a_parent_speaks() -> None:
    view = view_of(meetings.family(), OPTIONS)

    assert [(row.role, row.share) for row in view.ratio.rows] == [
        ("어머니", "50 %"),
        ("아버지", "25 %"),
        ("아이", "20 %"),
        ("미상", "5 %"),
    ]
    assert [(row.role, row.among) for row in view.ratio.among] == [("어머니", "67 %"), ("아버지", "33 %")]
    assert not view_of(meetings.team(), OPTIONS).ratio.known


def one_block(*words: tuple[str, float]) -> tuple[Run, ...]:
    """The runs of one utterance of these words and probabilities."""
    said = Utterance(Span(0, 1), "s1", tuple(Word(Span(0, 1), text, probability) for text, probability in words))
    minutes = Minutes(Source("x", "", 1.0), Maker("0"), speakers=(Speaker("s1", 1),), utterances=(said,))
    (block,) = view_of(minutes, OPTIONS).blocks
    return block.runs


def test_unsure_neighbours_are_one_run_without_spaces_or_punctuation_at_its_ends() -> None:
    assert one_block((" We", 0.9), (" spent", 0.4), (" four,", 0.1), (" ok.", 0.5)) == (
        Run("We "),
        Run("spent four", unsure=True),
        Run(", ok."),
    )


def test_a_recogniser_without_probabilities_marks_nothing() -> None:
    assert one_block((" We", 1.0), (" agree", 1.0)) == (Run("We agree"),)


@pytest.mark.parametrize("words", [(), (("", 0.1),), ((" ", 0.1), ("\n", 0.9))])
def test_no_words_are_no_runs(words: tuple[tuple[str, float], ...]) -> None:
    assert one_block(*words) == ()


def test_only_punctuation_is_never_unsure() -> None:
    assert one_block((" Yes", 0.1), ("!?", 0.1)) == (Run("Yes", unsure=True), Run("!?"))


@given(any_minutes.minutes())
@settings(deadline=None, max_examples=60)
def test_blocks_hold_all_that_was_said(minutes: Minutes) -> None:
    blocks = view_of(minutes, OPTIONS).blocks

    namesakes = len({speaker.label() for speaker in minutes.speakers}) < len(minutes.speakers)
    said = "".join(one_line(u.text) for u in minutes.utterances)
    assert "".join("".join(block.text.split()) for block in blocks) == "".join(said.split())
    for block in blocks:
        assert block.text == one_line(block.text)
        assert all(run.text and (not run.unsure or run.text == run.text.strip()) for run in block.runs)
        assert block.label not in block.with_others or namesakes


def test_who_speaks_at_the_same_time_is_named_on_both_sides() -> None:
    blocks = view_of(meetings.team(), OPTIONS).blocks

    assert [(block.label, block.with_others) for block in blocks if block.overlap] == [
        ("Joon Lee", ("Ada Brown",)),
        ("Ada Brown", ("Joon Lee",)),
    ]


def test_all_who_speak_at_the_same_time_are_named_in_the_order_of_their_numbers() -> None:
    voices = tuple(Speaker(f"s{i}", i) for i in range(1, 10))
    said = tuple(say(0, 5 + i, voice.id) for i, voice in enumerate(voices))
    minutes = Minutes(Source("x", "", 20.0), Maker("0"), speakers=voices, utterances=said)

    first = view_of(minutes, OPTIONS).blocks[0]

    assert first.with_others == tuple(f"Speaker {i}" for i in range(2, 10))


def test_turns_that_overlap_by_less_than_anybody_can_mark_do_not_overlap() -> None:
    assert simultaneous([say(0, 5.2, "a"), say(5.0, 9, "b")]) == [set(), set()]
    assert simultaneous([say(0, 5.3, "a"), say(5.0, 9, "b")]) == [{"b"}, {"a"}]


def test_short_overlaps_with_one_person_add_up() -> None:
    assert simultaneous([say(0, 9, "a"), say(1, 1.2, "b"), say(2, 2.2, "b")]) == [{"b"}, set(), set()]


def test_nobody_overlaps_themselves() -> None:
    assert simultaneous([say(0, 5, "a"), say(2, 9, "a")]) == [set(), set()]


def test_a_long_talk_has_time_stamps_to_find_places_by() -> None:
    voices = (Speaker("s1", 1),)
    talk = tuple(say(30.0 * i, 30.0 * i + 29, "s1", f"Part {i}.") for i in range(10))
    minutes = Minutes(Source("x", "", 300.0), Maker("0"), speakers=voices, utterances=talk)

    blocks = view_of(minutes, OPTIONS).blocks

    assert [block.clock for block in blocks] == ["00:00:00", "00:02:00", "00:04:00"]
    assert all(block.end - block.start <= PARAGRAPH for block in blocks)


# line


@given(st.text(st.characters(exclude_categories=[]), max_size=30))
def test_a_line_is_one_line_that_every_format_can_hold(text: str) -> None:
    line = one_line(text)

    line.encode()
    assert line == one_line(line)
    assert len(line.splitlines()) <= 1
    assert "  " not in line


def test_marks_that_turn_the_text_after_them_are_taken_out() -> None:
    assert one_line("a\u202eb\u2066c\u200ed\x00\ufffe\ud800") == "abc\u200ed"


@given(st.text(max_size=12), st.integers(1, 12))
def test_cut_text_fits(text: str, columns: int) -> None:
    assert width(cut(text, columns)) <= columns
    assert width(pad(cut(text, columns), columns)) == columns


def test_what_a_voice_sounds_like_stands_beside_who_is_not_enrolled_and_makes_no_parents() -> None:
    minutes = families.talk({"a": 9, "b": 5}, a=families.WOMAN, b=families.MAN)

    english, korean = (render_markdown(minutes, DocumentOptions(language=each)) for each in ("en", "ko"))

    assert "not enrolled, a woman's voice (97 %)" in english
    assert "미등록, 남성 음성 (97 %)" in korean
    assert "mother" not in english
    assert "어머니" not in korean


def test_notes_are_in_the_view_and_in_plain_text() -> None:
    minutes = edited_documents.team()
    view = view_of(minutes, OPTIONS)

    assert [(row.id, row.clock, row.text) for row in view.decisions] == [("d1", "00:00:45", "Buy a <new> printer")]
    assert [(row.who, row.until) for row in view.actions] == [("Joon Lee", "Friday")]
    assert [(block.clock, [point.text for point in block.points]) for block in view.blocks[:3]] == [
        ("00:00:01", ["Budget"]),
        ("00:00:06", ["The numbers"]),
        ("00:00:12", []),
    ]
    assert [point.id for point in view.last_points] == ["a3"]
    text = render_text(minutes, OPTIONS)
    for line in (
        "1. Buy a <new> printer [00:00:45]",
        "1. Order it (Joon Lee, Friday) [00:00:46]",
        "[00:00:08] The numbers\n~~~~~~~~~~~~~~~~~~~~~~",
    ):
        assert f"\n{line}\n" in text
    assert "Decisions" not in render_text(meetings.team(), OPTIONS)


def test_what_a_person_checked_is_told_and_not_marked() -> None:
    minutes = meetings.team()
    checked = tuple(replace(turn, checked=True) for turn in minutes.utterances)
    some = replace(minutes, utterances=(*minutes.utterances[:2], checked[2], *minutes.utterances[3:]))

    assert view_of(minutes, OPTIONS).marks
    assert not view_of(some, OPTIONS).marks
    assert view_of(some, OPTIONS).notices[-1].startswith("Checked against the recording by a person: 1 of 7 turns")
    assert view_of(replace(minutes, utterances=checked), DocumentOptions(language="ko")).notices[-1] == (
        "모든 발언을 사람이 녹음과 대조하여 확인했습니다."
    )


def test_an_agenda_that_was_not_given_is_what_was_gone_through() -> None:
    points = (Note("n1", AGENDA, 2.0, "Budget"), Note("n2", AGENDA, 40.0, "Trip"))
    noted = replace(meetings.team(), notes=points)

    assert view_of(noted, DocumentOptions()).agenda == meetings.team().agenda
    assert view_of(replace(noted, agenda=()), DocumentOptions()).agenda == ("Budget", "Trip")
