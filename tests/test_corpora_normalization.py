from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bigvoice.corpora.normalization import AUTO, KOREAN, PLAIN, WRITTEN, Rules, is_doubtful, normalize, rules_for
from bigvoice.errors import SettingsError


@pytest.mark.parametrize(
    ("raw", "spoken", "written"),
    [
        (
            "b/ 아/ 모+ 몬 소리야 (70%)/(칠십 퍼센트) 확률이라니 n/",
            "아 모 몬 소리야 칠십 퍼센트 확률이라니",
            "아 모 몬 소리야 70% 확률이라니",
        ),
        ("(칠십)/(70) 번", "칠십 번", "70 번"),  # the other way round, as some corpora of AI-Hub have it
        ("(SNS) / (에스엔에스)에서", "에스엔에스에서", "sns에서"),
        ("(그래)/(그랴)", "그랴", "그래"),  # both in Hangul: the second is spoken
        ("b/ n/ o/ l/ u/", "", ""),
        ("n/b/ 네.o/", "네", "네"),
        ("*같은 거+ 음/ 그래", "같은 거 음 그래", "같은 거 음 그래"),
        ("(SP:그) 어 (NO:)네 (FP:저)", "그 어 네 저", "그 어 네 저"),
        ("{laughing} 네 [웃음] <unk>", "네", "네"),
        ("((어머니)) 오세요", "어머니 오세요", "어머니 오세요"),
        ("'한국'은 \u201c좋다\u201d고, 그래요?", "한국은 좋다고 그래요", "한국은 좋다고 그래요"),
        ("네~에… 그래...서", "네에 그래 서", "네에 그래 서"),
        ("24/7 그리고 3.5", "24/7 그리고 3.5", "24/7 그리고 3.5"),
    ],
)
def test_korean_marks(raw, spoken, written):
    assert normalize(raw, Rules(KOREAN)) == spoken
    assert normalize(raw, Rules(KOREAN, WRITTEN)) == written


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("MISTER QUILTER'S MANNER", "mister quilter's manner"),
        ("\u2018Don\u2019t!\u2019 \u2013 he said\u2026", "don't he said"),
        ("the boys' well-known U.S. re_do", "the boys well known u s re do"),
        ("on 1,000 days at 3:30, 3.5% & more", "on 1,000 days at 3:30 3.5% & more"),
        ("  tabs\tand\u00a0hard\nspaces\u200b ", "tabs and hard spaces"),
        ("Cafe\u0301 d'Or", "caf\u00e9 d'or"),
        ("b/ and o/ are plain", "b and o are plain"),
        ("... !", ""),
    ],
)
def test_plain_rules(raw, text):
    assert normalize(raw, Rules(PLAIN)) == text


def test_hangul_that_was_taken_apart_is_put_together():
    assert normalize(unicodedata.normalize("NFD", "해야"), Rules(KOREAN)) == "해야"


def test_punctuation_and_capitals_can_stay_while_marks_go():
    rules = Rules(KOREAN, punctuation=True)

    assert normalize("아/ 그래요? (70%)/(칠십 퍼센트), OK! n/", rules) == "아 그래요? 칠십 퍼센트, OK!"


@pytest.mark.parametrize(
    ("raw", "doubtful"),
    [
        ("(70%)/(칠십 퍼센트) 네", False),
        ("(70%/(칠십 퍼센트) 네", True),
        ("(70%)(칠십 퍼센트) 네", True),
        ("(70%)/칠십 퍼센트 네", True),
        ("(SP:그)(FP:어) 아/ 네", False),
        ("&name1& 씨", True),
        ("#@이름# 씨", True),
        ("@이름1 씨", True),
        ("R&D 센터", False),
    ],
)
def test_words_that_are_not_what_is_said_are_doubtful(raw, doubtful):
    assert is_doubtful(raw, Rules(KOREAN)) is doubtful
    assert is_doubtful(raw, Rules(PLAIN)) is False


def test_which_rules_texts_need_is_found_out():
    assert rules_for(["네", "b/ 그래", "ok"], Rules()).rules == KOREAN
    assert rules_for([unicodedata.normalize("NFD", "해야")], Rules()).rules == KOREAN
    assert rules_for(["yes", "네"], Rules()).rules == PLAIN
    assert rules_for([], Rules(AUTO, WRITTEN, True)) == Rules(PLAIN, WRITTEN, True)
    assert rules_for(["yes"], Rules(KOREAN)).rules == KOREAN


def test_an_unknown_rule_is_refused():
    with pytest.raises(SettingsError, match="rules must be auto or korean or plain"):
        Rules("japanese")


ANY = st.text(st.one_of(st.sampled_from("가해ㅋaZé'\u0301\u2019-.,:/+*()[]{}%1２ \u00a0\u200b"), st.characters()))


@settings(max_examples=300)
@given(ANY, st.sampled_from([KOREAN, PLAIN]))
def test_what_is_normalized_stays_as_it_is(text, kind):
    once = normalize(text, Rules(kind))

    assert normalize(once, Rules(kind)) == once
    assert unicodedata.is_normalized("NFC", once)
    assert once == " ".join(once.split())
