"""Words of the Word templates, in English and in Korean, with the fields that stand among them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """Every word of the templates of one language."""

    language: str
    latin_font: str
    minutes: str
    transcript: str
    cover: str
    info: tuple[tuple[tuple[str, str], ...], ...]
    untitled: str
    approval: tuple[str, ...]
    attendees: str
    attendee_columns: tuple[str, ...]
    agenda: str
    decisions: str
    decision_columns: tuple[str, ...]
    actions: str
    action_columns: tuple[str, ...]
    next_meeting: str
    next_columns: tuple[str, ...]
    shares: str
    share_columns: tuple[str, ...]
    silence: str
    overlap: str
    share_note: str
    parents: str
    parent_columns: tuple[str, ...]
    parent_note: str
    parents_alone: str
    ratio: str
    ratio_info: tuple[tuple[tuple[str, str], ...], ...]
    ratio_columns: tuple[str, ...]
    ratio_none: str
    course: str
    course_columns: tuple[str, ...]
    following: str
    following_columns: tuple[str, ...]
    following_note: str
    ratio_read: str
    ratio_share_note: str
    dialogue: str
    dialogue_columns: tuple[str, ...]
    nothing_said: str
    legend: tuple[str, str]
    made: str
    made_rows: tuple[tuple[str, str], ...]
    caveat: str
    footer: str
    page: str
    certificate: str
    certificate_text: str
    certificate_lines: tuple[str, ...]


ENGLISH = Words(
    language="en",
    latin_font="Arial",
    minutes="Minutes",
    transcript="Verbatim transcript",
    cover="Record of every word of the recording {{ recording }}, {{ duration }}",
    info=(
        (("Date", "{{ date }}"), ("Place", "{{ place }}")),
        (("Recording", "{{ recording }}"), ("Length", "{{ duration }}")),
        (("Taken by", ""),),
    ),
    untitled="Meeting",
    approval=(),
    attendees="Attendees",
    attendee_columns=("No.", "Name", "Role", "Known by", "Spoke for", "Share", "Turns"),
    agenda="Agenda",
    decisions="Decisions",
    decision_columns=("No.", "Decision", "Time"),
    actions="Actions",
    action_columns=("No.", "Action", "Who", "Due", "Time"),
    next_meeting="Next meeting",
    next_columns=("Date", "Place", "To prepare"),
    shares="Talk shares",
    share_columns=("Speaker", "Share", "Time"),
    silence="Silence",
    overlap="Several at once",
    share_note="Shares are parts of all speech. Where several people speak at once, the time counts for each of them. "
    "Silence and time with several at once are lengths of time, without a share of speech.",
    parents="Parents' talk ratio",
    parent_columns=("Role", "Who", "Share", "80 % interval", "Time"),
    parent_note="Speech of people without a known role is a row of its own: mother and father are never made to add up "
    "to 100 %.",
    parents_alone="Between the parents alone: {{ parents_alone }}.",
    ratio="Parents' talk ratio",
    ratio_info=(
        (("Date", "{{ date }}"), ("Place", "{{ place }}")),
        (("Recording", "{{ recording }}"), ("Length", "{{ duration }}, {{ speech }} of speech")),
    ),
    ratio_columns=("Role", "Who", "Time", "Turns", "Share", "80 % interval", "Of the parents"),
    ratio_none="Nobody's role is known in this recording.",
    course="Over the recording",
    course_columns=("From, to", "Share", "Speech"),
    following="Who speaks next",
    following_columns=("After", "Next", "Turns"),
    following_note="Counted where the next speaker begins within 5 s.",
    ratio_read="How to read this",
    ratio_share_note="Shares are parts of all speech. Where several people speak at once, the time counts for each.",
    dialogue="What was said",
    dialogue_columns=("No.", "Time", "Speaker", "Words"),
    nothing_said="No speech was found in the recording.",
    legend=("Dotted underline:", " the recogniser was unsure of these words. Listen to them before you rely on them."),
    made="About this document",
    made_rows=(("Made with", "{{ made_with }}"),),
    caveat="Speakers and words were recognised by machine. Check them against the recording before you use them.",
    footer="{{ recording }} · {{ duration }} · bigvoice {{ version }}",
    page="Page ",
    certificate="Certification",
    certificate_text="I have checked this transcript against the recording {{ recording }} ({{ duration }}) and "
    "certify that it is a true record of what was said.",
    certificate_lines=("Place, date", "Name", "Signature"),
)

KOREAN = Words(
    language="ko",
    latin_font="Malgun Gothic",
    minutes="회 의 록",
    transcript="녹 취 록",
    cover="녹음 파일 {{ recording }}({{ duration }})의 발언을 그대로 적은 기록",
    info=(
        (("회의명", "{{ title }}"),),
        (("일시", "{{ date }}"), ("장소", "{{ place }}")),
        (("녹음 파일", "{{ recording }}"), ("녹음 길이", "{{ duration }}")),
        (("작성자", ""),),
    ),
    untitled="",
    approval=("결재", "담당", "검토", "승인"),
    attendees="참석자",
    attendee_columns=("번호", "성명", "역할", "확인 방법", "발언 시간", "비율", "횟수"),
    agenda="안건",
    decisions="결정 사항",
    decision_columns=("번호", "결정 내용", "시각"),
    actions="할 일",
    action_columns=("번호", "내용", "담당", "기한", "시각"),
    next_meeting="향후 일정",
    next_columns=("일시", "장소", "준비 사항"),
    shares="발언 비율",
    share_columns=("발언자", "비율", "시간"),
    silence="무음",
    overlap="동시 발언",
    share_note="비율은 전체 발언 시간에서 차지하는 몫입니다. 여러 사람이 동시에 말한 시간은 말한 사람 모두에게 "
    "더합니다. 무음과 동시 발언은 시간만 적습니다.",
    parents="부모 발화 비율",
    parent_columns=("역할", "성명", "비율", "80 % 구간", "시간"),
    parent_note="역할을 알 수 없는 사람의 발언은 따로 적으며, 어머니와 아버지의 합을 100 %로 맞추지 않습니다.",
    parents_alone="부모 두 사람 사이의 비율: {{ parents_alone }}",
    ratio="부모 발화 비율",
    ratio_info=(
        (("제목", "{{ title }}"),),
        (("일시", "{{ date }}"), ("장소", "{{ place }}")),
        (("녹음 파일", "{{ recording }}"), ("녹음 길이", "{{ duration }}(발화 {{ speech }})")),
    ),
    ratio_columns=("역할", "성명", "시간", "횟수", "비율", "80 % 구간", "부모 중 비율"),
    ratio_none="이 녹음에서는 역할이 확인된 사람이 없습니다.",
    course="시간에 따른 변화",
    course_columns=("구간", "비율", "발화 시간"),
    following="다음 발화자",
    following_columns=("앞 발화자", "다음 발화자", "횟수"),
    following_note="5초 안에 이어서 말한 경우만 셉니다.",
    ratio_read="읽는 방법",
    ratio_share_note="비율은 전체 발화 시간에서 차지하는 몫입니다. 여러 사람이 동시에 말한 시간은 말한 사람 모두에게 "
    "더합니다.",
    dialogue="회의 내용",
    dialogue_columns=("번호", "시각", "발언자", "발언 내용"),
    nothing_said="녹음에서 발언을 찾지 못했습니다.",
    legend=("점선 밑줄:", " 음성 인식이 확실하지 않은 말입니다. 녹음을 듣고 확인하십시오."),
    made="작성 정보",
    made_rows=(("작성 도구", "{{ made_with }}"),),
    caveat="발언자와 발언 내용은 기계가 인식한 것입니다. 사용하기 전에 녹음과 대조하여 확인하십시오.",
    footer="{{ recording }} · {{ duration }} · bigvoice {{ version }}",
    page="",
    certificate="확인",
    certificate_text="위 녹취록을 녹음 파일 {{ recording }}({{ duration }})과 대조하였으며, "
    "발언 내용과 다름이 없음을 확인합니다.",
    certificate_lines=("작성일", "작성자", "서명 또는 인"),
)
