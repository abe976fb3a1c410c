"""Ratio wording: what documents and the screen say about the parents' talk ratio, in English and in Korean."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bigvoice.documents.wording import Wording
from bigvoice.minutes.course import NEXT_S
from bigvoice.minutes.family import BESIDE, CRUMBS, EITHER, NOBODY, PARENT, SEVERAL, UNDIVIDED, Place, Remark
from bigvoice.minutes.ratio import COVERS, LITTLE, NO_CHILD, NO_SPEECH, ONE_PARENT, ONLY_CHILDREN, Estimate
from bigvoice.minutes.shares import FATHER, MOTHER

_COVERS = f"{COVERS:.0%}".replace("%", " %")


@dataclass(frozen=True, slots=True)
class RatioWording:
    """The words of one language. What holds braces is a pattern for `str.format`."""

    who: str
    interval: str
    among: str
    over: str
    when: str
    next: str
    after: str
    guess: str
    one_of: str
    between: str
    parent: str
    interval_note: str
    guess_note: str
    next_note: str
    a_kind: Mapping[str, str]
    remarks: Mapping[str, str]

    def place(self, place: Place, words: Wording, labels: Mapping[str, str], *, guessed: bool = False) -> str:
        """What a row is called: "mother", "father (guess)", "parent (Speaker 1)". labels: by speaker id."""
        role = self.parent if place.role == PARENT else words.role_name(place.role) or words.not_known
        named = self.one_of.format(role=role, name=labels[place.person]) if place.person else role
        return self.guess.format(role=named) if guessed else named

    def range(self, estimate: Estimate) -> str:
        """An interval in whole percent, none of it cut off.

        >>> ENGLISH.range(Estimate(0.5, 0.4449, 0.573))
        '44–58 %'
        """
        low, high = (round(100 * end, 6) for end in (estimate.low, estimate.high))
        return self.between.format(low=math.floor(low), high=math.ceil(high))

    def remark(self, remark: Remark, words: Wording, labels: Mapping[str, str], speech: str) -> str:
        """What could not be told, as a sentence. speech: how much there is, in words."""
        names = ", ".join(labels[speaker.id] for speaker in remark.speakers)
        role = names if remark.role == PARENT else words.role_name(remark.role)
        kind = self.a_kind.get(remark.role, "")
        return self.remarks[remark.what].format(speech=speech, role=role, kind=kind, names=names)


ENGLISH = RatioWording(
    who="Who",
    interval=f"{_COVERS} interval",
    among="Of the parents",
    over="Over the recording",
    when="From, to",
    next="Who speaks next",
    after="After",
    guess="{role} (guess)",
    one_of="{role} ({name})",
    between="{low}–{high} %",
    parent="parent",
    interval_note=f"An {_COVERS} interval holds the true share in about eight of ten recordings: turns may have been "
    "given to the wrong voice, and a guess may be wrong.",
    guess_note="A guess was made from the sound of the voice, or from a name that is only suggested. To be sure, enrol "
    "the voice with its role, or say who the parents are with --parents.",
    next_note=f"Counted where the next speaker begins within {NEXT_S:.0f} s; the shares of a row add up to 100 %.",
    a_kind=MappingProxyType({MOTHER: "women's", FATHER: "men's"}),
    remarks=MappingProxyType(
        {
            NO_SPEECH: "There is no speech in this recording, so there are no shares.",
            LITTLE: "There is only {speech} of speech: too little for the shares to mean much.",
            ONE_PARENT: "Only one parent is known ({role}), so there is no ratio between the parents.",
            ONLY_CHILDREN: "Only children's voices are known, so there is no ratio between the parents.",
            NO_CHILD: "No child's voice is known.",
            NOBODY: "Who is mother, father or child cannot be told: enrol the voices with their roles, or say who the "
            "parents are with --parents.",
            SEVERAL: "There are several {kind} voices ({names}): which is the {role}'s, or whether all are, cannot be "
            "told from the voices alone, so they count as not known. Enrol the {role}, or say who the parents are with "
            "--parents.",
            CRUMBS: "There is a little more of {kind} voices ({names}): it counts as not known.",
            BESIDE: "There are {kind} voices beside the {role}'s ({names}): they count as not known.",
            EITHER: "Mother or father, that is not known of a parent ({names}): --parents 'NAME=mother' says it.",
            UNDIVIDED: "Voices were not told apart in these minutes: make them anew with `bigvoice minutes`.",
        }
    ),
)

KOREAN = RatioWording(
    who="성명",
    interval=f"{_COVERS} 구간",
    among="부모 중 비율",
    over="시간에 따른 변화",
    when="구간",
    next="다음 발화자",
    after="앞 발화자",
    guess="{role}(추정)",
    one_of="{role}({name})",
    between="{low}~{high} %",
    parent="부모",
    interval_note=f"{_COVERS} 구간은 열 번 가운데 여덟 번쯤 실제 비율이 들어 있는 범위입니다. 발언자를 잘못 "
    "구분했을 가능성과 추정이 틀릴 가능성을 반영합니다.",
    guess_note="(추정)은 음성의 특징이나 확정되지 않은 이름으로 정한 역할입니다. 음성을 역할과 함께 등록하거나 "
    "--parents로 부모를 지정하면 확실해집니다.",
    next_note=f"{NEXT_S:.0f}초 안에 이어서 말한 경우만 세며, 한 줄의 비율을 더하면 100 %입니다.",
    a_kind=MappingProxyType({MOTHER: "여성", FATHER: "남성"}),
    remarks=MappingProxyType(
        {
            NO_SPEECH: "녹음에 발언이 없어 비율을 알 수 없습니다.",
            LITTLE: "발언이 {speech}뿐이어서 비율의 의미가 크지 않습니다.",
            ONE_PARENT: "부모 가운데 한 사람({role})만 확인되어 부모 사이의 비율은 알 수 없습니다.",
            ONLY_CHILDREN: "아이 음성만 확인되어 부모 사이의 비율은 알 수 없습니다.",
            NO_CHILD: "아이 음성은 확인되지 않았습니다.",
            NOBODY: "어머니, 아버지, 아이를 구별할 수 없습니다. 음성을 역할과 함께 등록하거나 --parents로 부모를 "
            "지정하십시오.",
            SEVERAL: "{kind} 음성이 여럿입니다({names}). 음성만으로는 누가 {role}인지, 모두 한 사람인지 알 수 "
            "없어 미상으로 셉니다. {role}의 음성을 등록하거나 --parents로 부모를 지정하십시오.",
            CRUMBS: "짧은 {kind} 음성이 더 있습니다({names}). 미상으로 셉니다.",
            BESIDE: "{role} 말고도 {kind} 음성이 있습니다({names}). 미상으로 셉니다.",
            EITHER: "어머니와 아버지 가운데 어느 쪽인지 알 수 없습니다({names}). --parents '이름=어머니'로 지정할 수 "
            "있습니다.",
            UNDIVIDED: "이 회의록은 발언자를 구분하지 않았습니다. `bigvoice minutes`로 다시 만드십시오.",
        }
    ),
)


def ratio_wording(words: Wording) -> RatioWording:
    """The words of that language."""
    return KOREAN if words.language == "ko" else ENGLISH
