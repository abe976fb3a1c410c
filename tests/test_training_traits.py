"""The traits recipe: whose voice is what, what weighs how much, what is calibrated; and the whole on a tiny corpus."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count, islice

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bigvoice.cli import app
from bigvoice.errors import ModelError
from bigvoice.features.augmentation import coloured_noise, decaying_room
from bigvoice.recording import RATE
from bigvoice.span import Span
from bigvoice.training import store, traits
from bigvoice.training.corpus import held_out
from bigvoice.training.traits import (
    SHARES,
    Layer,
    Table,
    calibrate,
    depend,
    learn,
    make_traits,
    report,
    votes,
    weigh,
)
from bigvoice.training.traits_corpus import believable, kind_of, labelled
from bigvoice.traits import CHILD, FEMALE, KINDS, MALE, Traits
from bigvoice.voices.traits import read
from bigvoice.voices.traits_vote import calibrated, vote
from tests.fakes import babble, write_wav

VOICES = {FEMALE: (215.0, 1.15), MALE: (110.0, 1.0), CHILD: (300.0, 1.4)}
"""Pitch in Hz and size of formants."""


def names_of(corpus, held, n, letter):
    return [*islice((f"{letter}{i}" for i in count() if held_out(f"{corpus}:{letter}{i}") == held), n)]


def say(kind, seed, seconds=4.0):
    pitch, size = VOICES[kind]
    near = np.random.default_rng(seed).uniform(0.93, 1.07, 2)
    return babble(seconds, pitch=pitch * near[0], size=size * near[1], seed=seed)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Two corpora: readers without an age, and people with one, children among them."""
    folder = tmp_path_factory.mktemp("data")
    tables = {"librispeech/one_each_251": (FEMALE, MALE), "speechocean762": (FEMALE, MALE, CHILD)}
    lines, rows, seed = (
        ["; a comment | as there is one", ";ID | SEX | SUBSET"],
        ["utterance,speaker,gender,age,text"],
        0,
    )
    for part, kinds in tables.items():
        corpus = part.partition("/")[0]
        for kind in kinds:
            people = [who for held in (True, False) for who in names_of(corpus, held, 2 if held else 3, kind[0])]
            for who in people:
                sex = "F" if kind == FEMALE else "M"
                lines.append(f"{who} | {sex} | train-clean-100 | 25.0 | Somebody")
                for take in range(2):
                    seed += 1
                    rows.append(f"{who}{take},{who},{sex},{8 if kind == CHILD else 30},two words")
                    place = folder / part / who
                    place.mkdir(parents=True, exist_ok=True)
                    write_wav(place / f"{who}{take}.wav", say(kind, seed))
    (folder / "librispeech" / "SPEAKERS.TXT").write_text("\n".join(lines))
    (folder / "speechocean762" / "utterances.csv").write_text("\n".join(rows))
    rng = np.random.default_rng(0)
    for name, sound in (("noise", 0.1 * coloured_noise(rng, 3 * RATE)), ("rooms", decaying_room(rng, 0.2, 6) / 2)):
        (folder / name).mkdir()
        write_wav(folder / name / "one.wav", sound)
    return folder


def table(speakers, *, each=3, dim=4, seed=0):
    """Rows that point where their kind's axis does, more or less; speakers: (name, kind)."""
    rng = np.random.default_rng(seed)
    names = [name for name, _ in speakers for _ in range(each)]
    kind = np.array([k for _, k in speakers for _ in range(each)])
    rows = np.eye(dim)[kind] + 0.4 * rng.standard_normal((len(kind), dim))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    copy, seconds = np.zeros(len(kind), int), np.full(len(kind), 3.0)
    return Table(rows.astype(np.float32), kind, np.array(names), seconds, copy)


# --- whose voice is what ---


@pytest.mark.parametrize(
    ("sex", "age", "kind"),
    [
        ("F", 6, CHILD),
        ("M", 12, CHILD),
        ("M", 13, None),
        ("F", 17, None),
        ("F", 18, FEMALE),
        ("M", 70, MALE),
        ("", 30, None),
        ("F", None, None),
    ],
)
def test_children_are_children_and_who_is_in_between_is_neither(sex, age, kind):
    assert kind_of(sex, age) == kind


def test_speech_is_labelled_from_the_tables(data):
    found = {each.utterance.speaker: each.kind for each in labelled(data)}
    assert len(found) == 25
    assert {name.partition(":")[2][0]: kind for name, kind in found.items()} == {"f": FEMALE, "m": MALE, "c": CHILD}
    assert {name.partition(":")[0] for name, kind in found.items() if kind == CHILD} == {"speechocean762"}


def test_no_speaker_is_heard_more_than_so_often(data):
    assert len([*labelled(data, each=1)]) * 2 == len([*labelled(data, each=2)]) == 50


def test_without_a_table_nobody_has_a_kind(tmp_path):
    (tmp_path / "speechocean762" / "s1").mkdir(parents=True)
    write_wav(tmp_path / "speechocean762" / "s1" / "a.wav", say(MALE, 1, 1.0))
    assert [each.kind for each in labelled(tmp_path)] == [None]


def test_whom_pitch_contradicts_is_not_believed(data, tmp_path):
    whisper = 0.05 * coloured_noise(np.random.default_rng(1), 2 * RATE, 0.0)
    entries = []
    for who, claimed, sound in [
        ("honest", CHILD, say(CHILD, 1)),
        ("father", CHILD, say(MALE, 2)),
        ("woman", FEMALE, say(FEMALE, 3)),
        ("man", FEMALE, say(MALE, 4)),
        ("nobody", MALE, whisper),
    ]:
        path = write_wav(tmp_path / f"{who}.wav", sound)
        entry = next(iter(labelled(data)))
        entries.append(replace(entry, kind=claimed, utterance=replace(entry.utterance, speaker=who, path=path)))
    assert [each.utterance.speaker for each in believable(entries)] == ["honest", "woman"]
    assert believable([replace(each, kind=None) for each in entries]) == []


# --- what weighs how much ---


@given(
    st.dictionaries(
        st.tuples(st.sampled_from([*SHARES]), st.integers(0, 4)), st.integers(0, 2), min_size=1, max_size=9
    ),
    st.integers(1, 3),
)
def test_kinds_weigh_alike_and_within_a_kind_its_speakers_of_a_corpus(kinds, each):
    people = [(f"{corpus}:{number}", kind) for (corpus, number), kind in kinds.items()]
    told = table(people, each=each)
    weights = weigh(told)
    assert weights.mean() == pytest.approx(1)
    assert len({round(weights[told.kind == kind].sum(), 6) for kind in set(kinds.values())}) == 1
    for corpus in SHARES:
        for kind in range(3):
            mine = {weights[told.speaker == name].sum() for name, k in people if k == kind and name.startswith(corpus)}
            assert len({round(each, 6) for each in mine}) <= 1


def test_women_weigh_most_where_the_children_are():
    told = table([("librispeech:a", 0), ("speechocean762:b", 0), ("speechocean762:c", 2)])
    by_name = {name: weigh(told)[told.speaker == name].sum() for name in np.unique(told.speaker)}
    share = SHARES["speechocean762"] / (SHARES["speechocean762"] + SHARES["librispeech"])
    assert by_name["speechocean762:b"] / by_name["speechocean762:c"] == pytest.approx(share)


# --- what is learnt and calibrated ---


def test_calibration_finds_the_scale_that_answers_were_drawn_with():
    rng = np.random.default_rng(0)
    logits, seconds = 4 * rng.standard_normal((6000, 3)), rng.uniform(1, 8, 6000)
    chances = calibrated(logits, seconds, (0.3, 0.2))
    kind = np.array([rng.choice(3, p=row) for row in chances])
    names = np.array([f"librispeech:{kind}{i % 50}" for i, kind in enumerate(kind)])
    drawn = Table(np.zeros((6000, 4), np.float32), kind, names, seconds, np.zeros(6000, int))
    assert calibrate(logits, drawn) == pytest.approx((0.3, 0.2), abs=0.06)


def test_turns_that_say_the_same_thing_depend_on_each_other_and_others_do_not():
    """A voice's rows are drawn anew for each turn, or are one and the same in all."""
    people = [(f"librispeech:{i}", i % 3) for i in range(60)]
    told = table(people, each=8, seed=3)
    layer = Layer(3.0 * np.eye(4)[:, :3], np.zeros(3))
    layer = replace(layer, calibration=calibrate(layer.logits(told.rows), told))
    same = replace(told, rows=np.repeat(told.rows[::8], 8, axis=0))
    layer_of_same = replace(layer, calibration=calibrate(layer.logits(same.rows), same))
    assert depend(layer, told) < 0.2
    assert depend(layer_of_same, same) > 0.85


def test_a_vote_is_of_one_voice_in_one_copy():
    told = table([("librispeech:a", 0), ("librispeech:b", 2)], each=4)
    told = replace(told, copy=np.array([0, 0, 0, 1] * 2))
    ballots = [*votes(Layer(np.eye(4)[:, :3], np.zeros(3)), told)]
    assert [(len(turns), kind) for turns, kind in ballots] == [(2, 0), (2, 2)]
    assert all(isinstance(vote(turns, 0.1), Traits) for turns, _ in ballots)


def test_what_is_reported_is_counted_corpus_by_corpus():
    told = table([("librispeech:a", 0), ("librispeech:b", 1), ("speechocean762:c", 2)], each=2)
    told = replace(told, rows=np.eye(4, dtype=np.float32)[told.kind], seconds=np.array([3.0, 3, 3, 1, 3, 3]))
    told.rows[0] = [0, 1, 0, 0]  # a woman's turn that sounds like a man's
    *lines, last = report(Layer(np.eye(4)[:, :3], np.zeros(3)), told)
    assert lines == [
        "as recorded, female, librispeech, 1 speakers, 2 crops: 50.0 %",
        "as recorded, male, librispeech, 1 speakers, 1 crops: 100.0 %",
        "as recorded, child, speechocean762, 1 speakers, 2 crops: 100.0 %",
    ]
    assert last == "calibration 1.00 + 0.00 ln s, dependence 0.00"


def test_the_layer_tells_those_apart_it_was_not_taught_with():
    taught = table([(f"speechocean762:{i}", i % 3) for i in range(60)], each=20, seed=1)
    held = table([(f"speechocean762:h{i}", i % 3) for i in range(30)], seed=2)
    layer = learn(taught, held)
    told = layer.told(held)
    assert np.mean(told.argmax(axis=1) == held.kind) > 0.85
    assert np.mean(np.log(told[np.arange(len(told)), held.kind])) > np.log(1 / 3) / 2
    assert 0 <= layer.dependence <= 1


# --- the whole ---


def test_the_whole_recipe_ends_in_a_file_that_knows_people_it_never_heard(data, tmp_path, monkeypatch):
    monkeypatch.setattr(store, "ProcessPoolExecutor", ThreadPoolExecutor)
    monkeypatch.setattr(traits, "PLAN", replace(traits.PLAN, copies=2))
    monkeypatch.setattr(traits, "CROPS_S", (1.0, 1.5))  # two votes of each take
    lines = []

    made = make_traits(data, tmp_path / "work", tmp_path / "out.onnx", "", lines.append)
    again = make_traits(data, tmp_path / "work", tmp_path / "again.onnx", "", lines.append)

    assert made.read_bytes() == again.read_bytes()
    judge = read(made)
    told = {kind: [judge(say(kind, seed), [Span(0, 4)])[0] for seed in range(900, 903)] for kind in KINDS}
    right = [traits is not None and traits.likeliest == kind for kind, found in told.items() for traits in found]
    assert np.mean(right) > 0.8
    assert lines[0].startswith("25 in the tables, 25 believed; ")
    assert lines[-1].startswith("calibration ")


def test_without_children_there_is_nothing_to_learn(tmp_path, capsys):
    assert app.run(["train", "traits", str(tmp_path), "--work", str(tmp_path / "work")]) == 1
    assert "nobody to learn child, female, male voices from" in capsys.readouterr().err
    assert not (tmp_path / "work").exists()


def test_the_encoder_must_be_one(data, tmp_path):
    with pytest.raises(ModelError, match="no such file"):
        make_traits(data, tmp_path / "work", tmp_path / "out.onnx", str(tmp_path / "no.onnx"), lambda _: None)
