"""N-gram models against a slow plain version, by hand, and as kenlm reads them."""

from __future__ import annotations

import json
from collections import Counter
from itertools import product
from math import log10
from pathlib import Path

import kenlm
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bigvoice.corpora import manifest
from bigvoice.corpora.manifest import Entry
from bigvoice.errors import CorpusError, TrainingError
from bigvoice.training import ngram
from bigvoice.training.ngram import BEGIN, END, FALLBACK, MARKS, Text, discounts, estimate

SENTENCES = ["a b a c", "a b", "b a b", "c", "a b a b c a", "a", "c a b", "b b", "a b c", "d a b a"]


def text_of(sentences: list[str]) -> Text:
    words = (*MARKS, *sorted({word for sentence in sentences for word in sentence.split()}))
    number = {word: i for i, word in enumerate(words)}
    numbers = [n for sentence in sentences for n in (BEGIN, *(number[w] for w in sentence.split()), END)]
    return Text(np.array(numbers, np.int32), words)


class Plain:
    """Interpolated modified Kneser-Ney straight from its definition, one probability at a time."""

    def __init__(self, sentences: list[str], order: int) -> None:
        padded = [("<s>", *sentence.split(), "</s>") for sentence in sentences]
        self.order = order
        self.words = [*sorted({word for sentence in padded for word in sentence} - {"<s>"}), "<unk>"]
        self.raw = [Counter(s[i : i + k] for s in padded for i in range(len(s) - k + 1)) for k in range(1, order + 2)]

    def count(self, gram: tuple[str, ...]) -> int:
        if gram == ("<s>",):
            return 0
        if len(gram) == self.order or gram[0] == "<s>":
            return self.raw[len(gram) - 1][gram]
        return sum(longer[1:] == gram for longer in self.raw[len(gram)])

    def discount(self, gram: tuple[str, ...]) -> float:
        counts = [self.count(g) for g in self.raw[len(gram) - 1]]
        return float(discounts(np.array([*counts, 0]))[min(3, self.count(gram))])

    def probability(self, history: tuple[str, ...], word: str) -> float:
        below = self.probability(history[1:], word) if history else 1 / len(self.words)
        seen = [g for g in self.raw[len(history)] if g[:-1] == history]
        whole = sum(map(self.count, seen))
        if not whole:
            return below
        gram = (*history, word)
        own = self.count(gram) - self.discount(gram) if gram in seen else 0.0
        return (own + sum(map(self.discount, seen)) * below) / whole


def kenlm_of(tmp_path: Path, sentences: list[str], order: int) -> kenlm.Model:
    path = tmp_path / "model.arpa"
    ngram.write(path, estimate(text_of(sentences), order))
    config = kenlm.Config()
    config.show_progress, config.arpa_complain = False, kenlm.ARPALoadComplain.NONE
    return kenlm.Model(str(path), config)


def by_kenlm(model: kenlm.Model, history: tuple[str, ...], word: str) -> float:
    state = kenlm.State()
    if history[:1] == ("<s>",):
        model.BeginSentenceWrite(state)
    else:
        model.NullContextWrite(state)
    for token in [token for token in history if token != "<s>"]:
        state, before = kenlm.State(), state
        model.BaseScore(before, token, state)
    return float(10 ** model.BaseScore(state, word, kenlm.State()))


@pytest.mark.parametrize("order", [2, 3, 4])
def test_kenlm_finds_the_probabilities_of_the_definition(tmp_path: Path, order: int) -> None:
    model, plain = kenlm_of(tmp_path, SENTENCES, order), Plain(SENTENCES, order)

    histories = [h for k in range(order) for h in product(["<s>", "a", "b", "c", "d"], repeat=k) if "<s>" not in h[1:]]
    found = [by_kenlm(model, history, word) for history in histories for word in plain.words]
    right = [plain.probability(history, word) for history in histories for word in plain.words]

    assert model.order == order
    assert found == pytest.approx(right, rel=1e-5)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.lists(st.sampled_from("abcde"), min_size=1, max_size=7).map(" ".join), min_size=1, max_size=12))
def test_the_probabilities_behind_every_history_sum_to_one(
    tmp_path_factory: pytest.TempPathFactory, sentences: list[str]
) -> None:
    model = kenlm_of(tmp_path_factory.mktemp("model"), sentences, 3)
    words = [*{word for sentence in sentences for word in sentence.split()}, "</s>", "<unk>"]

    for history in [(), ("<s>",), ("a",), ("<s>", "a"), ("a", "b"), ("b", "b"), ("never",)]:
        assert sum(by_kenlm(model, history, word) for word in words) == pytest.approx(1.0, abs=1e-5)


def test_a_tiny_case_by_hand() -> None:
    """ "a b" twice, bigrams: too few counts for estimated discounts, so 0.5, 1, 1.5.

    Unigrams count the words before them: a 1, b 1, </s> 1; each keeps (1 - 0.5) / 3, and 1.5 / 3 is shared by the four
    of a, b, </s>, <unk>: 1/6 + 1/8 = 7/24. Bigrams count 2, less 1; so half of each history is left for unigrams.
    """
    model = estimate(text_of(["a b", "a b"]), 2)

    unigrams = dict(zip(model.words, model.orders[0].probability.tolist(), strict=True))
    bigrams = {
        " ".join(model.words[n] for n in gram): probability
        for gram, probability in zip(model.orders[1].words, model.orders[1].probability, strict=True)
    }
    assert unigrams == pytest.approx({"<unk>": 1 / 8, "<s>": 0, "</s>": 7 / 24, "a": 7 / 24, "b": 7 / 24})
    assert bigrams == pytest.approx(dict.fromkeys(["<s> a", "a b", "b </s>"], 1 / 2 + 1 / 2 * 7 / 24))
    assert dict(zip(model.words, model.orders[0].backoff, strict=True)) == pytest.approx(
        {"<unk>": 1, "<s>": 0.5, "</s>": 1, "a": 0.5, "b": 0.5}
    )


def test_discounts_are_those_of_the_paper() -> None:
    counts = np.repeat([1, 2, 3, 4, 9], [10, 5, 3, 2, 4])
    few = 10 / (10 + 2 * 5)
    assert discounts(counts) == pytest.approx([0, 1 - 2 * few * 5 / 10, 2 - 3 * few * 3 / 5, 3 - 4 * few * 2 / 3])


def test_discounts_that_cannot_be_estimated_are_the_fallback() -> None:
    assert discounts(np.array([1, 1, 2])).tolist() == [0, *FALLBACK]


def test_the_file_is_arpa_and_says_what_is_in_it(tmp_path: Path) -> None:
    out = tmp_path / "model.arpa"
    ngram.write(out, estimate(text_of(["a b", "a b"]), 2))

    lines = out.read_text(encoding="utf-8").splitlines()
    assert lines[:4] == ["\\data\\", "ngram 1=5", "ngram 2=3", ""]
    assert f"{log10(7 / 24):.7g}\ta\t{log10(0.5):.7g}" in lines
    assert lines[-1] == "\\end\\"
    assert list(tmp_path.iterdir()) == [out]


def test_texts_are_read_from_lines_and_manifests_as_words_or_characters(tmp_path: Path) -> None:
    lines, entries = tmp_path / "lines.txt", tmp_path / "train.csv"
    lines.write_text("해야  해\n\n", encoding="utf-8")
    manifest.write(entries, [Entry(tmp_path / "a.wav", "\u1112\u1162야", 1.0)])  # decomposed: one way to write it

    words, characters = (ngram.read([lines, entries], unit) for unit in ngram.UNITS)

    assert [words.words[n] for n in words.numbers] == ["<s>", "해야", "해", "</s>", "<s>", "해야", "</s>"]
    assert [characters.words[n] for n in characters.numbers] == [
        *("<s>", "해", "야", "▁", "해", "</s>"),
        "<s>",
        *"해야",
        "</s>",
    ]
    assert (words.n_tokens, characters.n_tokens) == (3, 6)


def test_a_model_of_characters_knows_the_space_even_if_its_text_has_none(tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_text("yes\nno\n")
    made = ngram.make([tmp_path / "t.txt"], tmp_path / "m.arpa", unit="character")
    assert "\t▁\t" in (tmp_path / "m.arpa").read_text(encoding="utf-8")
    assert made == ngram.Made(5, (9, 7, 5))


@pytest.mark.parametrize(
    ("content", "said"),
    [("\n \n", "there is no text in"), ("a <s> b\n", "holds <s> as a word"), (b"\xff\xfe\xff", "is no text in UTF-8")],
)
def test_what_cannot_be_read_is_told(tmp_path: Path, content: str | bytes, said: str) -> None:
    file = tmp_path / "t.txt"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(CorpusError, match=said):
        ngram.read([file], "word")


def test_a_file_that_is_not_there_and_options_that_cannot_be_are_told(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"none\.txt cannot be read"):
        ngram.read([tmp_path / "none.txt"], "word")
    with pytest.raises(TrainingError, match="order is from 1 to 6, not 7"):
        estimate(text_of(["a"]), 7)
    with pytest.raises(TrainingError, match="not of 'syllable'"):
        ngram.make([], tmp_path / "m.arpa", unit="syllable")
    with pytest.raises(TrainingError, match="there is no folder"):
        ngram.write(tmp_path / "no" / "m.arpa", estimate(text_of(["a"]), 1))


def test_the_command_makes_a_model_that_kenlm_reads(cli, tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_text("we go on\nwe go home\n")
    ran = cli("train", "ngram", tmp_path / "t.txt", "--out", tmp_path / "m.arpa", "--order", 2)
    assert (ran.code, kenlm.Model(str(tmp_path / "m.arpa")).order) == (0, 2)
    assert ran.out.splitlines()[0] == f"{tmp_path}/m.arpa: 6 words of text, n-grams: 7 of 1, 6 of 2"

    told = json.loads(cli("train", "ngram", tmp_path / "t.txt", "--out", tmp_path / "m.arpa", "--json").out)
    assert told == {"n_tokens": 6, "n_grams": [7, 6, 5], "file": f"{tmp_path}/m.arpa"}


def test_a_text_that_is_not_there_is_one_line(cli, tmp_path: Path) -> None:
    ran = cli("train", "ngram", tmp_path / "none.txt", "--out", tmp_path / "m.arpa")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == f"bigvoice: {tmp_path}/none.txt cannot be read: No such file or directory\n"
