"""One recording, worked on twice: "before" and "again" are two results of the machine, a little apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bigvoice.minutes import store
from bigvoice.minutes.carrying import carried
from bigvoice.minutes.corrections import (
    Assign,
    Check,
    Correction,
    Delete,
    Insert,
    Join,
    Merge,
    Place,
    PutNote,
    Rename,
    Split,
    Write,
)
from bigvoice.minutes.history import History, Move, Reviewed, Step
from bigvoice.minutes.minutes import DECISION, Maker, Minutes, Note, Source, Speaker, Utterance
from bigvoice.span import Span
from tests import meetings
from tests.meetings import say


def result(*utterances: Utterance) -> Minutes:
    ids = sorted({u.speaker for u in utterances})
    speakers = tuple(Speaker(each, number) for number, each in enumerate(ids, 1))
    return Minutes(Source("a.m4a", "", 60.0), Maker("1"), speakers=speakers, utterances=utterances)


BEFORE = result(
    say(0.0, 4.0, "s1", "good mourning all"),
    say(5.0, 9.0, "s2", "thank you"),
    say(10.0, 20.0, "s1", "the budget is four thousand this year"),
    say(21.0, 25.0, "s3", "really"),
)
AGAIN = result(  # the second voice comes first now, borders moved, and the long turn was heard as two
    say(0.2, 4.3, "s3", "good morning all"),
    say(4.9, 9.1, "s1", "thank you"),
    say(10.1, 14.0, "s3", "the budget is four"),
    say(14.2, 19.8, "s3", "thousand this year"),
    say(21.0, 25.2, "s2", "really"),
)


def place(number: int, of: Minutes = BEFORE) -> Place:
    return Place.of(of.utterances[number])


def carry(*corrections: Correction, again: Minutes = AGAIN) -> Reviewed:
    return carried(Reviewed(BEFORE, History((Step(corrections, "Sora", by="review"),))), again)


def texts(minutes: Minutes) -> list[str]:
    return [u.text for u in minutes.utterances]


def who(minutes: Minutes) -> list[str]:
    return [minutes.speaker(u.speaker).label() for u in minutes.utterances]


def test_a_name_follows_the_voice_and_not_its_id() -> None:
    again = carry(Rename("s1", "Mina Park"))

    assert who(again.minutes) == ["Mina Park", "Speaker 1", "Mina Park", "Mina Park", "Speaker 2"]
    assert (again.history.steps[0].who, again.history.steps[0].by) == ("Sora", "review")
    assert again.machine == AGAIN


def test_a_text_is_put_where_it_was_said() -> None:
    assert texts(carry(Write(place(0), "Good morning, all.")).minutes)[0] == "Good morning, all."


def test_a_text_that_the_machine_has_right_now_needs_no_correction() -> None:
    again = carry(Write(place(0), "good morning all"))

    assert again.history.entries == ()
    assert texts(again.minutes) == texts(AGAIN)


def test_a_text_whose_turn_came_apart_joins_it() -> None:
    again = carry(Write(place(2), "The budget is 4,000 this year."))

    assert texts(again.minutes)[2] == "The budget is 4,000 this year."
    assert again.minutes.utterances[2].span == Span(10.1, 19.8)


def test_a_text_whose_turn_is_part_of_a_longer_one_leaves_the_rest() -> None:
    longer = result(say(0.0, 9.0, "s1", "good mourning all how are you"), *AGAIN.utterances[2:])

    again = carry(Write(place(0), "Good morning"), again=longer)

    assert texts(again.minutes)[0].startswith("Good morning")
    assert texts(again.minutes)[0].endswith("how are you")


def test_a_turn_given_away_stays_given_away_in_all_its_parts() -> None:
    again = carry(Assign(place(2), "s2"), Rename("s2", "Joon Lee"))

    assert who(again.minutes) == ["Speaker 3", "Joon Lee", "Joon Lee", "Joon Lee", "Speaker 2"]


def test_a_turn_that_is_surely_its_speakers_stays_so() -> None:
    again = carry(Assign(place(1), "s2"))

    assert again.minutes.utterances[1].confidence == 1.0
    assert who(again.minutes) == who(AGAIN)


def test_somebody_added_is_added_under_an_id_that_is_free() -> None:
    again = carry(Assign(place(3), "s4"), Rename("s4", "Paul"))

    assert who(again.minutes)[-1] == "Paul"
    assert len({s.id for s in again.minutes.speakers}) == 3


def test_voices_that_the_machine_tells_as_one_now_need_no_merging() -> None:
    one = result(*(replace(u, speaker={"s2": "s3"}.get(u.speaker, u.speaker)) for u in AGAIN.utterances))

    again = carry(Merge("s3", "s1"), again=one)

    assert [u.why for u in again.unfit] == ["the voice 's3' is not found again"]
    assert again.minutes == one
    assert who(carry(Merge("s3", "s1")).minutes)[-1] == "Speaker 3"


def test_a_split_near_a_border_is_there_already() -> None:
    assert carry(Split(place(2), 14.0)).history.entries == ()
    assert len(carry(Split(place(2), 12.0)).minutes.utterances) == len(AGAIN.utterances) + 1


def test_turns_joined_are_joined() -> None:
    again = carry(Join(place(0), place(1)))

    assert texts(again.minutes)[0] == "good morning all thank you"


def test_checked_holds_for_the_words_that_were_heard() -> None:
    again = carry(Check(place(1)), Check(place(0)))

    assert again.minutes.utterances[1].checked
    assert not again.minutes.utterances[0].checked  # "mourning" was checked, "morning" is said now
    assert [u.why for u in again.unfit] == ["the words at 0.20 s are others now"]


def test_what_was_deleted_goes_again_in_all_its_parts() -> None:
    assert texts(carry(Delete(place(2))).minutes) == ["good morning all", "thank you", "really"]


def test_a_missed_turn_is_missed_still_or_gets_the_text() -> None:
    missed = Insert(Place(Span(30.0, 33.0), "s2"), "Yes.")
    heard = result(*AGAIN.utterances, say(29.9, 33.1, "s1", "yeah"))

    assert texts(carry(missed).minutes)[-1] == "Yes."
    assert texts(carry(missed, again=heard).minutes)[-1] == "Yes."
    assert len(carry(missed, again=heard).minutes.utterances) == len(heard.utterances)


def test_somebody_who_was_missed_altogether_stays_somebody_of_her_own() -> None:
    again = carry(Insert(Place(Span(30.0, 33.0), "s7"), "Yes."), Rename("s7", "Paul"))

    assert (who(again.minutes)[-1], texts(again.minutes)[-1]) == ("Paul", "Yes.")


def test_notes_stay_at_their_time() -> None:
    note = Note("n1", DECISION, 15.0, "Four thousand")
    assert carry(PutNote(note)).minutes.notes == (note,)


def test_one_correction_builds_on_another() -> None:
    pieces = Place(Span(10.0, 13.0), "s1"), Place(Span(13.0, 20.0), "s1")

    again = carry(Split(place(2), 13.0), Assign(pieces[0], "s3"), Rename("s3", "Tom Ford"))

    assert [w for w, t in zip(who(again.minutes), texts(again.minutes), strict=True) if "budget" in t] == ["Tom Ford"]


def test_what_has_no_place_is_left_told_and_kept(tmp_path: Path) -> None:
    silent = result(*AGAIN.utterances[:4])
    again = carry(Write(place(3), "Really?"), Rename("s1", "Mina Park"), again=silent)

    assert [u.why for u in again.unfit] == ["there is no such turn any more from 21.00 to 25.00 s"]
    assert who(again.minutes)[0] == "Mina Park"
    file = tmp_path / "m.json"
    file.write_text(store.dump(again.machine, again.history))
    assert store.read_reviewed(file).unfit == again.unfit
    thrice = carried(store.read_reviewed(file), AGAIN)
    assert [u.why for u in thrice.unfit] == [u.why for u in again.unfit]


def test_what_was_undone_is_not_carried() -> None:
    history = History((Step((Rename("s1", "X"),)), Move("undo"), Step((Rename("s2", "Joon Lee"),))))

    again = carried(Reviewed(BEFORE, history), AGAIN)

    assert who(again.minutes)[:2] == ["Speaker 3", "Joon Lee"]


def test_the_same_result_keeps_its_log_as_it_is() -> None:
    history = History((Step((Rename("s1", "X"),)), Move("undo")))
    assert carried(Reviewed(BEFORE, history), replace(BEFORE, title="New")).history is history


@given(st.lists(st.floats(-0.15, 0.15), min_size=8, max_size=8), st.permutations(["s1", "s2", "s3"]))
def test_small_moves_of_borders_and_new_ids_change_nothing_people_see(
    moved: Sequence[float], ids: Sequence[str]
) -> None:
    renamed = dict(zip(["s1", "s2", "s3"], ids, strict=True))
    again = result(
        *(
            say(max(0.0, u.span.start + a), u.span.end + b, renamed[u.speaker], u.text)
            for u, a, b in zip(BEFORE.utterances, moved[::2], moved[1::2], strict=True)
        )
    )
    corrections = [
        Rename("s1", "Mina Park"),
        Rename("s2", "Joon Lee"),
        Write(place(0), "Good morning, all."),
        Assign(place(3), "s1"),
        Split(place(2), 14.3),
        Check(place(1)),
        Delete(Place(Span(14.3, 20.0), "s1")),
    ]

    before, after = Reviewed(BEFORE, History((Step(tuple(corrections)),))), carry(*corrections, again=again)

    assert after.unfit == before.unfit == ()
    assert texts(after.minutes) == texts(before.minutes)
    assert who(after.minutes) == who(before.minutes)
    assert [u.checked for u in after.minutes.utterances] == [u.checked for u in before.minutes.utterances]


def test_a_split_where_somebody_else_begins_is_carried() -> None:
    """Not taken for a border that is there already, which would give all of the turn away afterwards."""
    before = result(say(0.0, 10.0, "s1", "a b c d e f g h i j"), say(6.1, 7.0, "s2", "x"))
    again = replace(before, utterances=(before.utterances[0], say(6.0, 7.0, "s2", "x")))
    steps = Split(place(0, before), 6.0), Assign(Place(Span(6.0, 10.0), "s1"), "s2")

    carried_over = carried(Reviewed(before, History((Step(steps),))), again)

    assert texts(carried_over.minutes) == ["a b c d e f", "x", "g h i j"]
    assert [u.speaker for u in carried_over.minutes.utterances] == ["s1", "s2", "s2"]


def test_what_is_part_of_a_longer_turn_now_is_cut_out_of_it() -> None:
    """Not deleted, or given away, with all that others said before and after it."""
    before = result(say(0.0, 4.0, "s1", "a b c d"), say(4.0, 5.0, "s1", "cough"), say(5.0, 9.0, "s1", "e f g h"))
    again = result(say(0.0, 9.0, "s1", "a b c d cough e f g h"))

    def after(correction: Correction) -> Minutes:
        return carried(Reviewed(before, History((Step((correction,)),))), again).minutes

    assert texts(after(Delete(place(1, before)))) == ["a b c d", "e f g h"]
    assert who(after(Assign(place(1, before), "s2"))) == ["Speaker 1", "Speaker 2", "Speaker 1"]


def test_what_another_said_meanwhile_is_not_deleted_instead() -> None:
    before = result(say(0.0, 9.0, "s1", "noise noise"), say(4.0, 5.0, "s2", "yes"), say(9.0, 12.0, "s1", "so"))
    again = result(say(4.0, 5.0, "s2", "yes"), say(9.0, 12.0, "s1", "so"))

    carried_over = carried(Reviewed(before, History((Step((Delete(place(0, before)),)),))), again)

    assert texts(carried_over.minutes) == ["yes", "so"]
    assert len(carried_over.unfit) == 1


def test_a_time_that_somebody_wrote_by_hand_costs_nothing() -> None:
    before = result(say(0.0, 4.0, "s1", "hello"), Utterance(Span(5.0, 1e300), "s1"))

    moved = replace(before, utterances=(say(0.1, 4.0, "s1", "hello"), before.utterances[1]))

    again = carried(Reviewed(before, History((Step((Delete(place(1, before)),)),))), moved)

    assert texts(again.minutes) == ["hello"]


@st.composite
def meeting_twice(draw: st.DrawFn) -> tuple[Minutes, Minutes]:
    """Turns of which each word is another; and again, with borders moved, turns in two, or two in one."""
    starts, lengths = [0.0], draw(st.lists(st.sampled_from([1.0, 3.0, 8.0]), min_size=4, max_size=10))
    for length in lengths:
        starts.append(starts[-1] + length + draw(st.sampled_from([-0.5, 0.2, 1.0])))
    first, again = [], []
    for n, (start, length) in enumerate(zip(starts, lengths, strict=False)):
        speaker = draw(st.sampled_from(["s1", "s2"]) if not first else st.sampled_from(["s1", "s2", "s3"]))
        if first and first[-1].span.end > start and first[-1].speaker == speaker:
            speaker = {"s1": "s2", "s2": "s3", "s3": "s1"}[speaker]
        turn = say(start, start + length, speaker, " ".join(f"{n}.{k}" for k in range(round(2 * length))))
        first.append(turn)
        how = draw(st.sampled_from(["same", "same", "two", "one"]))
        if how == "one" and again and again[-1].speaker == speaker:
            again[-1] = replace(again[-1], span=again[-1].span | turn.span, words=(*again[-1].words, *turn.words))
        elif how == "two" and length > 2:
            cut = draw(st.sampled_from(turn.words[1:])).span.start
            k = sum(word.span.start < cut for word in turn.words)
            again.append(replace(turn, span=Span(start, cut), words=turn.words[:k]))
            again.append(replace(turn, span=Span(cut, turn.span.end), words=turn.words[k:]))
        else:
            again.append(turn)
    moves = st.floats(-0.1, 0.1)
    moved = [replace(u, span=Span(max(0.0, u.span.start + draw(moves)), u.span.end + draw(moves))) for u in again]
    return result(*first), result(*sorted(moved, key=lambda u: u.span))


@given(meeting_twice(), st.data())
def test_each_word_stays_whose_it_was_said_to_be_or_that_is_told(
    twice: tuple[Minutes, Minutes], data: st.DataObject
) -> None:
    first, again = twice
    reviewed = Reviewed(first)
    for _ in range(data.draw(st.integers(1, 4))):
        turn = data.draw(st.sampled_from(reviewed.minutes.utterances))
        where = Place.of(turn)
        kinds: list[Correction] = [Assign(where, data.draw(st.sampled_from(["s1", "s2", "s9"])))]
        kinds += [Delete(where, turn.text)] * (len(reviewed.minutes.utterances) > 2)
        kinds += [Write(where, turn.text.replace(".0", ".0 more", 1), turn.text)]
        kinds += [Split(where, word.span.start) for word in turn.words[1:-1] if len(turn.words) > 3]
        reviewed = reviewed.grown(Step((data.draw(st.sampled_from(kinds)),)))

    after = carried(reviewed, again)

    assert after.unfit or whose(after.minutes) == whose(reviewed.minutes)


def whose(minutes: Minutes) -> list[tuple[str, str]]:
    return sorted((word, turn.speaker) for turn in minutes.utterances for word in turn.text.split())


def test_making_minutes_again_keeps_corrections(tmp_path: Path) -> None:
    file = tmp_path / "m.json"
    store.save_anew(BEFORE, file)
    file.write_text(store.dump(BEFORE, History((Step((Rename("s2", "Joon Lee"),)),))))

    reviewed = store.save_anew(AGAIN, file)

    assert store.read(file) == reviewed.minutes
    assert who(store.read(file))[1] == "Joon Lee"
    assert store.read_reviewed(file).machine == AGAIN
    assert meetings.team() != reviewed.machine
