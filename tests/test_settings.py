from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bigvoice.errors import SettingsError
from bigvoice.options import options_of
from bigvoice.settings import (
    SECTIONS,
    DiarizationOptions,
    DocumentOptions,
    MeetingOptions,
    Settings,
    all_options,
    nested,
    read_settings,
)


def user_file(home: Path, text: str) -> Path:
    file = home / ".config" / "bigvoice" / "bigvoice.toml"
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    return file


def beside(folder: Path, text: str) -> Path:
    (folder / "bigvoice.toml").write_text(text, encoding="utf-8")
    return folder / "board.m4a"


def test_without_files_every_option_has_its_default(home):
    settings = read_settings("board.m4a")

    assert settings == Settings()
    assert settings.cache == home / ".cache" / "bigvoice"
    assert settings.book is None


def test_command_line_wins_over_the_file_beside_which_wins_over_the_users(home, tmp_path):
    user_file(home, '[meeting]\ntitle = "user"\nplace = "user"\n[diarization]\nmax_speakers = 4\n')
    recording = beside(tmp_path, '[meeting]\ntitle = "beside"\nplace = "beside"\n')

    settings = read_settings(recording, title="given")

    assert settings.meeting.title == "given"
    assert settings.meeting.place == "beside"
    assert settings.diarization.max_speakers == 4


def test_every_kind_of_value_is_read_from_toml(tmp_path):
    (tmp_path / "ours.docx").write_bytes(b"")
    recording = beside(
        tmp_path,
        """
        book = "team.sqlite"
        cache = "none"
        [meeting]
        date = 2026-11-21T14:00:00
        attendees = ["Park, Mina", " Joon Lee "]
        agenda = "Budget, 2027; Summer trip"
        [diarization]
        speakers = 3
        false_names = 0.05
        [document]
        mark_unsure = false
        template = "ours.docx"
        """,
    )

    settings = read_settings(recording)

    assert settings.book == tmp_path / "team.sqlite"
    assert settings.cache is None
    assert settings.meeting.began.isoformat() == "2026-11-21T14:00:00"
    assert settings.meeting.attendees == ("Park, Mina", "Joon Lee")
    assert settings.meeting.agenda == ("Budget, 2027", "Summer trip")
    assert (settings.diarization.speakers, settings.diarization.false_names) == (3, 0.05)
    assert settings.document == DocumentOptions(template=str(tmp_path / "ours.docx"), mark_unsure=False)


def test_the_name_of_a_shipped_template_is_no_path(tmp_path):
    recording = beside(tmp_path, '[document]\ntemplate = "minutes_ko"\n')

    assert read_settings(recording).document.template == "minutes_ko"


def test_none_takes_back_what_a_file_says(tmp_path):
    recording = beside(tmp_path, '[transcription]\nlanguage = "ko"\n')

    assert read_settings(recording).transcription.language == "ko"
    assert read_settings(recording, language="none").transcription.language is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "colour = 1",
            "unknown section or key 'colour': there are meeting, diarization, transcription, document, book",
        ),
        ("[meting]\n", "unknown section or key 'meting'"),
        ("[meeting]\nwhere = 'x'", "[meeting] unknown key 'where': there are title, date, place, attendees, agenda"),
        ("meeting = 3", "meeting is a section"),
        ("[diarization]\nspeakers = 0", "diarization.speakers must be between 1 and 50, not 0"),
        ("[diarization]\nspeakers = 2.0", "diarization.speakers must be a whole number, not 2.0"),
        ("[diarization]\nspeakers = true", "diarization.speakers must be a whole number, not True"),
        ("[diarization]\nfalse_names = nan", "diarization.false_names must be between 0.0001 and 0.5, not nan"),
        ("[diarization]\nfalse_names = 'few'", "diarization.false_names must be a number, not 'few'"),
        ("[diarization]\nchannels = 'left'", "diarization.channels must be mix or separate, not 'left'"),
        ("[diarization]\nmin_speakers = 20", "[diarization] min_speakers (20) is more than max_speakers (10)"),
        ("[document]\nmark_unsure = 'no'", "document.mark_unsure must be true or false, not 'no'"),
        ("[document]\nlanguage = 'fr'", "document.language must be en or ko, not 'fr'"),
        ("[meeting]\nattendees = [1]", "meeting.attendees must be a list of texts, not [1]"),
        ("[meeting]\ndate = 'soon'", "[meeting] date must be written as 2026-11-21 or 2026-11-21T14:00, not 'soon'"),
        ("book = 7", "book must be a path, not 7"),
        ("[meeting", "is not valid TOML"),
    ],
)
def test_what_is_wrong_in_a_file_is_told_with_file_and_key(tmp_path, text, message):
    recording = beside(tmp_path, text)

    with pytest.raises(SettingsError) as caught:
        read_settings(recording)

    assert str(caught.value).startswith(str(tmp_path / "bigvoice.toml"))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_text_is_told(tmp_path):
    (tmp_path / "bigvoice.toml").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(SettingsError, match=r"bigvoice\.toml is not valid TOML"):
        read_settings(tmp_path / "board.m4a")


def test_a_folder_in_place_of_the_file_is_told(tmp_path):
    (tmp_path / "bigvoice.toml").mkdir()

    with pytest.raises(SettingsError, match=r"bigvoice\.toml cannot be read: Is a directory"):
        read_settings(tmp_path / "board.m4a")


def test_what_is_wrong_on_the_command_line_is_told_by_its_flag():
    with pytest.raises(SettingsError, match=r"^--max-speakers must be between 1 and 50, not 0$"):
        read_settings(max_speakers=0)
    with pytest.raises(SettingsError, match=r"^--document-language must be en or ko"):
        read_settings(document_language="fr")


def test_an_unknown_keyword_lists_the_known_ones():
    with pytest.raises(SettingsError, match=r"unknown option 'speeker': there are title, .*speakers"):
        read_settings(speeker=3)


def test_options_check_themselves_without_any_file():
    with pytest.raises(SettingsError, match="speakers must be between 1 and 50"):
        DiarizationOptions(speakers=0)
    with pytest.raises(SettingsError, match="date must be written"):
        MeetingOptions(date="21.11.2026")


def test_every_field_of_every_section_is_an_option_with_help_and_its_keyword_is_its_own():
    described = {(option.section, option.name) for option in all_options()}
    expected = {(section, field.name) for section, group in SECTIONS.items() for field in fields(group)}

    assert described == expected | {("", "book"), ("", "cache")}
    assert all(option.about.help.endswith(".") for option in all_options())
    keywords = [option.keyword for option in all_options()]
    assert len(set(keywords)) == len(keywords)


def test_every_default_passes_its_own_check():
    for option in all_options():
        option.about.check(option.name, option.default)


TEXT = st.text(st.characters(codec="utf-8", exclude_characters=",;\x00"), min_size=1).map(str.strip).filter(bool)


@given(title=TEXT, attendees=st.lists(TEXT), speakers=st.integers(1, 50), marks=st.booleans())
def test_what_is_given_by_keyword_is_what_the_sections_hold(title, attendees, speakers, marks):
    values = nested({"title": title, "attendees": attendees, "speakers": speakers, "mark_unsure": marks})

    settings = Settings().updated(values)

    assert settings.meeting.title == title
    assert settings.meeting.attendees == tuple(attendees)
    assert settings.diarization.speakers == speakers
    assert settings.document.mark_unsure is marks


@given(st.lists(TEXT, min_size=1))
def test_a_list_written_as_one_text_is_the_list(names):
    [attendees] = [option for option in options_of(MeetingOptions) if option.name == "attendees"]

    assert attendees.read(", ".join(names), None) == tuple(names)
