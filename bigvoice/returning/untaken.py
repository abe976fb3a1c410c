"""Untaken: what of a document is not taken over, as lines that people read, in English and in Korean."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bigvoice.documents.line import one_line
from bigvoice.documents.wording import ENGLISH, KOREAN, Wording
from bigvoice.minutes.minutes import ACTION, AGENDA, DECISION
from bigvoice.minutes.wording_of_corrections import shortened

_LINES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "en": {
            "row": "Row {row}",
            "title": "The title",
            "date": "The date",
            "place": "The place",
            DECISION: "The decision",
            ACTION: "The action",
            AGENDA: "The agenda point",
            "attendee": "The attendee",
            "attendees": "The attendees",
            "speaker": "the speaker",
            "conflict": '{where} "{text}" is not taken over: the minutes were changed there '
            "since the document was made",
            "deleted": "{where} was deleted in the document, and stays unless deletions are asked for",
            "block": "{where} is no block of the minutes: add or split turns in the review page",
            "key": "{where} has the key of no turn, or of one that stood before: leave the column of keys as it is",
            "divided": "{where} was divided in the document: split the turn in the review page",
            "nameless": "{where} has lost its name in the document, and keeps the one it had",
            "role": '{where} has no name that the role "{text}" could go with: write the name as well',
            "gone": "{where} is no longer a turn of the minutes: change it in the review page",
            "moment": '{where} "{text}" is not understood: write it as 2026-11-21 14:00',
        },
        "ko": {
            "row": "{row}행:",
            "title": "회의명:",
            "date": "일시:",
            "place": "장소:",
            DECISION: "결정 사항:",
            ACTION: "실행 항목:",
            AGENDA: "안건:",
            "attendee": "참석자:",
            "attendees": "참석자:",
            "speaker": "발언자",
            "conflict": '{where} "{text}" 내용을 가져오지 않았습니다. 문서를 만든 뒤에 회의록에서도 고친 부분입니다',
            "deleted": "{where} 문서에서 지워졌지만 그대로 두었습니다. 지우려면 삭제도 가져오도록 하십시오",
            "block": "{where} 회의록에 없는 발언입니다. 검토 페이지에서 발언을 추가하거나 나누십시오",
            "key": "{where} 맞는 발언이 없거나 앞에서 이미 쓴 키입니다. 키 열은 그대로 두십시오",
            "divided": "{where} 문서에서 나눈 발언입니다. 검토 페이지에서 나누십시오",
            "nameless": "{where} 문서에서 이름이 지워져 원래 이름을 그대로 두었습니다",
            "role": '{where} 이름이 없어 역할 "{text}" 내용을 가져오지 않았습니다. 이름도 쓰십시오',
            "gone": "{where} 지금 회의록에 없는 발언입니다. 검토 페이지에서 고치십시오",
            "moment": '{where} "{text}" 날짜를 읽을 수 없습니다. 2026-11-21 14:00처럼 쓰십시오',
        },
    }
)


class Untaken:
    """Collects the lines: `told`. language: "ko", or else English."""

    def __init__(self, language: str = "en") -> None:
        self._lines = _LINES.get(language, _LINES["en"])
        self.wording: Wording = KOREAN if language == "ko" else ENGLISH
        self.told: list[str] = []

    def tell(self, where: str | int, what: str, text: str = "") -> None:
        """One more line. where: a place of the document as people find it, or the number of a row."""
        place = self._lines["row"].format(row=where) if isinstance(where, int) else where
        self.told.append(one_line(self._lines[what].format(where=place, text=shortened(text))))

    def name(self, what: str, text: str = "") -> str:
        """What a place is called: "title", "attendee", "speaker" or a kind of note, for instance; it says `text`."""
        return f'{self._lines[what]} "{text}"' if text else self._lines[what]
