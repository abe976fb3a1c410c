"""Error counts, against pyannote.metrics, jiwer, plain slow versions, and cases that one can check by eye."""

from __future__ import annotations

import math
import random
import warnings
from dataclasses import astuple
from functools import cache
from itertools import permutations

import jiwer
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bigvoice.evaluation.counting import SpeakerCounts, speaker_counts
from bigvoice.evaluation.diarization import DiarizationErrors, JaccardErrors, diarization_errors, jaccard_errors
from bigvoice.evaluation.identification import NameCounts, name_counts
from bigvoice.evaluation.words import EditCounts, character_errors, distance, edits, normalise, word_errors
from bigvoice.span import Span, intersect
from bigvoice.turn import Turn

with warnings.catch_warnings():  # pyannote's import is not ours to mend
    warnings.simplefilter("ignore")
    from pyannote.core import Annotation, Segment, Timeline
    from pyannote.metrics.diarization import DiarizationErrorRate, JaccardErrorRate

CLOSE = 1e-9

times = st.floats(0, 20).map(lambda time: round(time, 2))
turns = st.builds(
    lambda a, b, speaker: Turn(Span(min(a, b), max(a, b) + 0.1), speaker), times, times, st.sampled_from("ABCD")
)
meetings = st.lists(turns, max_size=12)


def spoken(*rows: tuple[float, float, str]) -> list[Turn]:
    return [Turn(Span(start, end), speaker) for start, end, speaker in rows]


def annotation(own: list[Turn]) -> Annotation:
    """Pyannote's form; touching turns of a speaker as one, as in ours."""
    made = Annotation()
    for track, turn in enumerate(own):
        made[Segment(turn.span.start, turn.span.end), track] = turn.speaker
    return made.support()


def pyannote_counts(metric: object, reference: list[Turn], hypothesis: list[Turn]) -> dict[str, float]:
    with warnings.catch_warnings():  # "uem was approximated by the union of both extents": as it should be
        warnings.filterwarnings("ignore", message="'uem' was approximated")
        return metric(annotation(reference), annotation(hypothesis), detailed=True)  # type: ignore[operator]


# --- diarization ---


def test_a_perfect_hypothesis_under_other_names_has_no_errors() -> None:
    reference = spoken((0, 2, "Mina"), (2, 5, "Joon"), (4, 6, "Mina"))
    hypothesis = spoken((0, 2, "s2"), (2, 5, "s1"), (4, 6, "s2"))

    assert diarization_errors(reference, hypothesis) == DiarizationErrors(0, 0, 0, 7)
    assert jaccard_errors(reference, hypothesis) == JaccardErrors(0, 2)


def test_each_kind_of_error_is_counted_in_seconds() -> None:
    reference = spoken((0, 4, "Mina"), (4, 10, "Joon"), (12, 13, "Mina"))
    hypothesis = spoken((1, 5, "s1"), (5, 11, "s2"))  # 0-1 missed, 4-5 confused, 10-11 false, 12-13 missed

    assert diarization_errors(reference, hypothesis) == DiarizationErrors(2, 1, 1, 11)


def test_overlap_counts_for_both_speakers() -> None:
    reference = spoken((0, 10, "Mina"), (6, 8, "Joon"))

    errors = diarization_errors(reference, spoken((0, 10, "s1")))

    assert errors == DiarizationErrors(missed=2, total=12)


def test_a_collar_forgives_borders_on_both_sides() -> None:
    reference = spoken((2, 6, "Mina"), (6, 10, "Joon"))
    hypothesis = spoken((1.8, 6.2, "s1"), (6.2, 9.8, "s2"))

    assert diarization_errors(reference, hypothesis).rate == pytest.approx(0.6 / 8)
    assert diarization_errors(reference, hypothesis, collar=0.25) == DiarizationErrors(total=pytest.approx(7.0))
    with pytest.raises(ValueError, match="collar"):
        diarization_errors(reference, hypothesis, collar=-0.1)


def test_nothing_said_and_nothing_found() -> None:
    someone = spoken((0, 3, "Mina"))

    assert diarization_errors([], []).rate == 0
    assert diarization_errors(someone, []) == DiarizationErrors(missed=3, total=3)
    assert diarization_errors([], someone) == DiarizationErrors(false_alarm=3)
    assert diarization_errors([], someone).rate == math.inf
    assert jaccard_errors(someone, []) == JaccardErrors(1, 1)
    assert jaccard_errors([], someone) == JaccardErrors(0, 0)


def test_a_turn_without_length_is_nobody() -> None:
    reference = spoken((0, 3, "Mina"), (1, 1, "Joon"))

    assert jaccard_errors(reference, spoken((0, 3, "s1"))) == JaccardErrors(0, 1)


def test_rates_are_taken_of_added_counts() -> None:
    short, long = DiarizationErrors(missed=1, total=1), DiarizationErrors(confusion=1, total=9)

    assert sum([short, long], DiarizationErrors()).rate == pytest.approx(0.2)
    assert (JaccardErrors(1, 1) + JaccardErrors(0.5, 3)).rate == pytest.approx(0.375)


@settings(max_examples=60, deadline=None)
@given(meetings, meetings)
def test_errors_are_pyannotes(reference: list[Turn], hypothesis: list[Turn]) -> None:
    theirs = pyannote_counts(DiarizationErrorRate(collar=0, skip_overlap=False), reference, hypothesis)

    ours = diarization_errors(reference, hypothesis)

    assert ours.missed == pytest.approx(theirs["missed detection"], abs=CLOSE)
    assert ours.false_alarm == pytest.approx(theirs["false alarm"], abs=CLOSE)
    assert ours.confusion == pytest.approx(theirs["confusion"], abs=CLOSE)
    assert ours.total == pytest.approx(theirs["total"], abs=CLOSE)


@settings(max_examples=40, deadline=None)
@given(meetings, meetings)
def test_errors_with_a_collar_are_pyannotes(reference: list[Turn], hypothesis: list[Turn]) -> None:
    theirs = pyannote_counts(DiarizationErrorRate(collar=0.5), reference, hypothesis)  # the width of both sides

    ours = diarization_errors(reference, hypothesis, collar=0.25)

    assert ours.missed == pytest.approx(theirs["missed detection"], abs=CLOSE)
    assert ours.false_alarm == pytest.approx(theirs["false alarm"], abs=CLOSE)
    assert ours.confusion == pytest.approx(theirs["confusion"], abs=CLOSE)


@settings(max_examples=60, deadline=None)
@given(meetings, meetings, meetings, st.sampled_from([0, 0.5]), st.booleans())
def test_errors_in_regions_without_overlap_are_pyannotes(
    reference: list[Turn], hypothesis: list[Turn], regions: list[Turn], width: float, skip_overlap: bool
) -> None:
    spans = [turn.span for turn in regions]
    uem = Timeline([Segment(span.start, span.end) for span in spans]).support()
    metric = DiarizationErrorRate(collar=width, skip_overlap=skip_overlap)

    ours = diarization_errors(reference, hypothesis, collar=width / 2, skip_overlap=skip_overlap, scored=spans)

    theirs = metric(annotation(reference), annotation(hypothesis), uem=uem, detailed=True)
    assert ours.missed == pytest.approx(theirs["missed detection"], abs=CLOSE)
    assert ours.false_alarm == pytest.approx(theirs["false alarm"], abs=CLOSE)
    assert ours.confusion == pytest.approx(theirs["confusion"], abs=CLOSE)
    assert ours.total == pytest.approx(theirs["total"], abs=CLOSE)


def test_overlap_and_regions_by_eye() -> None:
    reference = spoken((0, 10, "Mina"), (6, 8, "Joon"))
    hypothesis = spoken((0, 9, "s1"))

    assert diarization_errors(reference, hypothesis) == DiarizationErrors(missed=3, total=12)
    assert diarization_errors(reference, hypothesis, skip_overlap=True) == DiarizationErrors(missed=1, total=8)
    assert diarization_errors(reference, hypothesis, scored=[Span(5, 8)]) == DiarizationErrors(missed=2, total=5)
    assert diarization_errors(reference, hypothesis, scored=[]) == DiarizationErrors()


def test_who_is_not_heard_in_the_regions_has_no_jaccard_error() -> None:
    reference = spoken((0, 4, "Mina"), (4, 8, "Joon"))

    assert jaccard_errors(reference, spoken((0, 3, "s1")), scored=[Span(0, 4)]) == JaccardErrors(0.25, 1)


shifts = st.lists(st.floats(-0.4, 0.4), min_size=8, max_size=8)


@settings(max_examples=30, deadline=None)
@given(shifts, st.permutations(["s1", "s2", "s3", "s4"]))
def test_jaccard_errors_are_pyannotes_where_the_mapping_is_plain(moved: list[float], names: list[str]) -> None:
    reference = [Turn(Span(5 * n, 5 * n + 4), "ABCD"[n % 4]) for n in range(8)]
    hypothesis = [
        Turn(turn.span.shift(by), names["ABCD".index(turn.speaker)]) for turn, by in zip(reference, moved, strict=True)
    ]

    theirs = pyannote_counts(JaccardErrorRate(), reference, hypothesis)
    ours = jaccard_errors(reference, hypothesis)

    assert ours.n_speakers == theirs["speaker count"]
    assert ours.error == pytest.approx(theirs["speaker error"], abs=CLOSE)


@settings(max_examples=30, deadline=None)
@given(meetings.filter(bool), meetings.filter(bool))
def test_jaccard_errors_are_the_least_of_all_mappings(reference: list[Turn], hypothesis: list[Turn]) -> None:
    true, found = _hundredths(reference), _hundredths(hypothesis)
    seats = [*found.values(), *[set()] * len(true)]  # an empty set: nobody is mapped, the error is 1
    error = [[1 - len(own & other) / len(own | other) for other in seats] for own in true.values()]

    plain = min(
        sum(row[seat] for row, seat in zip(error, mapping, strict=True))
        for mapping in permutations(range(len(seats)), len(true))
    )

    assert jaccard_errors(reference, hypothesis).error == pytest.approx(plain, abs=1e-6)


def _hundredths(own: list[Turn]) -> dict[str, set[int]]:
    """The hundredths of a second in which each speaker speaks; all borders in these tests are whole ones."""
    steps: dict[str, set[int]] = {}
    for turn in own:
        steps.setdefault(turn.speaker, set()).update(range(round(turn.span.start * 100), round(turn.span.end * 100)))
    return steps


# --- identification ---

ENROLLED = {"Mina", "Joon"}


def test_right_wrong_and_no_name() -> None:
    reference = spoken((0, 4, "Mina"), (4, 10, "Joon"), (10, 13, "Stranger"))
    hypothesis = spoken((0, 3, "s1"), (3, 6, "s2"), (6, 9, "s3"), (10, 11, "s1"), (11, 13, "s3"))

    counts = name_counts(reference, hypothesis, {"s1": "Mina", "s2": "Joon"}, ENROLLED)

    assert counts == NameCounts(10, right=5, wrong=1, strangers=3, named=1)
    assert (counts.right_share, counts.wrong_share, counts.nameless_share) == pytest.approx((0.5, 0.1, 0.4))
    assert counts.named_share == pytest.approx(1 / 3)


def test_where_two_talk_each_name_is_used_once() -> None:
    reference = spoken((0, 2, "Mina"), (0, 2, "Joon"))

    both = name_counts(reference, spoken((0, 2, "a"), (0, 2, "b")), {"a": "Mina", "b": "Joon"}, ENROLLED)
    one = name_counts(reference, spoken((0, 2, "a")), {"a": "Mina"}, ENROLLED)

    assert (both.right, both.wrong) == (4, 0)
    assert (one.right, one.wrong) == (2, 0)


def test_two_voices_under_one_name_are_that_person_once() -> None:
    reference = spoken((0, 4, "Mina"))
    hypothesis = spoken((0, 3, "s1"), (2, 4, "s2"))

    counts = name_counts(reference, hypothesis, {"s1": "Mina", "s2": "Mina"}, ENROLLED)

    assert (counts.right, counts.wrong) == (4, 0)


def test_a_name_given_to_silence_is_no_wrong_name() -> None:
    counts = name_counts(spoken((0, 1, "Mina")), spoken((5, 9, "s1")), {"s1": "Mina"}, ENROLLED)

    assert (counts.right, counts.wrong, counts.named) == (0, 0, 0)
    assert counts.nameless_share == 1
    assert math.isnan(counts.named_share)  # there were no strangers


@settings(max_examples=25, deadline=None)
@given(meetings, meetings)
def test_names_agree_with_a_count_by_hundredths(reference: list[Turn], hypothesis: list[Turn]) -> None:
    enrolled, names = {"A", "B"}, {"A": "A", "B": "B", "C": "A"}

    counts = name_counts(reference, hypothesis, names, enrolled)

    there, found = _hundredths(reference), _hundredths(hypothesis)
    plain = [_plain_names(step, there, found, names, enrolled) for step in range(2_020)]
    ours = [counts.enrolled, counts.right, counts.wrong, counts.strangers, counts.named]
    assert ours == pytest.approx([sum(kind) / 100 for kind in zip(*plain, strict=True)], abs=1e-6)


def _plain_names(
    step: int, there: dict[str, set[int]], found: dict[str, set[int]], names: dict[str, str], enrolled: set[str]
) -> tuple[int, ...]:
    """The counts in one hundredth of a second."""
    speaking = {person for person, steps in there.items() if step in steps}
    given_names = {names[voice] for voice, steps in found.items() if voice in names and step in steps}
    known, strangers = speaking & enrolled, speaking - enrolled
    right = known & given_names
    astray = given_names - right
    wrong = min(len(astray), len(known - right))
    return len(known), len(right), wrong, len(strangers), min(len(astray) - wrong, len(strangers))


@settings(max_examples=25, deadline=None)
@given(meetings, meetings, meetings)
def test_names_in_regions_are_those_of_what_lies_inside(
    reference: list[Turn], hypothesis: list[Turn], regions: list[Turn]
) -> None:
    enrolled, names = {"A", "B"}, {"A": "A", "B": "B", "C": "A"}
    spans = [turn.span for turn in regions]
    inside = [
        [Turn(part, turn.speaker) for turn in own for part in intersect([turn.span], spans)]
        for own in (reference, hypothesis)
    ]

    counts = name_counts(reference, hypothesis, names, enrolled, scored=spans)

    assert astuple(counts) == pytest.approx(astuple(name_counts(*inside, names, enrolled)), abs=CLOSE)


def test_name_counts_add() -> None:
    first = NameCounts(10, right=9, wrong=1)
    second = NameCounts(30, right=15, strangers=5, named=1)

    both = first + second

    assert (both.right_share, both.named_share) == (0.6, 0.2)


# --- counting ---


def test_speakers_are_counted() -> None:
    two = spoken((0, 1, "Mina"), (1, 2, "Joon"), (2, 2, "nobody"))

    right = speaker_counts(two, spoken((0, 2, "s1"), (0, 1, "s2")))
    many = speaker_counts(two, spoken((0, 1, "s1"), (1, 2, "s2"), (2, 3, "s3"), (3, 4, "s4")))
    few = speaker_counts(two, [])

    assert (right.n_there, right.n_found, right.n_right) == (2, 2, 1)
    everything = right + many + few
    assert (everything.rate, everything.mean_error, everything.bias) == pytest.approx((1 / 3, 4 / 3, 0))
    assert math.isnan(SpeakerCounts().rate)


def test_only_who_is_heard_in_the_regions_is_counted() -> None:
    reference, hypothesis = spoken((0, 1, "Mina"), (1, 2, "Joon")), spoken((0, 2, "s1"))

    assert speaker_counts(reference, hypothesis, scored=[Span(0, 1)]).n_right == 1
    assert speaker_counts(reference, hypothesis, scored=[Span(0, 1.5)]).n_right == 0


# --- words ---


def test_word_errors_by_eye() -> None:
    assert word_errors("a b c d", "a x c") == EditCounts(substitutions=1, deletions=1, total=4)
    assert word_errors("a b", "a b c d") == EditCounts(insertions=2, total=2)
    assert word_errors("Good morning, everyone!", "good morning everyone") == EditCounts(total=3)
    assert word_errors("", "") == EditCounts()
    assert word_errors("", "thanks").rate == math.inf
    assert word_errors("thanks", "") == EditCounts(deletions=1, total=1)


def test_of_equally_many_edits_those_that_keep_most() -> None:
    # "ab" -> "bc": two substitutions, or a deletion and an insertion, which keep the b
    assert edits("ab", "bc") == EditCounts(deletions=1, insertions=1, total=2)


def test_korean_is_measured_with_and_without_spaces() -> None:
    said, heard = "회의를 시작하겠습니다.", "회의를시작하겠슴니다"

    assert character_errors(said, heard) == EditCounts(substitutions=1, deletions=1, total=11)
    assert character_errors(said, heard, spaces=False) == EditCounts(substitutions=1, total=10)


def test_hangul_in_letters_is_hangul_in_syllables() -> None:
    assert normalise("\u1112\u116c\u110b\u1174") == "회의"


def test_apostrophes_stay_inside_words_only() -> None:
    assert normalise("It’s the 'team's' plan, isn't it?") == "it's the team's plan isn't it"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from("abcde"), min_size=1, max_size=25), st.lists(st.sampled_from("abcde"), max_size=25))
def test_word_errors_are_jiwers(reference: list[str], hypothesis: list[str]) -> None:
    theirs = jiwer.process_words(" ".join(reference), " ".join(hypothesis))

    ours = word_errors(" ".join(reference), " ".join(hypothesis))

    assert ours.edits == theirs.substitutions + theirs.deletions + theirs.insertions
    assert ours.rate == pytest.approx(theirs.wer)
    assert ours.insertions - ours.deletions == len(hypothesis) - len(reference)


@settings(max_examples=60, deadline=None)
@given(st.text("가나다 ab", max_size=15), st.text("가나다 ab", max_size=15))
def test_edits_are_those_of_the_recursion(reference: str, hypothesis: str) -> None:
    plain = _plain_edits(reference, hypothesis)

    assert edits(reference, hypothesis) == plain
    assert distance(reference, hypothesis) == plain.edits


@pytest.mark.parametrize("kept", [0.95, 0.5, 0.0])
def test_long_texts_have_as_many_edits_as_jiwer_finds(kept: float) -> None:
    draw = random.Random(3)
    reference = [draw.choice("abcdefgh") for _ in range(700)]
    hypothesis = [letter if draw.random() < kept else draw.choice(["", "x", "a b"]) for letter in reference]

    found = word_errors(" ".join(reference), " ".join(hypothesis))

    theirs = jiwer.process_words(" ".join(reference), " ".join(" ".join(hypothesis).split()))
    assert found.edits == theirs.substitutions + theirs.deletions + theirs.insertions
    assert found.insertions - found.deletions == theirs.insertions - theirs.deletions


def _plain_edits(reference: str, hypothesis: str) -> EditCounts:
    """The definition: fewest edits, then fewest substitutions."""

    @cache
    def best(n: int, m: int) -> tuple[int, int, int, int]:  # edits, substitutions, deletions, insertions
        if n == 0 or m == 0:
            return n + m, 0, n, m
        (e, s, d, i), wrong = best(n - 1, m - 1), reference[n - 1] != hypothesis[m - 1]
        deleted, inserted = best(n - 1, m), best(n, m - 1)
        return min(
            (e + wrong, s + wrong, d, i),
            (deleted[0] + 1, deleted[1], deleted[2] + 1, deleted[3]),
            (inserted[0] + 1, inserted[1], inserted[2], inserted[3] + 1),
        )

    _, substitutions, deletions, insertions = best(len(reference), len(hypothesis))
    return EditCounts(substitutions, deletions, insertions, len(reference))


def test_edit_counts_add() -> None:
    total = sum([word_errors("a b", "a"), word_errors("c d e", "c d x")], EditCounts())

    assert total == EditCounts(substitutions=1, deletions=1, total=5)
    assert total.rate == pytest.approx(0.4)
