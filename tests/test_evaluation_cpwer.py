"""cpWER, against meeteval, all permutations, and cases one can check by eye."""

from __future__ import annotations

import warnings
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bigvoice.evaluation.cpwer import cp_character_errors, cp_word_errors
from bigvoice.evaluation.words import EditCounts, word_errors

with warnings.catch_warnings():  # its import is not ours to mend
    warnings.simplefilter("ignore")
    from meeteval.wer.wer.cp import cp_word_error_rate

said = st.lists(st.sampled_from("abcd"), min_size=1, max_size=8).map(" ".join)
meetings = st.dictionaries(st.sampled_from(["s1", "s2", "s3", "s4"]), said, max_size=4)


def test_by_eye() -> None:
    true = {"Mina": "good morning", "Joon": "hello everyone"}

    assert cp_word_errors(true, {"1": "hello everyone", "2": "good morning"}) == EditCounts(total=4)
    assert cp_word_errors(true, {"1": "hello", "2": "good morning everyone"}).edits == 2  # missing here, too many there
    assert cp_word_errors(true, {"1": "good morning"}) == EditCounts(deletions=2, total=4)
    assert cp_word_errors(true, {**true, "3": "thanks"}) == EditCounts(insertions=1, total=4)
    assert cp_word_errors({}, {}) == EditCounts()
    assert cp_word_errors(true, {}) == EditCounts(deletions=4, total=4)
    assert cp_word_errors({}, true) == EditCounts(insertions=4)


def test_korean_in_characters() -> None:
    true = {"민준": "할 수 있다", "서연": "네."}
    found = {"1": "네", "2": "할수 있다"}

    assert cp_word_errors(true, found).edits == 2
    assert cp_character_errors(true, found) == EditCounts(deletions=1, total=7)
    assert cp_character_errors(true, found, spaces=False) == EditCounts(total=5)


@settings(max_examples=60, deadline=None)
@given(meetings, meetings)
def test_it_is_meetevals(reference: dict[str, str], hypothesis: dict[str, str]) -> None:
    ours = cp_word_errors(reference, hypothesis)

    if not reference or not hypothesis:  # meeteval wants at least one speaker on each side
        assert ours.edits == sum(len(text.split()) for text in (reference or hypothesis).values())
        return
    theirs = cp_word_error_rate(reference, hypothesis)
    assert (ours.edits, ours.total) == (theirs.errors, theirs.length)
    assert ours.insertions - ours.deletions == theirs.insertions - theirs.deletions


@settings(max_examples=30, deadline=None)
@given(meetings, meetings)
def test_no_permutation_has_fewer_edits(reference: dict[str, str], hypothesis: dict[str, str]) -> None:
    n = max(len(reference), len(hypothesis))
    true, found = ([*texts.values(), *[""] * (n - len(texts))] for texts in (reference, hypothesis))

    plain = min(sum(word_errors(a, b).edits for a, b in zip(true, order, strict=True)) for order in permutations(found))

    assert cp_word_errors(reference, hypothesis).edits == plain


@settings(max_examples=30, deadline=None)
@given(meetings)
def test_names_and_order_do_not_matter(reference: dict[str, str]) -> None:
    renamed = {f"x{name}": text for name, text in reversed(reference.items())}

    assert cp_word_errors(reference, renamed).rate == pytest.approx(0)
