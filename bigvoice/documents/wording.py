"""Wording: every word that bigvoice itself puts into a document, in English and in Korean.

What the meeting said is never touched; these are the headings, the labels of rows and columns, and how a date, a length
of time or a share is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from bigvoice.documents.line import one_line
from bigvoice.minutes.minutes import DOUBT, GIVEN, KNOWN, SUGGESTED, UNKNOWN, Minutes, Speaker
from bigvoice.minutes.shares import role_named
from bigvoice.settings import DocumentOptions
from bigvoice.traits import CHILD, FEMALE, MALE


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one language. What holds braces is a pattern for `str.format`."""

    language: str
    # titles and headings
    minutes: str
    transcript: str
    talk_shares: str
    parents: str
    among_parents: str
    attendees: str
    agenda: str
    decisions: str
    actions: str
    dialogue: str
    next_steps: str
    about: str
    # the rows of the information table
    title: str
    date: str
    place: str
    present: str
    length: str
    recording: str
    taken_by: str
    made_with: str
    notice: str
    # the columns of tables
    number: str
    name: str
    speaker: str
    role: str
    known_by: str
    time: str
    clock: str
    share: str
    turns: str
    longest_turn: str
    words: str
    decision: str
    task: str
    responsible: str
    due: str
    # rows that are no speaker
    silence: str
    overlap: str
    not_known: str
    not_heard: str
    # what is said in place of words
    untitled: str
    not_given: str
    no_words: str
    no_speech: str
    overlap_mark: str
    # sentences
    share_note: str
    unsure_note: str
    suggested_note: str
    overlap_note: str
    # patterns
    checked_pattern: str
    all_checked: str
    speaker_pattern: str
    sure_pattern: str
    kinds: Mapping[str, str]
    page_pattern: str
    date_pattern: str
    hours_pattern: str
    minutes_pattern: str
    seconds_pattern: str
    # tables of words
    named_by: Mapping[str, str]
    roles: Mapping[str, str]
    months: tuple[str, ...]
    weekdays: tuple[str, ...]

    def label(self, speaker: Speaker) -> str:
        """The speaker's name, or its number in words where there is no name or none that can be seen.

        >>> KOREAN.label(Speaker("s2", 2))
        '참석자 2'
        """
        numbered = self.speaker_pattern.format(number=speaker.number)
        return speaker.label(self.speaker_pattern) if one_line(speaker.name or "") else numbered

    def labels(self, minutes: Minutes) -> dict[str, str]:
        """What stands before the words of each speaker, by id: nothing where it would only repeat one number."""
        return {speaker.id: "" if minutes.undivided else self.label(speaker) for speaker in minutes.speakers}

    def known(self, speaker: Speaker) -> str:
        """How the name is known; for a recognised or suggested one with the probability that it is right.

        Of a voice without a name, what it sounds like where that was asked for.
        """
        word = self.named_by[speaker.named_by]
        if speaker.named_by in (KNOWN, SUGGESTED):
            return self.sure_pattern.format(word=word, percent=round(100 * speaker.confidence))
        if speaker.named_by == UNKNOWN and (traits := speaker.traits):
            percent = min(99, round(100 * traits.of(traits.likeliest)))  # nobody's voice is a proof
            return f"{word}, {self.sure_pattern.format(word=self.kinds[traits.likeliest], percent=percent)}"
        return word

    def role_of(self, speaker: Speaker) -> str:
        """The speaker's role, with a question mark where it comes with a name that is only suggested."""
        role = self.role_name(role_named(speaker.role))
        return f"{role}{DOUBT}" if role and not speaker.sure else role

    def role_name(self, role: str | None) -> str:
        """A role in this language where it is one that bigvoice knows, else as it was given; "" for none."""
        return self.roles.get(role, role) if role else ""

    def checked(self, checked: int, all: int) -> str:
        """How many turns a person checked; "" for none.

        >>> ENGLISH.checked(3, 3), ENGLISH.checked(0, 3)
        ('Checked against the recording by a person: all turns.', '')
        """
        if not checked:
            return ""
        return self.all_checked if checked == all else self.checked_pattern.format(checked=checked, all=all)

    def day(self, moment: datetime) -> str:
        """Date, weekday and time; a meeting at midnight sharp is one whose time of day was not given.

        >>> ENGLISH.day(datetime(2026, 3, 2, 14, 5)), KOREAN.day(datetime(2026, 3, 2))
        ('Monday 2 March 2026, 14:05', '2026년 3월 2일(월)')
        """
        date = self.date_pattern.format(
            year=moment.year,
            month=self.months[moment.month - 1],
            day=moment.day,
            weekday=self.weekdays[moment.weekday()],
        )
        if moment.hour == moment.minute == 0:
            return date
        separator = " " if self.language == "ko" else ", "
        return f"{date}{separator}{moment:%H:%M}"

    def duration(self, seconds: float) -> str:
        """A length of time as people say it, its two largest units.

        >>> ENGLISH.duration(3725), ENGLISH.duration(62.4), KOREAN.duration(41)
        ('1 h 2 min', '1 min 2 s', '41초')
        """
        minutes, rest = divmod(round(seconds), 60)
        hours, minutes = divmod(minutes, 60)
        parts = [(hours, self.hours_pattern), (minutes, self.minutes_pattern), (rest, self.seconds_pattern)]
        said = [pattern.format(count) for count, pattern in (parts[:2] if hours else parts[1:]) if count]
        return " ".join(said) or self.seconds_pattern.format(0)


ENGLISH = Wording(
    language="en",
    minutes="Minutes",
    transcript="Transcript",
    talk_shares="Talk shares",
    parents="Parents' talk ratio",
    among_parents="Of what the parents said",
    attendees="Attendees",
    agenda="Agenda",
    decisions="Decisions",
    actions="Actions",
    dialogue="What was said",
    next_steps="Next steps",
    about="How these minutes were made",
    title="Meeting",
    date="Date",
    place="Place",
    present="Present",
    length="Length",
    recording="Recording",
    taken_by="Taken by",
    made_with="Made with",
    notice="Please note",
    number="No.",
    name="Name",
    speaker="Speaker",
    role="Role",
    known_by="Known by",
    time="Time",
    clock="Time",
    share="Share",
    turns="Turns",
    longest_turn="Longest turn",
    words="Words",
    decision="Decision",
    task="Action",
    responsible="Who",
    due="Due",
    silence="Silence",
    overlap="Overlapping speech",
    not_known="not known",
    not_heard="not heard",
    untitled="Meeting",
    not_given="—",
    no_words="(nothing transcribed)",
    no_speech="(no speech in this recording)",
    overlap_mark="at the same time as {names}",
    share_note="A share is a speaker's part of all speakers' speech; the shares add up to 100 %. Speech at the same "
    "time counts for each who was speaking. Silence is no part of it.",
    unsure_note="Words in (parentheses with a question mark?) are ones the recogniser was unsure of.",
    suggested_note="A name with a question mark after it is a suggestion: the voice is more likely this person's than "
    "anybody else's, but not surely enough. So is its role.",
    overlap_note="counted for each who was speaking",
    checked_pattern="Checked against the recording by a person: {checked} of {all} turns; no word in these is marked.",
    all_checked="Checked against the recording by a person: all turns.",
    speaker_pattern="Speaker {number}",
    sure_pattern="{word} ({percent} %)",
    kinds=MappingProxyType({FEMALE: "a woman's voice", MALE: "a man's voice", CHILD: "a child's voice"}),
    page_pattern="Page {page} of {pages}",
    date_pattern="{weekday} {day} {month} {year}",
    hours_pattern="{} h",
    minutes_pattern="{} min",
    seconds_pattern="{} s",
    named_by=MappingProxyType(
        {KNOWN: "enrolled voice", GIVEN: "named by hand", SUGGESTED: "suggested", UNKNOWN: "not enrolled"}
    ),
    roles=MappingProxyType({"mother": "mother", "father": "father", "child": "child"}),
    months=(
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
)

KOREAN = Wording(
    language="ko",
    minutes="회의록",
    transcript="녹취록",
    talk_shares="발언 비율",
    parents="부모 발화 비율",
    among_parents="부모 두 사람 사이의 비율",
    attendees="참석자",
    agenda="안건",
    decisions="결정 사항",
    actions="실행 항목",
    dialogue="회의 내용",
    next_steps="향후 일정",
    about="작성 정보",
    title="회의명",
    date="일시",
    place="장소",
    present="참석자",
    length="녹음 길이",
    recording="녹음 파일",
    taken_by="작성자",
    made_with="작성 도구",
    notice="유의 사항",
    number="번호",
    name="성명",
    speaker="발언자",
    role="역할",
    known_by="확인 방법",
    time="발언 시간",
    clock="시각",
    share="비율",
    turns="발언 횟수",
    longest_turn="최장 발언",
    words="어절 수",
    decision="결정 내용",
    task="내용",
    responsible="담당",
    due="기한",
    silence="무음",
    overlap="동시 발언",
    not_known="미상",
    not_heard="발언 없음",
    untitled="회의",
    not_given="—",
    no_words="(받아쓴 내용 없음)",
    no_speech="(녹음에 발언이 없습니다)",
    overlap_mark="{names} 발언과 겹침",
    share_note="비율은 모든 발언자의 발언 시간 합계에서 차지하는 몫이며 더하면 100 %입니다. 동시 발언은 말한 사람 "
    "모두의 시간에 들어가고, 무음은 포함하지 않습니다.",
    unsure_note="(괄호와 물음표?)로 표시한 말은 음성 인식이 확실하지 않은 부분입니다.",
    suggested_note="이름 뒤의 물음표는 추정을 뜻합니다. 그 사람의 음성일 가능성이 가장 높지만 확실하지 않으며, 역할도 "
    "마찬가지입니다.",
    overlap_note="말한 사람 모두의 시간에 포함",
    checked_pattern="발언 {all}건 가운데 {checked}건은 사람이 녹음과 대조하여 확인했으며, "
    "그 안의 말에는 표시를 하지 않았습니다.",
    all_checked="모든 발언을 사람이 녹음과 대조하여 확인했습니다.",
    speaker_pattern="참석자 {number}",
    sure_pattern="{word} ({percent} %)",
    kinds=MappingProxyType({FEMALE: "여성 음성", MALE: "남성 음성", CHILD: "아이 음성"}),
    page_pattern="{page} / {pages}쪽",
    date_pattern="{year}년 {month} {day}일({weekday})",
    hours_pattern="{}시간",
    minutes_pattern="{}분",
    seconds_pattern="{}초",
    named_by=MappingProxyType({KNOWN: "등록 음성", GIVEN: "직접 지정", SUGGESTED: "추정", UNKNOWN: "미등록"}),
    roles=MappingProxyType({"mother": "어머니", "father": "아버지", "child": "아이"}),
    months=tuple(f"{month}월" for month in range(1, 13)),
    weekdays=("월", "화", "수", "목", "금", "토", "일"),
)

_WORDINGS: Mapping[str, Wording] = MappingProxyType({wording.language: wording for wording in (ENGLISH, KOREAN)})


def wording_for(minutes: Minutes, options: DocumentOptions) -> Wording:
    """The words in the language asked for, else in the meeting's own where there are some, else in English."""
    return _WORDINGS.get(options.language or minutes.language or "", ENGLISH)
