"""Sound in words: what is wrong with a recording, and what to do, in English and in Korean."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bigvoice.review.sound import CHANGED, DECODING, MISSING, READY, SoundState

_ABSENT = "absent"
_WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "en": {
            _ABSENT: "{name} does not lie beside the minutes: open them with --recording FILE to hear it.",
            MISSING: "The recording cannot be heard: {why}.",
            CHANGED: "{name} is not the file that these minutes were made of: times may not fit.",
            DECODING: "The recording is still being read: try again in a moment.",
        },
        "ko": {
            _ABSENT: "{name} 파일이 회의록과 같은 폴더에 없습니다. 들으려면 --recording 파일로 여십시오.",
            MISSING: "녹음을 들을 수 없습니다: {why}.",
            CHANGED: "{name} 파일이 이 회의록을 만든 녹음과 다릅니다. 시간이 맞지 않을 수 있습니다.",
            DECODING: "녹음을 아직 읽고 있습니다. 잠시 후 다시 시도하십시오.",
        },
    }
)


def told(sound: SoundState, language: str) -> str:
    """A sentence; "" where nothing is wrong."""
    if sound.state in (READY, DECODING):
        return ""
    key = _ABSENT if sound.state == MISSING and not sound.why else sound.state
    return _WORDS.get(language, _WORDS["en"])[key].format(name=sound.name, why=sound.why)


def why_not_yet(sound: SoundState, language: str) -> str:
    """Why there is no whole recording: what is wrong, else that it takes a moment."""
    return told(sound, language) or _WORDS.get(language, _WORDS["en"])[DECODING]
