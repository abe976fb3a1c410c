"""Recordings and texts as Whisper is taught with them."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import WhisperFeatureExtractor, WhisperTokenizer

from bigvoice.corpora.manifest import Entry, Index
from bigvoice.errors import CorpusError, SettingsError
from bigvoice.training import whisper_speech
from bigvoice.training.whisper_recipe import RATES, Recipe, differences, rate_at, to_json
from bigvoice.training.whisper_speech import IGNORED, Hearing, choose, plan, speller, steps_ahead, unfit
from bigvoice.transcription.whisper_folder import completed
from tests import scripted_whisper, tiny_whisper

TOKENS = scripted_whisper.tokenizer()
PROMPT = ["<|startoftranscript|>", "<|ko|>", "<|transcribe|>", "<|notimestamps|>"]


def spelling(language: str = "ko", *, multilingual: bool = True, longest: int = 40, never_first: str = "Ġ"):
    tokenizer = WhisperTokenizer(tokenizer_object=scripted_whisper.tokenizer(multilingual))
    generation = SimpleNamespace(begin_suppress_tokens=[tokenizer.get_vocab()[never_first]])
    completed(generation, tokenizer.get_vocab())
    return speller(tokenizer, generation, language, longest)


def named(tokens: list[int]) -> list[str]:
    return [TOKENS.id_to_token(token) for token in tokens]


# Texts


def test_it_learns_to_write_the_prompt_the_text_and_the_end():
    spell = spelling()
    tokens = spell("안녕")
    assert named(list(spell.prompt)) == PROMPT
    assert named(tokens[:3]) == PROMPT[1:]
    assert tokens[-1] == spell.end == TOKENS.token_to_id("<|endoftext|>")
    assert spell.read(tokens) == "안녕"


def test_one_of_english_only_is_prompted_without_a_language():
    spell = spelling("", multilingual=False)
    assert len(spell.prompt) == 2
    assert spelling("en", multilingual=False).prompt == spell.prompt
    with pytest.raises(SettingsError, match="knows English only, not 'ko'"):
        spelling("ko", multilingual=False)


@pytest.mark.parametrize("language", ["", "xx", "Korean"])
def test_a_language_that_it_does_not_know_lists_those_it_does(language):
    with pytest.raises(SettingsError, match=r"--language: .*the checkpoint knows de, en, ja, ko"):
        spelling(language)


def test_texts_begin_with_a_space_where_one_may_come_first_and_words_are_parted_by_spaces():
    assert named(spelling(never_first="a").spell("ab"))[0] == "Ġ"
    assert named(spelling(never_first="Ġ").spell("ab"))[0] == "a"
    assert named(spelling("ja", never_first="a").spell("ab"))[0] == "a"


@settings(max_examples=20)
@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=30))
def test_a_text_is_read_as_it_was_written(text):
    spell = _SPELL
    if not any(token >= spell.end for token in spell.spell(text)):
        assert spell.read(spell(text)) == " ".join(text.split())


_SPELL = spelling()


@pytest.mark.parametrize(
    ("text", "seconds", "why"),
    [
        ("안녕", 3.0, ""),
        (" \n", 3.0, "no text"),
        ("안녕", 30.01, "longer than 30 s"),
        ("안녕", 30.0, ""),
        ("안녕", 0.05, "shorter than 0.1 s"),
        ("a" * 36, 3.0, ""),
        ("a" * 37, 3.0, "a text of 41 tokens: the decoder has 40 places"),
        ("say <|endoftext|> now", 3.0, "its text holds one of Whisper's special tokens"),
    ],
)
def test_what_cannot_be_learnt_from_says_why(tmp_path, text, seconds, why):
    assert unfit(Entry(tmp_path / "a.wav", text, seconds), _SPELL, 30.0) == why


# Manifests


def listed(path, rows):
    path.write_text("path,text,seconds,speaker\n" + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def test_a_manifest_is_sorted_into_what_is_learnt_from_and_what_is_not(tmp_path):
    rows = ["a.wav,하나,2,x", "b.wav,,2,x", "c.wav,둘,40,y", "d.wav,셋,2,z", "e.wav,넷,1,x"]
    chosen = choose(listed(tmp_path / "m.csv", rows), _SPELL, 30.0)
    assert chosen.rows.tolist() == [0, 3, 4]
    assert [(each.path.name, each.reason) for each in chosen.left_out] == [
        ("b.wav", "no text"),
        ("c.wav", "longer than 30 s"),
    ]
    assert chosen.seconds == 5
    assert chosen.speakers == {"x", "z"}
    assert chosen.sample(2).tolist() == [0, 4]
    assert chosen.sample(9).tolist() == [0, 3, 4]


def test_another_text_is_another_manifest(tmp_path):
    one, same, other = (
        choose(listed(tmp_path / name, [f"a.wav,{text},2,x"]), _SPELL, 30.0).digest
        for name, text in (("1.csv", "하나"), ("2.csv", "하나"), ("3.csv", "둘"))
    )
    assert one == same != other


@pytest.mark.parametrize("rows", [[], ["a.wav,,2,x", "b.wav,둘,2,x"]])
def test_a_manifest_with_hardly_anything_in_it_is_refused(tmp_path, rows):
    with pytest.raises(CorpusError, match="cannot be learnt from"):
        choose(listed(tmp_path / "m.csv", rows), _SPELL, 30.0)


# Order and rate


@given(st.integers(1, 40), st.integers(1, 7), st.integers(1, 4), st.integers(0, 3))
def test_an_epoch_hears_everything_once_in_an_order_of_its_own(n, batch, accumulate, epoch):
    rows = np.arange(n) * 2
    steps = plan(rows, batch, accumulate, epoch, seed=1)
    heard = np.concatenate([rows for step in steps for rows in step])
    assert sorted(heard) == rows.tolist()
    assert all(len(step) == accumulate for step in steps[:-1])
    assert all(len(rows) <= batch for step in steps for rows in step)
    again = np.concatenate([rows for step in plan(rows, batch, accumulate, epoch, seed=1) for rows in step])
    assert heard.tolist() == again.tolist()


def test_epochs_differ():
    first, second = (np.concatenate(plan(np.arange(50), 50, 1, epoch, 0)[0]).tolist() for epoch in (0, 1))
    assert first != second


@given(st.sampled_from(["lora", "full"]), st.floats(0, 0.9), st.integers(1, 300))
def test_the_rate_rises_to_its_highest_and_falls_towards_nothing(method, warm_up, steps):
    recipe = Recipe(method=method, warm_up=warm_up)
    rates = [rate_at(recipe, step, steps) for step in range(steps)]
    top = rates.index(max(rates))
    assert max(rates) == pytest.approx(RATES[method])
    assert rates[: top + 1] == sorted(rates[: top + 1])
    assert rates[top:] == sorted(rates[top:], reverse=True)
    assert rates[-1] > 0 == rate_at(recipe, steps, steps)


def test_two_recipes_differ_in_what_is_learnt_and_not_in_how_long():
    kept = to_json(Recipe(rank=8))
    assert differences(kept, Recipe(rank=8, epochs=9, workers=0)) == ""
    assert differences(kept, Recipe(rank=4, seed=1)) == "rank: 8 then, 4 now, seed: 0 then, 1 now"


# Batches


@pytest.fixture(scope="module")
def manifest(tmp_path_factory):
    return tiny_whisper.recordings(tmp_path_factory.mktemp("speech"), [(300, "네"), (2500, "아니요")])


@pytest.fixture
def hearing(manifest):
    return Hearing(Index(manifest), _SPELL, WhisperFeatureExtractor())


def test_a_batch_has_features_of_30_s_and_labels_without_those_behind_a_text(hearing):
    batch = hearing.batch(np.array([0, 1]))

    assert batch.features.shape == (2, 80, 3000)
    assert batch.heard.sum(dim=1).tolist() == [2000, 2000]
    short, long = _SPELL("네"), _SPELL("아니요")
    assert batch.labels[1].tolist() == long
    assert batch.labels[0].tolist() == short + [IGNORED] * (len(long) - len(short))
    assert batch.inputs[1].tolist() == [_SPELL.prompt[0], *long[:-1]]
    assert batch.n_tokens == len(short) + len(long)
    assert batch.texts == ("네", "아니요")


def test_a_recording_that_cannot_be_used_leaves_the_rest_of_its_batch(tmp_path, manifest, hearing):
    (tmp_path / "broken.wav").write_bytes(b"RIFF no sound")
    long = np.concatenate([tiny_whisper.tone(300)] * 2)
    tiny_whisper.write_wav(tmp_path / "long.wav", long)
    rows = [f"{manifest.parent}/train0.wav,네,20,a", "broken.wav,네,2,a", "gone.wav,네,2,a", "long.wav,네,2,a"]
    spoilt = Hearing(Index(listed(tmp_path / "m.csv", rows)), _SPELL, hearing.extractor)

    batch = spoilt.batch(np.arange(4))

    assert [path.name for path in batch.paths] == ["train0.wav"]
    why = {each.path.name: each.reason for each in batch.left_out}
    assert set(why) == {"broken.wav", "gone.wav", "long.wav"}
    assert why["long.wav"] == "longer than 30 s, though its manifest says 2 s"
    assert len(spoilt.batch(np.array([1, 2]))) == 0


@pytest.mark.parametrize("workers", [0, 1])
def test_steps_come_in_order_whoever_prepares_them(hearing, workers, monkeypatch):
    monkeypatch.setattr(whisper_speech, "load", lambda path: SimpleNamespace(samples=np.zeros(1600, np.float32)))
    asked = [[np.array([1]), np.array([0])], [np.array([0, 1])]]
    steps = list(steps_ahead(hearing, asked, workers))
    assert [[batch.texts for batch in step] for step in steps] == [[("아니요",), ("네",)], [("네", "아니요")]]
    assert all(torch.isfinite(batch.features).all() for step in steps for batch in step)
