"""What is wrong with a recording, in words, in English and in Korean."""

from __future__ import annotations

from bigvoice.review.sound import CHANGED, MISSING, SoundState

_WORDS = {
    "en": {
        "absent": "{name} does not lie beside the minutes: open them with --recording FILE to hear it.",
        MISSING: "The recording cannot be heard: {why}.",
        CHANGED: "{name} is not the file that these minutes were made of: times may not fit.",
    },
    "ko": {
        "absent": "{name} 파일이 회의록 옆에 없습니다. 들으려면 --recording FILE로 여십시오.",
        MISSING: "녹음을 들을 수 없습니다: {why}.",
        CHANGED: "{name} 파일이 이 회의록을 만든 녹음과 다릅니다. 시간이 맞지 않을 수 있습니다.",
    },
}


def told(sound: SoundState, language: str) -> str:
    """A sentence, and what to do; "" where nothing is wrong."""
    key = "absent" if sound.state == MISSING and not sound.why else sound.state
    return _WORDS.get(language, _WORDS["en"]).get(key, "").format(name=sound.name, why=sound.why)
