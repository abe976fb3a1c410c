"""Page wording: what a transcript page says besides the minutes themselves: its controls and its sound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bigvoice.documents.recording_file import CHANGED, MISSING


@dataclass(frozen=True, slots=True)
class PageWording:
    """The words of one language. What holds braces is a pattern."""

    skip: str
    sound: str
    play: str
    pause: str
    back: str
    forward: str
    speed: str
    follow: str
    copy_link: str
    copied: str
    not_copied: str
    search: str
    clear: str
    next: str
    previous: str
    hits: str
    no_hits: str
    speakers: str
    everybody: str
    only: str
    keys: str
    use_keys: str
    key_list: tuple[tuple[str, str], ...]
    agenda_point: str
    unsure_note: str
    no_sound: Mapping[str, str]


_ENGLISH = PageWording(
    skip="Skip to what was said",
    sound="Recording",
    play="Play",
    pause="Pause",
    back="Back 3 s",
    forward="Forward 3 s",
    speed="Speed",
    follow="Follow",
    copy_link="Copy link",
    copied="The link to {clock} is copied.",
    not_copied="The link is in the address bar: copy it from there.",
    search="Search",
    clear="Clear",
    next="Next hit",
    previous="Previous hit",
    hits="{n} of {count}",
    no_hits="Not found",
    speakers="Speakers",
    everybody="Everybody",
    only="Only what these said is shown: {names}",
    keys="Keys",
    use_keys="Use these keys",
    key_list=(
        ("Space, K", "play or pause"),
        ("J, L", "back or forward 3 s"),
        ("B, W", "previous or next word"),
        ("P, N", "previous or next turn"),
        ("< , >", "slower or faster"),
        ("F", "follow the sound or not"),
        ("C", "copy a link to this time"),
        ("/", "search; Enter and Shift+Enter go from hit to hit"),
    ),
    agenda_point="Agenda: {text}",
    unsure_note="Dotted underline: the recogniser was unsure of these words. Listen to them before you rely on them.",
    no_sound=MappingProxyType(
        {
            MISSING: "This page has no sound: when it was made, the recording ({file}) was not found.",
            CHANGED: "This page has no sound: the recording ({file}) was changed after the minutes were made of it.",
        }
    ),
)

_KOREAN = PageWording(
    skip="회의 내용으로 건너뛰기",
    sound="녹음",
    play="재생",
    pause="일시 정지",
    back="3초 뒤로",
    forward="3초 앞으로",
    speed="속도",
    follow="따라가기",
    copy_link="링크 복사",
    copied="{clock} 위치의 링크를 복사했습니다.",
    not_copied="링크가 주소창에 있습니다. 거기에서 복사하십시오.",
    search="찾기",
    clear="지우기",
    next="다음 결과",
    previous="이전 결과",
    hits="{count}개 중 {n}번째",
    no_hits="찾은 내용 없음",
    speakers="발언자",
    everybody="모두",
    only="다음 사람의 발언만 표시합니다: {names}",
    keys="단축키",
    use_keys="단축키 사용",
    key_list=(
        ("Space, K", "재생 또는 일시 정지"),
        ("J, L", "3초 뒤로 또는 앞으로"),
        ("B, W", "이전 또는 다음 단어"),
        ("P, N", "이전 또는 다음 발언"),
        ("< , >", "느리게 또는 빠르게"),
        ("F", "소리 따라가기 켜고 끄기"),
        ("C", "이 시각의 링크 복사"),
        ("/", "찾기. Enter와 Shift+Enter로 결과 사이를 이동"),
    ),
    agenda_point="안건: {text}",
    unsure_note="점선 밑줄: 음성 인식이 확실하지 않은 말입니다. 녹음을 듣고 확인하십시오.",
    no_sound=MappingProxyType(
        {
            MISSING: "이 문서에는 소리가 없습니다. 문서를 만들 때 녹음 파일({file})을 찾지 못했습니다.",
            CHANGED: "이 문서에는 소리가 없습니다. 녹음 파일({file})이 회의록을 만든 뒤에 바뀌었습니다.",
        }
    ),
)


def page_wording(language: str) -> PageWording:
    """The words in a language that `bigvoice.documents.wording` has."""
    return _KOREAN if language == "ko" else _ENGLISH
