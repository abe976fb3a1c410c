"""What shipped parts tell, in Korean; the English is taken from the parts, so that neither can change alone."""

import re
from dataclasses import replace

import numpy as np
import pytest

from bigvoice.decoding import load
from bigvoice.documents.notices import in_language
from bigvoice.documents.view import view_of
from bigvoice.levels import level
from bigvoice.settings import DocumentOptions
from bigvoice.transcription import store
from bigvoice.transcription.none import NoTranscriber
from bigvoice.transcription.sphinx import NOTICE
from bigvoice.transcription.whisper import WhisperTranscriber
from tests import meetings
from tests.fakes import LOW, recording, sound, write_wav

_LATIN_SENTENCE = re.compile(r"[A-Za-z]{2,}( [A-Za-z]{2,}){2,}")


def is_korean(text):
    return bool(re.search("[가-힣]", text)) and not _LATIN_SENTENCE.search(re.sub("`[^`]*`|max_speakers", "", text))


def test_what_the_recording_is_told_to_be(tmp_path):
    tone = sound([(0, 4, LOW)], 4)
    narrow = load(write_wav(tmp_path / "a.wav", tone[::2], rate=8000)).notes
    opposite = load(write_wav(tmp_path / "b.wav", tone, -tone)).notes
    same = load(write_wav(tmp_path / "c.wav", tone, tone), channels="separate").notes
    clipped = load(write_wav(tmp_path / "d.wav", np.clip(20 * tone, -1, 1))).notes
    quiet, loud = level(0.001 * tone), level(9 * tone)
    offset = level(0.3 * tone + np.float32(0.2))

    told = [*narrow, *opposite, *same, *clipped, *quiet, *loud, *offset]

    assert {note.partition(" ")[0] for note in told} >= {"telephone", "the", "clipped:", "very", "beyond", "DC"}
    assert [note for note in told if not is_korean(in_language(note, "ko"))] == []


def test_what_recognisers_say_of_themselves():
    nothing = NoTranscriber()(recording([], 1), [], None, (), lambda _: None).notice

    assert [note for note in (nothing, NOTICE) if not is_korean(in_language(note, "ko"))] == []


@pytest.mark.parametrize("model", [*store.KNOWN, "someones-own"])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_what_to_expect_of_each_whisper_model(model, language):
    whisper = object.__new__(WhisperTranscriber)  # without its weights
    whisper.model = model

    told = in_language(whisper._notice(language), "ko")

    assert is_korean(told)
    assert f"Whisper({model})" in told
    known = store.KNOWN.get(model)
    assert ("영어 이외" in told) == bool(known and known.parameters < 769 and language == "ko")


def test_numbers_and_names_are_kept():
    assert in_language("incomplete: only 3.5 of 60.0 s could be decoded", "ko") == (
        "파일이 불완전합니다: 60.0초 중 3.5초만 읽었습니다."
    )
    twins = "김영희 and 김영미 cannot be told apart by their enrolled voices: they are suggested, not named"
    assert in_language(twins, "ko").startswith("김영희, 김영미: ")


@pytest.mark.parametrize("notice", ["", "something new", "telephone band: recorded at 8 kHz and more"])
def test_what_is_not_known_is_shown_as_it_is(notice):
    assert in_language(notice, "ko") == notice


def test_a_document_tells_them_in_its_own_language():
    minutes = meetings.family()
    minutes = replace(minutes, maker=replace(minutes.maker, notices=("telephone band: recorded at 8 kHz",)))

    assert view_of(minutes, DocumentOptions()).notices == ("전화 대역 녹음입니다(8 kHz).",)
    assert view_of(minutes, DocumentOptions(language="en")).notices == minutes.maker.notices
