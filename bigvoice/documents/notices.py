"""Notices: what the parts tell of a recording and of themselves, in the language of the document.

A part writes English and knows no other language. Here stands what the shipped ones say, as patterns with the Korean
for them; a notice that is not here is shown as it is, so that one of somebody's own part is never lost.
"""

from __future__ import annotations

import re

_KOREAN = tuple(
    (re.compile(pattern), korean)
    for pattern, korean in (
        # the recording (bigvoice.decoding, soundtrack, levels)
        (
            r"the channels cancel each other: only channel (?P<n>\d+) was used",
            "채널들이 서로 상쇄되어 {n}번 채널만 사용했습니다.",
        ),
        (
            r"the channels hold the same sound, so they were not kept apart",
            "모든 채널의 소리가 같아 채널별로 나누지 않았습니다.",
        ),
        (
            r"(?P<n>\d+) sound tracks in the file: only the main one was used",
            "파일에 음성 트랙이 {n}개 있어 기본 트랙만 사용했습니다.",
        ),
        (
            r"incomplete: only (?P<taken>\S+) of (?P<whole>\S+) s could be decoded",
            "파일이 불완전합니다: {whole}초 중 {taken}초만 읽었습니다.",
        ),
        (
            r"damaged: what follows after (?P<taken>\S+) s could not be decoded",
            "파일이 손상되어 {taken}초 이후는 읽지 못했습니다.",
        ),
        (
            r"damaged: (?P<n>\d+) of (?P<whole>\d+) pieces could not be decoded and were left out",
            "파일이 손상되어 {whole}개 조각 중 {n}개를 읽지 못해 제외했습니다.",
        ),
        (r"telephone band: recorded at (?P<rate>\S+) kHz", "전화 대역 녹음입니다({rate} kHz)."),
        (
            r"clipped: (?P<share>\S+) of the samples are at full scale",
            "소리가 너무 커서 잘렸습니다: 표본의 {share}가 최대값입니다.",
        ),
        (
            r"(?P<seconds>\S+) s held no numbers \(NaN or infinite\): replaced by silence",
            "{seconds}초는 값이 없어(NaN 또는 무한대) 무음으로 바꾸었습니다.",
        ),
        (
            r"DC offset of (?P<share>\S+) of full scale: removed",
            "직류 성분(최대값의 {share})을 제거했습니다.",
        ),
        (r"very quiet: raised by (?P<db>\d+) dB", "소리가 매우 작아 {db} dB 높였습니다."),
        (r"beyond full scale: brought down by (?P<db>\d+) dB", "소리가 한계를 넘어 {db} dB 낮추었습니다."),
        # the voices (bigvoice.diarization)
        (
            r"(?P<n>\d+) enrolled people were heard, more than max_speakers \((?P<most>\d+)\) allows: .*",
            "등록된 사람 {n}명의 음성이 들렸으나 max_speakers({most})보다 많아 일부는 이름을 붙이지 않았습니다.",
        ),
        (
            r"(?P<one>.+) and (?P<other>.+) cannot be told apart by their enrolled voices: .*",
            "{one}, {other}: 등록된 음성이 서로 구별되지 않아 이름을 확정하지 않고 추정으로 표시합니다. "
            "두 사람의 더 긴 녹음을 등록하십시오.",
        ),
        # the text (bigvoice.transcription)
        (r"Nothing was transcribed, as asked\.", "요청에 따라 받아쓰지 않았습니다."),
        (
            r"The text was written by pocketsphinx, the fallback for English: weak\. .*",
            "영어용 예비 인식기 pocketsphinx가 받아썼습니다. 성능이 낮아 또렷한 낭독에서도 열 단어 중 네 단어쯤 "
            "틀리며, `bigvoice models fetch small`로 훨씬 나은 모델을 받을 수 있습니다.",
        ),
        (
            r"The text was written by Whisper \((?P<model>.+?)\); (?P<expect>.+?)"
            r"(?P<weaker>; models of this size are weaker in other languages than English)?\.",
            "Whisper({model})가 받아썼습니다. {expect}{weaker}",
        ),
        (r"rough: expect many wrong words", "정확도가 낮아 틀린 단어가 많을 수 있습니다."),
        (
            r"fair: expect a wrong word in many sentences, above all names and numbers",
            "틀린 단어가 있는 문장이 많을 수 있으니 특히 이름과 숫자를 확인하십시오.",
        ),
        (
            r"good on clear speech: check names and numbers",
            "또렷한 말은 잘 받아쓰지만 이름과 숫자는 확인하십시오.",
        ),
        (
            r"as good as such models get: still check names and numbers",
            "이런 모델로는 가장 정확하지만 이름과 숫자는 확인하십시오.",
        ),
        (
            r"how good it is, is known to those who made it: check the text",
            "정확도는 만든 사람만 알 수 있으니 내용을 확인하십시오.",
        ),
        (
            r"; models of this size are weaker in other languages than English",
            " 이 크기의 모델은 영어 이외의 언어에 더 약합니다.",
        ),
    )
)


def in_language(notice: str, language: str) -> str:
    """A notice in the document's language ("en", "ko"); one that is not known, or in English, as it is.

    >>> in_language("telephone band: recorded at 8 kHz", "ko")
    '전화 대역 녹음입니다(8 kHz).'
    """
    return _in_korean(notice) if language == "ko" else notice


def _in_korean(text: str) -> str:
    for pattern, korean in _KOREAN:
        if found := pattern.fullmatch(text):
            # a part of a notice may be one of several sentences that are here too
            return korean.format(**{name: _in_korean(part or "") for name, part in found.groupdict().items()})
    return text
