"""A network with states, fed piece by piece: the words do not hang on the pieces."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_language_model import arpa
from tone_networks import AHEAD, LETTERS, STRIDE, SYLLABLES, say, silence, write

from bigvoice.corpora.vocabulary import Vocabulary
from bigvoice.errors import ModelError
from bigvoice.recording import RATE, Samples
from bigvoice.transcription import streaming
from bigvoice.transcription.ctc import greedy
from bigvoice.transcription.ctc_words import words
from bigvoice.transcription.decoder import Decoding
from bigvoice.transcription.deepspeech2_file import Network
from bigvoice.transcription.streaming import Heard, Stream, listen
from bigvoice.word import Word, join

TEXT = "the quick brown fox jumps over a lazy dog"


@pytest.fixture(scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory) -> Network:
    return Network(write(tmp_path_factory.mktemp("model") / "letters.onnx", LETTERS, streaming=True))


@pytest.fixture(scope="module")
def syllables(tmp_path_factory: pytest.TempPathFactory) -> Network:
    return Network(write(tmp_path_factory.mktemp("model") / "syllables.onnx", SYLLABLES, streaming=True))


def fed(network: Network, samples: Samples, borders: list[int], decoding: Decoding | None = None) -> list[Heard]:
    stream = Stream(network, decoding)
    heard = [stream.feed(block) for block in np.split(samples, sorted(min(b, len(samples)) for b in borders))]
    return [*heard, stream.finish()]


def final(heard: list[Heard]) -> list[Word]:
    return [word for each in heard for word in each.final]


@pytest.mark.parametrize("decoding", [Decoding(), Decoding(width=8)])
@settings(max_examples=8, deadline=None)
@given(borders=st.lists(st.integers(0, 3 * RATE), max_size=25))
def test_however_the_sound_is_cut_the_same_words_come(letters: Network, decoding: Decoding, borders: list[int]) -> None:
    samples = say("the quick brown fox", LETTERS, tone=0.06, gap=0.06)
    assert final(fed(letters, samples, borders, decoding)) == final(fed(letters, samples, [], decoding))


def test_its_states_matter_and_its_words_are_those_of_the_whole(letters: Network) -> None:
    samples = say(TEXT, LETTERS)
    whole = letters.log_probabilities(samples)
    found = final(fed(letters, samples, list(range(0, len(samples), 777))))

    right = words(whole, greedy(whole), LETTERS, step=letters.facts.step)
    assert join(found) == TEXT
    assert [word.text for word in found] == [word.text for word in right]
    assert [t for w in found for t in (w.span.start, w.span.end)] == pytest.approx(
        [t for w in right for t in (w.span.start, w.span.end)]
    )
    assert [word.probability for word in found] == pytest.approx([word.probability for word in right], abs=1e-3)

    frames = letters.facts.frames(samples[:RATE])
    _, state = letters.run(frames[:80], letters.silence())
    fresh, _ = letters.run(frames[80:88], letters.silence())
    going_on, _ = letters.run(frames[80:88], state)
    assert np.abs(fresh - going_on).max() > 0.1
    assert all(np.abs(value).max() > 0 for value in state.values())


def test_repeated_syllables_stay_repeated(syllables: Network) -> None:
    found = fed(syllables, say("해야야야 해해", SYLLABLES), [1600 * i for i in range(30)])
    assert join(final(found)) == "해야야야 해해"


def test_final_words_come_when_the_space_behind_them_is_heard_and_are_never_taken_back(letters: Network) -> None:
    samples = say("the fox jumps", LETTERS)
    heard = fed(letters, samples, list(range(0, len(samples), 800)))

    shown = ["".join(w.text for w in [*final(heard[: i + 1]), *each.provisional]) for i, each in enumerate(heard)]
    assert {" t", " th", " the"} & {join_raw(each.provisional) for each in heard}
    assert all(later.startswith(earlier) for earlier, later in pairwise(shown))
    assert [word.text for word in heard[-1].final] == [" jumps"]


def join_raw(said: tuple[Word, ...]) -> str:
    return "".join(word.text for word in said)


def test_a_pause_makes_a_word_final_without_a_space(letters: Network) -> None:
    samples = np.concatenate([say("fox", LETTERS), silence(2), say("dog", LETTERS)])
    heard = fed(letters, samples, list(range(0, len(samples), 1600)))
    assert [word.text for word in final(heard)] == [" fox", "dog"]
    assert [word.text for each in heard[:-1] for word in each.final] == [" fox"]
    assert final(heard)[1].span.start == pytest.approx(0.48 + 0.08 + 2 + 0.08, abs=0.05)


def test_the_latency_is_the_hop_the_frames_ahead_and_the_window(letters: Network) -> None:
    stream = Stream(letters, hop=0.08)
    ahead = AHEAD * STRIDE * 0.01
    assert stream.latency == pytest.approx(0.08 + ahead + 0.01)

    tone = np.concatenate([silence(1.0), say("a", LETTERS, tone=0.2, gap=0)])
    fed_seconds = next(i / 1000 for i in range(0, 1200, 10) if stream.feed(tone[16 * i : 16 * (i + 10)]).provisional)
    assert 1.0 < fed_seconds + 0.01 <= 1.04 + stream.latency + 0.01  # a step may begin 40 ms after the tone does


def test_a_beam_with_a_language_model_hears_a_stream_as_it_hears_the_whole(tmp_path: Path) -> None:
    model = write(tmp_path / "m.onnx", LETTERS, streaming=True)
    lm = arpa(tmp_path, f"{TEXT}\n")
    samples = say(TEXT, LETTERS)
    heard = list(listen(f"{model}+{lm}", np.split(samples, range(1000, len(samples), 1000))))
    assert join(final(heard)) == TEXT
    assert len([each for each in heard[:-1] if each.final]) >= 5


def test_what_a_stream_keeps_does_not_grow_with_it(letters: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence, words, a tone that never ends, letters without a space: what is kept is bounded by LONGEST."""
    monkeypatch.setattr(streaming, "LONGEST", 3.0)
    for sound in (silence(1), say("fox ", LETTERS), say("a", LETTERS, tone=1.0, gap=0), say("xyz", LETTERS, gap=0.05)):
        stream = Stream(letters)
        for _ in range(int(6 * RATE / len(sound))):
            stream.feed(sound)
        assert len(stream._open._heard) * letters.facts.step <= 3.5
        assert len(stream._sound) < RATE


def test_an_end_before_anything_was_heard_is_an_end(letters: Network) -> None:
    assert fed(letters, silence(0), [])[-1] == Heard((), (), 0.0)
    assert final(fed(letters, silence(0.01), [])) == []
    assert join(final(fed(letters, say("a", LETTERS, tone=0.1, gap=0), []))) == "a"


def test_an_ended_stream_hears_no_more(letters: Network) -> None:
    stream = Stream(letters)
    stream.finish()
    with pytest.raises(ValueError, match="this stream has ended"):
        stream.feed(silence(1))
    with pytest.raises(ValueError, match="this stream has ended"):
        stream.finish()


@pytest.mark.parametrize("block", [np.zeros(160, np.int16), np.zeros((160, 2), np.float32)])
def test_a_block_that_is_not_mono_floats_is_refused(letters: Network, block: np.ndarray) -> None:
    with pytest.raises(ValueError, match="a block is floats"):
        Stream(letters).feed(block)


def test_a_file_for_whole_utterances_is_refused(tmp_path: Path) -> None:
    model = write(tmp_path / "m.onnx", Vocabulary.of(["ab"]))
    with pytest.raises(ModelError, match="take a file that was trained for streaming"):
        next(listen(model, [silence(1)]))
