"""A Whisper of about 3 MB that says what a test wants, at the times it wants.

It is a real CTranslate2 model: faster-whisper loads, encodes, decodes and aligns it as any other. Its weights are
not trained but set. In the decoder every position has a direction of its own in space; no layer adds to it, so that

    the output projection maps the direction of a position to the token that is to follow there, and
    the queries of cross attention map it to the code of the time at which that token is said,

which the keys find in the encoder, whose output is the code of each frame's time. What the sound is does not matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from ctranslate2.specs import whisper_spec
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

LANGUAGES = ("en", "ko", "de", "ja")
N_FRAMES, FRAME = 1500, 0.02
N_PLACES = 448


@dataclass(frozen=True)
class Script:
    """What is said: (seconds from the chunk's start, text with its space) a word.

    prompted: so many tokens of hotwords must stand before, else other words come out. tail: bytes said at the end that
    may break a character.
    """

    words: Sequence[tuple[float, str]]
    language: str = "en"
    prompted: int = 0
    tail: bytes = b""


def tokenizer(multilingual: bool = True) -> Tokenizer:
    """Byte by byte, so that each Hangul syllable is three tokens; with Whisper's special tokens."""
    vocabulary = {c: i for i, c in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    # faster-whisper forbids the first token of " -", " '" and " ♪": as one token each they spare the space.
    merges = [("Ġ", "-"), ("Ġ", "'"), ("Ġ", "â")]
    vocabulary |= {"".join(pair): len(vocabulary) + i for i, pair in enumerate(merges)}
    if multilingual:
        vocabulary[""] = len(vocabulary)  # by this token CTranslate2 knows a multilingual model
    made = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    names = ["endoftext", "startoftranscript", *LANGUAGES, "translate", "transcribe", "startoflm", "startofprev"]
    special = [f"<|{name}|>" for name in [*names, "nospeech", "notimestamps"]]
    made.add_special_tokens([AddedToken(text, special=True, normalized=False) for text in special])
    times = [f"<|{i * FRAME:.2f}|>" for i in range(N_FRAMES + 1)]
    made.add_tokens([AddedToken(text, special=False, normalized=False) for text in times])
    return made


def write(folder: Path, script: Script, *, multilingual: bool = True) -> Path:
    """The model folder, ready to load."""
    folder.mkdir(parents=True, exist_ok=True)
    tokens = tokenizer(multilingual)
    said, times = _spell(tokens, script)
    size = tokens.get_vocab_size()
    width = 64 * -(-(len(said) + script.prompted + 8) // 64)
    start = 3 if multilingual else 1  # startoftranscript, language, task; then notimestamps, after which text begins
    places = _orthogonal(width)
    clock = _clock(width)

    projection = np.zeros((size, width), np.float32)
    projection[tokens.token_to_id(f"<|{script.language}|>")] = places[0]
    shift = start + (1 + script.prompted if script.prompted else 0)
    for i, token in enumerate(said):
        projection[token] += places[shift + i]
    queries = sum(np.outer(clock[round(t / FRAME)], places[start + i]) for i, t in enumerate(times))

    spec = whisper_spec.WhisperSpec(1, 1, 1, 1)
    _encoder(spec.encoder, clock, width)
    _decoder(spec.decoder, places, projection, np.asarray(queries, np.float32), width)
    spec.register_vocabulary([text for text, _ in sorted(tokens.get_vocab().items(), key=lambda pair: pair[1])])
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = [tokens.token_to_id("<|endoftext|>")]
    spec.config.lang_ids = [tokens.token_to_id(f"<|{code}|>") for code in LANGUAGES]
    spec.config.alignment_heads = [[0, 0]]
    spec.validate()
    spec.optimize(quantization="int8")
    spec.save(str(folder))
    tokens.save(str(folder / "tokenizer.json"))
    return folder


def _spell(tokens: Tokenizer, script: Script) -> tuple[list[int], list[float]]:
    """The tokens to say, ended by endoftext, and the time of each; the tokens of a word share 0.2 s."""
    said: list[int] = []
    times: list[float] = []
    for start, text in script.words:
        ids = tokens.encode(text, add_special_tokens=False).ids
        said += ids
        times += list(np.linspace(start, start + 0.2, len(ids), endpoint=False))
    to_char = dict(zip(sorted(range(256), key=_byte_order), sorted(pre_tokenizers.ByteLevel.alphabet()), strict=True))
    said += [tokens.token_to_id(to_char[byte]) for byte in script.tail]
    times += [times[-1] + 0.2] * (len(said) - len(times) + 1)
    return [*said, tokens.token_to_id("<|endoftext|>")], times


def _byte_order(byte: int) -> int:
    """Rank of a byte's character in the alphabet of byte-level BPE: printable Latin-1 stand for themselves."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    return byte if byte in printable else 0x100 + [b for b in range(256) if b not in printable].index(byte)


def _orthogonal(width: int) -> np.ndarray:
    """(448, width): unit rows without a mean, which a layer norm only scales; orthogonal as far as they can be."""
    random = np.random.default_rng(0).standard_normal((width, width))
    random[:, 0] = 1.0
    basis = np.linalg.qr(random)[0][:, 1:].T
    places = np.zeros((N_PLACES, width), np.float32)
    places[: width - 1] = basis[:N_PLACES]
    return places


def _clock(width: int) -> np.ndarray:
    """(1500, width): a unit row a frame, without a mean; rows a few frames apart are alike, others are not."""
    n_waves = width // 4
    speeds = np.random.default_rng(1).uniform(0.0, np.pi / 12, n_waves)
    angle = np.arange(N_FRAMES)[:, None] * speeds
    waves = np.concatenate([np.cos(angle), np.sin(angle)], axis=1)
    return (np.concatenate([waves, -waves], axis=1) / np.sqrt(2 * n_waves)).astype(np.float32)


def _encoder(encoder: whisper_spec.WhisperEncoderSpec, clock: np.ndarray, width: int) -> None:
    encoder.conv1.weight = np.zeros((width, 80, 3), np.float32)
    encoder.conv1.bias = np.zeros(width, np.float32)
    encoder.conv2.weight = np.zeros((width, width, 3), np.float32)
    encoder.conv2.bias = np.zeros(width, np.float32)
    encoder.position_encodings.encodings = clock
    _norm(encoder.layer_norm, width)
    for layer in encoder.layer:
        _attention(layer.self_attention, width)
        _feed(layer.ffn, width)


def _decoder(
    decoder: whisper_spec.WhisperDecoderSpec,
    places: np.ndarray,
    projection: np.ndarray,
    queries: np.ndarray,
    width: int,
) -> None:
    decoder.embeddings.weight = np.zeros_like(projection)
    decoder.position_encodings.encodings = places * 10
    decoder.projection.weight = projection * 8
    _norm(decoder.layer_norm, width)
    for layer in decoder.layer:
        _attention(layer.self_attention, width)
        _attention(layer.attention, width, queries=queries)
        _feed(layer.ffn, width)


def _attention(attention: object, width: int, *, queries: np.ndarray | None = None) -> None:
    """Adds nothing to what goes through; with `queries` it looks where they point (keys: the input as it is)."""
    linear = attention.linear  # type: ignore[attr-defined]
    if queries is None:
        _linear(linear[0], np.zeros((3 * width, width)))
    else:
        # Inputs have norm sqrt(width) and a product is divided by sqrt(width): the sharpness is that of the softmax.
        sharpness = 12.0
        _linear(linear[0], queries * sharpness / np.sqrt(width))
        _linear(linear[1], np.concatenate([np.eye(width), np.zeros((width, width))]))
    _linear(linear[-1], np.zeros((width, width)))
    _norm(attention.layer_norm, width)  # type: ignore[attr-defined]


def _feed(feed: object, width: int) -> None:
    _norm(feed.layer_norm, width)  # type: ignore[attr-defined]
    _linear(feed.linear_0, np.zeros((2 * width, width)))  # type: ignore[attr-defined]
    _linear(feed.linear_1, np.zeros((width, 2 * width)))  # type: ignore[attr-defined]


def _linear(linear: object, weight: np.ndarray) -> None:
    linear.weight = weight.astype(np.float32)  # type: ignore[attr-defined]
    linear.bias = np.zeros(len(weight), np.float32)  # type: ignore[attr-defined]


def _norm(norm: object, width: int) -> None:
    norm.gamma, norm.beta = np.ones(width, np.float32), np.zeros(width, np.float32)  # type: ignore[attr-defined]
