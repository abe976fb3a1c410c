"""The network: one recording gives the same numbers alone, in a batch, and piece by piece; norms and look-ahead."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from hypothesis import given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

from bigvoice.training.deepspeech2_network import DeepSpeech2, LookAhead, SequenceNorm, Shape  # noqa: E402


def network(**shape: object):
    """A small one whose norms have something to do."""
    torch.manual_seed(0)
    made = DeepSpeech2(Shape(channels=3, layers=2, width=12, **shape), 7).eval()
    for module in made.modules():
        if isinstance(module, SequenceNorm):
            module.mean.normal_()
            module.variance.uniform_(0.5, 2)
            torch.nn.init.normal_(module.shift)
    return made


SHAPES = [
    {"stride": stride, "convolutions": convolutions, "ahead": ahead, "cell": cell}
    for stride, convolutions, ahead, cell in [
        (2, 2, 0, "lstm"),
        (4, 3, 0, "gru"),
        (2, 3, 5, "gru"),
        (4, 2, 3, "lstm"),
    ]
]


@pytest.mark.parametrize("shape", SHAPES)
@torch.inference_mode()
def test_a_recording_gives_the_same_alone_and_in_a_batch_of_longer_ones(shape):
    made = network(**shape)
    batch = torch.zeros(3, 90, 161)
    lengths = torch.tensor([61, 90, 33])
    for row, n in zip(batch, lengths, strict=True):
        row[:n] = torch.randn(n, 161)

    together = made(batch, lengths)

    assert together.shape == (3, int(made.shape.n_steps(torch.tensor(90))), 7)
    for row, told, n in zip(batch, together, lengths, strict=True):
        alone = made(row[None, :n])[0]
        assert len(alone) == -(-int(n) // made.shape.stride)
        torch.testing.assert_close(told[: len(alone)], alone, atol=1e-5, rtol=0)


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape["ahead"]])
@settings(max_examples=8)
@given(data=st.data())
def test_a_stream_says_piece_by_piece_what_the_whole_says(shape, data):
    made = network(**shape)
    n = data.draw(st.integers(9, 80))
    frames = torch.randn(1, n, 161)
    fed = torch.cat([frames, torch.zeros(1, -n % made.shape.stride + made.shape.tail, 161)], dim=1)

    told, states, at = [], made.start(), 0
    with torch.inference_mode():
        whole = made(frames)
        while at < fed.shape[1]:
            size = made.shape.stride * data.draw(st.integers(1, 6))
            out, states = made.listen(fed[:, at : at + size], states)
            told.append(out)
            at += size

    streamed = torch.cat(told, dim=1)[:, made.shape.tail // made.shape.stride :]
    torch.testing.assert_close(streamed, whole, atol=1e-5, rtol=0)


@torch.inference_mode()
def test_a_step_of_a_stream_hears_nothing_behind_its_tail():
    made = network(**SHAPES[2])
    frames = torch.randn(1, 80, 161)
    other = frames.clone()
    step, stride = 10, made.shape.stride
    other[:, (step + 1) * stride + made.shape.tail :] += 1

    a, b = made(frames), made(other)

    torch.testing.assert_close(a[:, : step + 1], b[:, : step + 1])
    assert not torch.allclose(a, b)


def test_a_bidirectional_network_cannot_listen_piece_by_piece():
    made = network(**SHAPES[0])
    with pytest.raises(ValueError, match="whole recordings"):
        made.listen(torch.zeros(1, 4, 161), made.start())


def test_sequence_norm_is_batch_norm_over_what_is_inside():
    ours, theirs = SequenceNorm(5), torch.nn.BatchNorm1d(5)
    x = torch.randn(3, 8, 5) * 3 + 1
    inside = torch.arange(8) < torch.tensor([[8], [3], [5]])

    told, expected = ours(x, inside), theirs(x[inside])

    torch.testing.assert_close(told[inside], expected)
    torch.testing.assert_close(ours.mean, theirs.running_mean)
    # torch keeps the unbiased variance of n = 16 frames, we the biased one
    torch.testing.assert_close((ours.variance - 0.9) * 16 / 15, theirs.running_var - 0.9)


def test_sequence_norm_of_maps_takes_time_and_bands_together():
    ours, theirs = SequenceNorm(4), torch.nn.BatchNorm2d(4)
    x = torch.randn(2, 4, 6, 7)

    torch.testing.assert_close(ours(x, torch.ones(2, 6, dtype=torch.bool)), theirs(x))


def test_look_ahead_is_the_sum_of_the_paper():
    layer = LookAhead(3, 2)
    torch.nn.init.normal_(layer.weight)
    x = torch.randn(1, 6, 3)

    told = layer(x)

    weight = layer.weight[:, 0]
    for s in range(4):
        for f in range(3):
            assert told[0, s, f].item() == pytest.approx(
                sum(weight[f, k] * x[0, s + k, f] for k in range(3)).item(), abs=1e-6
            )


def test_all_of_it_learns():
    made = network(**SHAPES[3]).train()
    told = made(torch.randn(2, 40, 161), torch.tensor([40, 30]))
    told[:, :, 1].sum().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in made.parameters())
