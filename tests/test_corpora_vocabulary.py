from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bigvoice.corpora.vocabulary import BLANK, UNITS, Vocabulary
from bigvoice.errors import CorpusError

HANGUL = st.text(st.one_of(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), st.sampled_from(" abé'")))


@given(st.lists(HANGUL, max_size=4), st.sampled_from(UNITS))
def test_what_is_encoded_is_decoded(texts, unit):
    vocabulary = Vocabulary.of(texts, unit)

    for text in texts:
        numbers = vocabulary.encode(text)
        assert vocabulary.decode(numbers) == unicodedata.normalize("NFC", text)
        assert BLANK not in numbers
        assert vocabulary.unknown(text) == ""


@given(st.lists(HANGUL, max_size=4), st.sampled_from(UNITS))
def test_one_that_is_saved_is_the_one_that_is_loaded(tmp_path_factory, texts, unit):
    vocabulary = Vocabulary.of(texts, unit)
    path = tmp_path_factory.mktemp("v") / "vocabulary.json"

    vocabulary.save(path)

    assert Vocabulary.load(path) == vocabulary
    assert Vocabulary.load(path).fingerprint == vocabulary.fingerprint


def test_all_syllables_are_written_with_67_jamo():
    syllables = "".join(map(chr, range(0xAC00, 0xD7A4)))

    assert len(Vocabulary.of([syllables], "jamo").symbols) == 67
    assert len(Vocabulary.of([syllables], "syllables").symbols) == 11_172


def test_counts_make_the_same_as_texts_and_leave_out_what_is_rare():
    texts = ["be a bee", "a"]
    counts = {" ": 2, "a": 2, "b": 2, "e": 3}

    assert Vocabulary.of_counts(counts) == Vocabulary.of(texts)
    assert Vocabulary.of_counts(counts, fewest=3).symbols == ("e",)


def test_what_cannot_be_written_is_named():
    vocabulary = Vocabulary.of(["한국"], "jamo")

    assert vocabulary.unknown("한국어 ok") == " ko어"
    with pytest.raises(CorpusError, match=r"'각오'.*오"):
        vocabulary.encode("각오")


@pytest.mark.parametrize(
    "content",
    ["", "[]", '{"unit": "words", "symbols": "ab"}', '{"unit": "letters", "symbols": "aa"}', '{"symbols": "ab"}'],
)
def test_what_is_no_vocabulary_is_told_with_its_name(tmp_path, content):
    (tmp_path / "v.json").write_text(content)

    with pytest.raises(CorpusError, match=r"v\.json: .*; `bigvoice corpus` makes one"):
        Vocabulary.load(tmp_path / "v.json")
    with pytest.raises(CorpusError, match=r"absent.json cannot be read"):
        Vocabulary.load(tmp_path / "absent.json")
