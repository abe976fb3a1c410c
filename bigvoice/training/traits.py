"""The traits recipe: women's, men's and children's voices told apart by a layer on a trained encoder.

    bigvoice train traits DATA --out traits.onnx

The encoder has heard some thousand voices, and there are few children in DATA: what it hears is taken as it is, and a
logistic regression on it learns the three kinds, from crops of 1 to 6 s as recorded and in rooms, noise, bands and
codecs. The kinds weigh alike, within each its corpora by SHARES, and in these every speaker: children come from one
corpus, whose microphones and accent adults must have too. No voice is heard at another speed, which would make another
kind of it. People who were held out calibrate it. The seed is fixed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from scipy import optimize
from sklearn.linear_model import LogisticRegression

from bigvoice.errors import ModelError
from bigvoice.training.corpus import held_out
from bigvoice.training.store import SEED, Plan, Store, make
from bigvoice.training.traits_corpus import Labelled, believable, labelled
from bigvoice.traits import KINDS, Traits
from bigvoice.voices.neural import ROUND, NeuralEncoder, batches, neural_encoder
from bigvoice.voices.traits import FACTS
from bigvoice.voices.traits_vote import calibrated, vote

SHARES = {"librispeech": 0.25, "speechocean762": 0.65, "alphanumeric": 0.1}
"""Of the women and the men: most are from the corpus that all children are from."""
PLAN = Plan(speeds=(1.0,), copies=4)
CROPS_S = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
"""Seconds: each stretch gives one crop of each of two of these lengths, drawn."""
PENALTY = 300.0
"""On the squared weights, for unit rows scaled to a variance of 1 a number; of 30, 300 and 3,000 the one
with which what is told of held-out people is likeliest."""
VOTES = (2, 4, 8)
"""Turns of one voice that the dependence is learnt from."""


@dataclass(frozen=True, eq=False)
class Table:
    """A row a crop: what the encoder hears, unit rows (n, dim); index into KINDS; whose; seconds; copy, 0 recorded."""

    rows: NDArray[np.float32]
    kind: NDArray[np.int64]
    speaker: NDArray[np.str_]
    seconds: NDArray[np.float64]
    copy: NDArray[np.int64]

    def where(self, chosen: NDArray[np.bool_]) -> Table:
        """Only the chosen rows."""
        return Table(
            self.rows[chosen], self.kind[chosen], self.speaker[chosen], self.seconds[chosen], self.copy[chosen]
        )


@dataclass(frozen=True, eq=False)
class Layer:
    """What was learnt: logits = rows @ weights + bias, and their calibration (see `traits_vote.calibrated`)."""

    weights: NDArray[np.float64]
    bias: NDArray[np.float64]
    calibration: tuple[float, float] = (1.0, 0.0)
    dependence: float = 0.0

    def logits(self, rows: NDArray[np.floating]) -> NDArray[np.float64]:
        """(n, dim) -> (n, len(KINDS))."""
        found: NDArray[np.float64] = rows @ self.weights + self.bias
        return found

    def told(self, table: Table) -> NDArray[np.float64]:
        """Calibrated probabilities (n, len(KINDS))."""
        return calibrated(self.logits(table.rows), table.seconds, self.calibration)


def make_traits(data: Path, work: Path, out: Path, encoder: str, tell: Callable[[str], None]) -> Path:
    """The whole recipe: labels, features (kept in `work`), rows, layer, calibration, file.

    encoder: the file of one, or "" for the one that ships. Raises ModelError where a kind of voice is missing, or where
    the encoder is none.
    """
    ears = neural_encoder(encoder)
    spoken = [each for each in labelled(data) if each.kind]
    if missing := set(KINDS) - {each.kind for each in spoken}:
        raise ModelError(f"{data}: nobody to learn {', '.join(sorted(missing))} voices from; see the card of the model")
    believed = believable(spoken)
    store = make(data, work, PLAN, [each.utterance for each in believed])
    table = heard(store, ears, believed)
    tell(f"{people(spoken)} in the tables, {people(believed)} believed; {len(table.rows)} crops")
    held = np.array([held_out(name) for name in table.speaker])
    layer = learn(table.where(~held), table.where(held))
    for line in report(layer, table.where(held)):
        tell(line)
    export(layer, ears, encoder_file(encoder), out)
    return out


def people(spoken: Sequence[Labelled]) -> int:
    """How many speakers."""
    return len({each.utterance.speaker for each in spoken})


def heard(store: Store, ears: NeuralEncoder, spoken: Sequence[Labelled]) -> Table:
    """Two crops of every stretch of those speakers, in the encoder's rows."""
    kinds = {each.utterance.speaker: KINDS.index(str(each.kind)) for each in spoken}
    rng = np.random.default_rng(SEED)
    rows, told = [], []
    for first in range(0, len(store.first), 512):
        crops = [crop for row in range(first, min(first + 512, len(store.first))) for crop in _crops(store, row, rng)]
        found = np.empty((len(crops), ears.session.get_outputs()[0].shape[1]), np.float32)
        for chosen, mels in batches({i: mels for i, (_, mels) in enumerate(crops)}):
            found[chosen] = ears.session.run(None, {"mels": mels})[0]
        rows.append(found / np.linalg.norm(found, axis=1, keepdims=True))
        told += [(row, len(mels)) for row, mels in crops]
    which, length = np.array(told).T
    names = np.array(store.speakers)[store.speaker[which]]
    kind = np.array([kinds.get(name, -1) for name in names])
    return Table(np.vstack(rows), kind, names, length / 100, store.copy[which]).where(kind >= 0)


def _crops(store: Store, row: int, rng: np.random.Generator) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Of two lengths drawn, as far as the stretch reaches, in whole rounds of frames."""
    n = int(store.length[row])
    lengths = {min(round(100 * s), n) // ROUND * ROUND for s in rng.choice(CROPS_S, 2, replace=False)}
    for length in sorted(lengths - {0}):
        at = int(store.first[row]) + int(rng.integers(n - length + 1))
        yield row, store.features[at : at + length].astype(np.float32)


def weigh(table: Table) -> NDArray[np.float64]:
    """What each row weighs: kinds alike, within a kind its corpora by SHARES, in these speakers alike; mean 1."""
    weights = np.zeros(len(table.rows))
    corpus = np.array([name.partition(":")[0] for name in table.speaker])
    for kind in np.unique(table.kind):
        corpora = np.unique(corpus[table.kind == kind])
        whole = sum(SHARES.get(each, 1.0) for each in corpora)
        for each in corpora:
            chosen = (table.kind == kind) & (corpus == each)
            names, which, counts = np.unique(table.speaker[chosen], return_inverse=True, return_counts=True)
            weights[chosen] = SHARES.get(each, 1.0) / whole / len(names) / counts[which]
    weights /= weights.mean()
    return weights


def learn(taught: Table, held: Table) -> Layer:
    """The layer of those who are taught with, calibrated on those who are held out."""
    scale = np.sqrt(taught.rows.shape[1])
    fitted = LogisticRegression(C=1 / PENALTY, max_iter=1000)
    fitted.fit(scale * taught.rows, taught.kind, sample_weight=weigh(taught))
    plain = Layer(scale * fitted.coef_.T.astype(np.float64), fitted.intercept_.astype(np.float64))
    sure = Layer(plain.weights, plain.bias, calibrate(plain.logits(held.rows), held))
    return Layer(sure.weights, sure.bias, sure.calibration, depend(sure, held))


def calibrate(logits: NDArray[np.float64], held: Table) -> tuple[float, float]:
    """The two numbers of `traits_vote.calibrated` for which what is told of held-out people is likeliest."""
    weights, each = weigh(held), np.arange(len(logits))

    def surprise(numbers: NDArray[np.float64]) -> float:
        right = calibrated(logits, held.seconds, (float(numbers[0]), float(numbers[1])))[each, held.kind]
        return float(-(weights * np.log(right + 1e-9)).mean())

    sure, longer = optimize.minimize(surprise, [1.0, 0.0], method="Nelder-Mead").x
    return float(sure), float(longer)


def depend(layer: Layer, held: Table) -> float:
    """The dependence for which the votes of held-out people's turns are likeliest; see `traits_vote.vote`."""
    ballots = list(votes(layer, held))

    def surprise(dependence: float) -> float:
        right = [vote(turns, dependence).of(KINDS[kind]) for turns, kind in ballots]  # type: ignore[union-attr]
        kinds = np.array([kind for _, kind in ballots])
        logs = np.log(np.array(right) + 1e-9)
        return float(-np.mean([logs[kinds == kind].mean() for kind in np.unique(kinds)]))

    return min((float(each) for each in np.linspace(0, 1, 51)), key=surprise)


def votes(layer: Layer, held: Table) -> Iterator[tuple[list[Traits], int]]:
    """VOTES turns, drawn, of each speaker in each copy that has so many; and the kind."""
    rng = np.random.default_rng(SEED)
    told = [Traits(*row) for row in layer.told(held).tolist()]
    for name in np.unique(held.speaker):
        for copy in np.unique(held.copy):
            mine = np.flatnonzero((held.speaker == name) & (held.copy == copy))
            for n in VOTES:
                if len(mine) >= n:
                    yield [told[i] for i in rng.choice(mine, n, replace=False)], int(held.kind[mine[0]])


def report(layer: Layer, held: Table, least: float = 2.0) -> Iterator[str]:
    """How many crops of held-out people are told right, kind by kind and corpus by corpus; and what was calibrated."""
    right = layer.told(held).argmax(axis=1) == held.kind
    corpus = np.array([name.partition(":")[0] for name in held.speaker])
    for where, chosen in (("as recorded", held.copy == 0), ("elsewhere", held.copy > 0)):
        for kind, name in enumerate(KINDS):
            for each in np.unique(corpus[held.kind == kind]):
                rows = chosen & (held.kind == kind) & (corpus == each) & (held.seconds >= least)
                if rows.any():
                    n = len(np.unique(held.speaker[rows]))
                    yield f"{where}, {name}, {each}, {n} speakers, {rows.sum()} crops: {100 * right[rows].mean():.1f} %"
    sure, longer = layer.calibration
    yield f"calibration {sure:.2f} + {longer:.2f} ln s, dependence {layer.dependence:.2f}"


def encoder_file(encoder: str) -> bytes:
    """The bytes of an encoder's file, or of the one that ships."""
    return Path(encoder).read_bytes() if encoder else (resources.files("bigvoice.models") / "encoder.onnx").read_bytes()


def export(layer: Layer, ears: NeuralEncoder, encoder: bytes, out: Path) -> None:
    """Write the encoder's network with the layer on it as one file: mels (n, n_frames, n_mels) -> logits (n, 3)."""
    model = onnx.load_from_string(encoder)
    heard = model.graph.output[0].name
    add, numbers = onnx.helper.make_node, onnx.numpy_helper.from_array
    model.graph.initializer.extend(
        [
            numbers(np.array([1], np.int64), "traits.axis"),
            numbers(layer.weights.astype(np.float32), "traits.weights"),
            numbers(layer.bias.astype(np.float32), "traits.bias"),
        ]
    )
    model.graph.node.extend(
        [
            add("ReduceL2", [heard, "traits.axis"], ["traits.length"], keepdims=1),
            add("Div", [heard, "traits.length"], ["traits.rows"]),
            add("Gemm", ["traits.rows", "traits.weights", "traits.bias"], ["logits"]),
        ]
    )
    del model.graph.output[:], model.metadata_props[:]
    model.graph.output.append(onnx.helper.make_tensor_value_info("logits", onnx.TensorProto.FLOAT, ["n", len(KINDS)]))
    facts: Mapping[str, object] = {
        "name": f"traits-{hashlib.sha256(model.SerializeToString()).hexdigest()[:8]}",
        "n_mels": ears.n_mels,
        "calibration": layer.calibration,
        "dependence": layer.dependence,
    }
    onnx.helper.set_model_props(model, {FACTS: json.dumps(facts)})
    onnx.checker.check_model(model)
    out.write_bytes(model.SerializeToString())
