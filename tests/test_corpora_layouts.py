"""Each layout: what is read from it, and what is told of what does not fit together."""

from __future__ import annotations

import pytest

from bigvoice.corpora import aihub, beside, common_voice, kspon, librispeech, speech_commands, tables
from bigvoice.corpora.layouts import LAYOUTS, recognise
from bigvoice.corpora.utterance import AMBIGUOUS, NO_SOUND, NO_TEXT
from bigvoice.errors import CorpusError, SettingsError
from tests.speech_corpora import label, note, read, sound
from tests.speech_corpora import librispeech as librispeech_folder

# --- a text beside each recording ---


def test_a_text_beside_each_recording(tmp_path):
    one = sound(tmp_path / "mina" / "001.wav")
    two = sound(tmp_path / "joon" / "001.wav")  # the same stem, another's text
    note(tmp_path / "mina" / "001.txt", "good\nmorning\n")
    note(tmp_path / "joon" / "001.txt", "evening")

    found, left_out, _ = read(beside.read, tmp_path)

    assert [(u.path, u.text, u.speaker) for u in found] == [(two, "evening", "joon"), (one, "good morning", "mina")]
    assert left_out == {}


def test_texts_in_a_folder_of_their_own(tmp_path):
    sound(tmp_path / "wav" / "p225" / "p225_001.wav")
    note(tmp_path / "txt" / "p225" / "p225_001.txt", "please call")

    found, left_out, _ = read(recognise(tmp_path).read, tmp_path)

    assert [u.text for u in found] == ["please call"]
    assert left_out == {}


def test_a_recording_does_not_take_another_recordings_text(tmp_path):
    sound(tmp_path / "a" / "001.wav")
    note(tmp_path / "a" / "001.txt", "mine")
    sound(tmp_path / "b" / "001.wav")  # has none

    found, left_out, _ = read(beside.read, tmp_path)

    assert [u.text for u in found] == ["mine"]
    assert left_out == {NO_TEXT: 1}


def test_what_has_no_counterpart_is_counted(tmp_path):
    sound(tmp_path / "a.wav")
    note(tmp_path / "a.txt", "yes")
    sound(tmp_path / "b.wav")
    note(tmp_path / "c.txt", "lost")

    found, left_out, _ = read(beside.read, tmp_path)

    assert [u.speaker for u in found] == [""]
    assert left_out == {NO_TEXT: 1, NO_SOUND: 1}


def test_texts_in_the_encoding_of_old_korean_windows_are_read_and_noted(tmp_path):
    sound(tmp_path / "a.wav")
    note(tmp_path / "a.txt", "안녕하세요", "cp949")
    sound(tmp_path / "b.wav")
    (tmp_path / "b.txt").write_bytes(b"\xff\x00\xff")  # nothing at all

    found, left_out, noted = read(beside.read, tmp_path)

    assert [u.text for u in found] == ["안녕하세요"]
    assert noted == {"read as CP949, for it is no UTF-8": 1}
    assert left_out == {"text that cannot be read": 1}


# --- one list of texts ---


def test_a_list_of_stems_and_texts_without_headings(tmp_path):
    sound(tmp_path / "84" / "84-1.wav")
    sound(tmp_path / "84" / "84-2.wav")
    note(tmp_path / "transcripts.tsv", '84-1\tsay "well" aloud\n84-3\tlost\n')

    found, left_out, noted = read(tables.read, tmp_path)

    assert [(u.path.name, u.text, u.speaker) for u in found] == [("84-1.wav", 'say "well" aloud', "84")]
    assert left_out == {NO_SOUND: 1, NO_TEXT: 1}
    assert noted == {beside.FOLDERS: 1}


def test_lists_below_the_folder_are_of_what_is_below_them(tmp_path):
    for part in ("dev", "test"):
        sound(tmp_path / part / "84" / "84-1.wav")
        note(tmp_path / part / "transcripts.tsv", f"84-1\tin {part}\n")

    found, left_out, _ = read(recognise(tmp_path).read, tmp_path)

    assert [u.text for u in found] == ["in dev", "in test"]
    assert left_out == {}


def test_a_table_with_headings_in_any_order(tmp_path):
    sound(tmp_path / "x" / "nec1.wav")
    note(tmp_path / "utterances.csv", 'Speaker,gender,Text,utterance\nnec,F,"네, 알아요",nec1\n')

    found, _, noted = read(tables.read, tmp_path)

    assert [(u.text, u.speaker) for u in found] == [("네, 알아요", "nec")]
    assert noted == {}


def test_a_manifest_is_such_a_list_and_its_lengths_are_believed(tmp_path):
    sound(tmp_path / "a.wav", 0.5)
    list_ = note(tmp_path / "mine.csv", "path,text,seconds,speaker\na.wav,yes,1.25,mina\n")

    found, _, _ = read(recognise(list_).read, list_)

    assert [(u.text, u.seconds, u.speaker) for u in found] == [("yes", 1.25, "mina")]


def test_a_name_that_two_recordings_have_is_nobodys(tmp_path):
    sound(tmp_path / "a" / "1.wav")
    sound(tmp_path / "b" / "1.wav")
    note(tmp_path / "transcripts.tsv", "1\tyes\nb/1.wav\tno\n")

    found, left_out, _ = read(tables.read, tmp_path)

    assert [(u.path.parent.name, u.text) for u in found] == [("b", "no")]
    assert left_out == {AMBIGUOUS: 1, NO_TEXT: 1}


def test_names_that_a_mac_took_apart_are_found(tmp_path):
    import unicodedata

    sound(tmp_path / unicodedata.normalize("NFD", "녹음.wav"))
    note(tmp_path / "transcripts.tsv", "녹음\t네\n")

    assert [u.text for u in read(tables.read, tmp_path)[0]] == ["네"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("speaker,env,act\nkim,studio,both\n", "names no column of recordings"),
        ("utterance,text\na,b\n" + "x" * 200_000 + ",y\n", "line 3"),
    ],
)
def test_a_table_that_is_none_is_told_with_its_name(tmp_path, content, words):
    sound(tmp_path / "a.wav")
    note(tmp_path / "utterances.csv", content)

    with pytest.raises(CorpusError, match=words) as caught:
        read(tables.read, tmp_path)
    assert "utterances.csv" in str(caught.value)


def test_what_no_file_can_be_called_is_no_recording(tmp_path):
    sound(tmp_path / "a.wav")
    note(tmp_path / "transcripts.tsv", "가" * 300 + "\tyes\n\tno\n")

    assert read(tables.read, tmp_path)[1] == {NO_SOUND: 2, NO_TEXT: 1}


def test_of_namesakes_the_one_with_the_suffix_is_meant(tmp_path):
    sound(tmp_path / "a.wav")
    sound(tmp_path / "a.pcm")
    note(tmp_path / "transcripts.tsv", "a.wav\tyes\na\tno\n")

    found, left_out, _ = read(tables.read, tmp_path)

    assert [(u.path.name, u.text) for u in found] == [("a.wav", "yes")]
    assert left_out == {AMBIGUOUS: 1, NO_TEXT: 1}


@pytest.mark.parametrize("length", ["inf", "nan", "-1", "soon", ""])
def test_a_length_that_is_none_is_measured(tmp_path, length):
    sound(tmp_path / "a.wav")
    note(tmp_path / "metadata.csv", f"path,text,seconds\na.wav,yes,{length}\n")

    assert [u.seconds for u in read(tables.read, tmp_path)[0]] == [None]


def test_a_line_that_is_too_short_costs_only_itself(tmp_path):
    sound(tmp_path / "a.wav")
    note(tmp_path / "metadata.csv", "file_name,x,transcription\na.wav,,yes\nb.wav\n")

    found, left_out, _ = read(tables.read, tmp_path)

    assert [u.text for u in found] == ["yes"]
    assert left_out == {"line with too few columns": 1}


# --- LibriSpeech, Speech Commands, Common Voice ---


def test_librispeech(tmp_path):
    librispeech_folder(tmp_path, speakers=2, each=2)
    chapter = tmp_path / "train" / "100" / "7"
    sound(chapter / "100-7-0009.wav")
    (chapter / "100-7-0001.wav").unlink()

    found, left_out, _ = read(librispeech.read, tmp_path)

    assert [(u.path.stem, u.text, u.speaker) for u in found] == [
        ("100-7-0000", "IT'S WORD A", "100"),
        ("101-7-0000", "IT'S WORD B", "101"),
        ("101-7-0001", "IT'S WORD B", "101"),
    ]
    assert left_out == {NO_SOUND: 1, NO_TEXT: 1}


def test_speech_commands(tmp_path):
    sound(tmp_path / "cat" / "0a7c2a8d_nohash_0.wav")
    sound(tmp_path / "bed" / "0a7c2a8d_nohash_1.wav")
    sound(tmp_path / "_background_noise_" / "pink_noise.wav")

    found, left_out, _ = read(speech_commands.read, tmp_path)

    assert [(u.text, u.speaker) for u in found] == [("bed", "0a7c2a8d"), ("cat", "0a7c2a8d")]
    assert left_out == {NO_TEXT: 1}


CLIPS = "client_id\tpath\tsentence\tup_votes\n"


def test_common_voice_takes_what_was_validated_and_no_quotation_for_a_cell(tmp_path):
    home = tmp_path / "cv" / "ko"
    sound(home / "clips" / "c1.wav")
    sound(home / "clips" / "c2.wav")
    note(home / "validated.tsv", CLIPS + 'ab\tc1.wav\t"네" 그래요\t2\nab\tgone\t아니\t2\n')
    note(home / "train.tsv", CLIPS + "ab\tc2.wav\t다시\t2\n")

    found, left_out, _ = read(common_voice.read, tmp_path)

    assert [(u.text, u.speaker) for u in found] == [('"네" 그래요', "ab")]
    assert left_out == {NO_SOUND: 1}


def test_one_list_of_common_voice(tmp_path):
    sound(tmp_path / "clips" / "c2.wav")
    note(tmp_path / "validated.tsv", CLIPS)
    train = note(tmp_path / "train.tsv", CLIPS + "ab\tc2.wav\t다시\t2\n")

    assert [u.text for u in read(recognise(train).read, train)[0]] == ["다시"]


# --- KsponSpeech, AI-Hub ---


def test_kspon_finds_raw_and_converted_recordings_below_the_parts_of_the_corpus(tmp_path):
    sound(tmp_path / "KsponSpeech_train" / "KsponSpeech_01" / "K_000001.pcm")
    sound(tmp_path / "KsponSpeech_eval" / "eval_clean" / "K_E00001.wav")
    note(tmp_path / "scripts" / "train.trn", "KsponSpeech_01/K_000001.pcm :: 아/ 네 n/\nKsponSpeech_01/K_9.pcm :: 네\n")
    note(tmp_path / "scripts" / "eval.trn", "KsponSpeech_eval/eval_clean/K_E00001.pcm :: 그래\nno separator\n")

    found, left_out, _ = read(kspon.read, tmp_path)

    assert [(u.path.name, u.text, u.speaker) for u in found] == [
        ("K_E00001.wav", "그래", ""),
        ("K_000001.pcm", "아/ 네 n/", ""),
    ]
    assert left_out == {NO_SOUND: 1, 'line without "::"': 1}


def test_a_single_list_of_kspon_in_old_korean_windows(tmp_path):
    sound(tmp_path / "KsponSpeech_01" / "K_000001.pcm")
    trn = note(tmp_path / "KsponSpeech_scripts" / "train.trn", "KsponSpeech_01/K_000001.pcm :: 뷁 네\n", "cp949")

    found, _, noted = read(recognise(trn).read, trn)

    assert [u.text for u in found] == ["뷁 네"]
    assert noted == {"read as CP949, for it is no UTF-8": 1}


LABELS = {
    "free talk": (
        {"발화정보": {"stt": "오늘 날씨", "fileNm": "talk_1.wav"}, "녹음자정보": {"recorderId": "ji123"}},
        ("오늘 날씨", "ji123"),
    ),
    "synthesis": (
        {
            "기본정보": {"NumberOfSpeaker": "6030"},
            "전사정보": {"OrgLabelText": "몇 리터", "TransLabelText": "몇 리터로", "RefinedLabelText": ""},
            "화자정보": {"SpeakerName": "KJW"},
            "파일정보": {"FileName": "talk_1.wav"},
        },
        ("몇 리터로", "6030-KJW"),
    ),
    "command": (
        {
            "기본정보": {"NumberOfSpeaker": "N/A"},
            "전사정보": {"LabelText": "불 켜 줘"},
            "화자정보": {"SpeakerName": "AAB"},
            "파일정보": {"FileName": "talk_1.wav"},
        },
        ("불 켜 줘", "AAB"),
    ),
    "numbers": (
        {
            "script": {"scriptTN": "[칠 십] 퍼센트", "scriptITN": "70%"},
            "audio": {"fileName": "talk_1.pcm"},
            "recordPerson": {"recorderID": "r7"},
        },
        ("(70%)/(칠 십 퍼센트)", "r7"),
    ),
    "lecture": ({"01_dataset": {}, "06_transcription": {"1_text": "자 봅시다"}}, ("자 봅시다", "")),
}


@pytest.mark.parametrize("kind", LABELS)
def test_labels_of_aihub_in_a_folder_of_their_own(tmp_path, kind):
    value, expected = LABELS[kind]
    sound(tmp_path / "01.원천데이터" / "TS1" / "talk_1.wav")
    label(tmp_path / "02.라벨링데이터" / "TL1" / "talk_1.json", value)

    layout = recognise(tmp_path)
    found, left_out, _ = read(layout.read, tmp_path)

    assert layout.name == "aihub"
    assert [(u.text, u.speaker) for u in found] == [expected]
    assert left_out == {}


def test_a_long_talk_of_aihub_can_be_used_where_it_was_cut(tmp_path):
    talk = {
        "utterance": [
            {"id": "D1.1", "dialect_form": "기를 봤다", "standard_form": "그거를 봤다", "speaker_id": "1"},
            {"id": "D1.2", "form": "네", "speaker_id": "2"},
        ]
    }
    label(tmp_path / "D1.json", talk)
    sound(tmp_path / "D1_1.wav")

    found, left_out, _ = read(aihub.read, tmp_path)

    assert [(u.text, u.speaker) for u in found] == [("기를 봤다", "D1-1")]
    assert left_out == {aihub.UNCUT: 1}


def test_labels_that_cannot_be_used_are_counted(tmp_path):
    sound(tmp_path / "a.wav")
    note(tmp_path / "a.json", "{broken")
    label(tmp_path / "b.json", {"version": 1})
    label(tmp_path / "c.json", {"발화정보": {"stt": "네", "fileNm": "c.wav"}})

    found, left_out, _ = read(aihub.read, tmp_path)

    assert found == []
    assert left_out == {
        "label that cannot be read": 1,
        "label of an unknown kind, or without a text": 1,
        NO_SOUND: 1,
        NO_TEXT: 1,
    }


# --- finding out ---


def kspon_folder(root):
    sound(root / "K_01" / "1.pcm")
    note(root / "scripts" / "train.trn", "K_01/1.pcm :: 네")


def commands_folder(root):
    sound(root / "bed" / "0a7c2a8d_nohash_1.wav")


def common_voice_folder(root):
    sound(root / "ko" / "clips" / "1.wav")
    note(root / "ko" / "train.tsv", CLIPS)


def table_folder(root):
    sound(root / "1.wav")
    note(root / "1.txt", "not this one")
    note(root / "transcripts.tsv", "1\tyes")


def plain_folder(root):
    note(root / "LICENSE.txt", "MIT")
    sound(root / "below" / "1.wav")
    note(root / "below" / "1.txt", "yes")


@pytest.mark.parametrize(
    ("build", "name"),
    [
        (librispeech_folder, "librispeech"),
        (kspon_folder, "kspon"),
        (commands_folder, "speech-commands"),
        (common_voice_folder, "common-voice"),
        (table_folder, "table"),
        (plain_folder, "folder"),
    ],
)
def test_a_layout_is_found_out_and_told(tmp_path, build, name):
    build(tmp_path)
    said: list[str] = []

    assert recognise(tmp_path, tell=said.append).name == name
    assert len(said) == 1
    assert f"layout {name}" in said[0]


def test_a_layout_can_be_forced(tmp_path):
    table_folder(tmp_path)

    forced = recognise(tmp_path, "folder")

    assert [u.text for u in read(forced.read, tmp_path)[0]] == ["not this one"]


def test_what_is_no_corpus_is_told(tmp_path):
    (tmp_path / "empty").mkdir()
    note(tmp_path / "alone" / "README.txt", "nothing here")
    note(tmp_path / "list.docx", "x")

    with pytest.raises(CorpusError, match="empty is no corpus: it is empty"):
        recognise(tmp_path / "empty")
    with pytest.raises(CorpusError, match=r"in none of its 1 files .*librispeech"):
        recognise(tmp_path / "alone")
    with pytest.raises(CorpusError, match="no such folder"):
        recognise(tmp_path / "absent")
    with pytest.raises(CorpusError, match="no list of texts"):
        recognise(tmp_path / "list.docx")
    with pytest.raises(SettingsError, match=", ".join(LAYOUTS)):
        recognise(tmp_path, "timit")


def test_links_that_lead_in_a_circle_end(tmp_path):
    plain_folder(tmp_path)
    (tmp_path / "below" / "up").symlink_to(tmp_path)

    assert len(read(beside.read, tmp_path)[0]) == 1
