"""What enrolment warns of, and how often rightly, on people the encoder never heard; a Markdown table on stdout.

    python bench/enrolment.py [--shared ../shared]

A clip is some utterances of one person joined, 5 s of speech and more. Two of two people make a clip of two voices: one
after the other, or by turns of 3 to 6 s. The thresholds are those of bigvoice.voices.enrolment and checking.
"""

from __future__ import annotations

import argparse
import io
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import av
import numpy as np
from made_meetings import SHARED, the_shared_folder

from bigvoice import load
from bigvoice.diarization.detection import SileroDetector
from bigvoice.errors import EnrolmentError
from bigvoice.parts import make
from bigvoice.recording import RATE, Recording, Samples
from bigvoice.training.corpus import utterances
from bigvoice.voices.checking import COPY, COPY_SECONDS
from bigvoice.voices.clip import Clip
from bigvoice.voices.enrolment import CLIPPED, FOREIGN, GOOD_SPEECH, NOISY_DB, Look, look
from bigvoice.voices.likeness import SURE, likeness, twins
from bigvoice.voices.person import Person
from bigvoice.voices.quality import Envelope, alikeness, clipped_share, envelope, snr_db

PARTS = {
    "LibriSpeech test-other": ("librispeech/test_other_10", 2),
    "LibriSpeech dev-clean": ("librispeech/dev_clean_20", 2),
    "TEDx, Korean": ("korean/pansori_tedxkr", 4),
}
"""Where clips come from, and of how many utterances each is made."""
CLIPS = 5
"""A person."""
PAIRS = 100
ENCODER = make("encoder", "neural")
DETECT = SileroDetector()


@dataclass(frozen=True)
class Heard:
    """A clip, whose it is, and what enrolment says of it."""

    speaker: str
    sound: Samples
    look: Look

    @property
    def clip(self) -> Clip:
        """As the voice book would keep it."""
        return self.look.clip

    @cached_property
    def envelope(self) -> Envelope:
        """Of the sound."""
        return envelope(self.sound)


Pair = tuple[Heard, Heard]


def looked(samples: Samples) -> Look:
    return look(Recording(samples), detector=DETECT, encoder=ENCODER)


def clips_of(shared: Path, part: str, joined: int) -> Iterator[Heard]:
    for speaker, spoken in itertools.groupby(utterances(shared / "data", (part,)), lambda u: u.speaker):
        files = [utterance.path for utterance in spoken]
        for first in range(0, min(len(files) - joined + 1, CLIPS * joined), joined):
            sound = np.concatenate([load(file).samples for file in files[first : first + joined]])
            try:
                found = looked(sound)
            except EnrolmentError:  # less than a second of speech
                continue
            if found.clip.speech_seconds >= GOOD_SPEECH:
                yield Heard(speaker, sound, found)


def by_turns(one: Samples, other: Samples, rng: np.random.Generator) -> Samples:
    """Pieces of 3 to 6 s of each in turn, as long as both have some left."""
    left, pieces = [one, other], list[Samples]()
    while all(map(len, left)):
        n = round(rng.uniform(3, 6) * RATE)
        pieces.append(left[0][:n])
        left = [left[1], left[0][n:]]
    return np.concatenate(pieces)


def two_voices(looks: Sequence[Look]) -> str:
    """Per cent of clips in which two voices are suspected, and are clear."""
    clear = [bool(each.objections) for each in looks]
    suspected = [any("two people" in line for line in (*each.objections, *each.warnings)) for each in looks]
    return f"{per_cent(suspected)} / {per_cent(clear)}"


def per_cent(answers: Sequence[bool]) -> str:
    return f"{100 * np.mean(answers):.1f}"


def person(heard: Heard, name: str) -> Person:
    return Person(name, None, heard.clip.prints[ENCODER.name])


def twinned(pair: Pair) -> bool:
    """Enrolled as two people, the clips cannot be told apart."""
    return bool(twins([person(pair[0], "one"), person(pair[1], "other")], ENCODER.background))


def owned(pair: Pair) -> float:
    """How probably the second clip is that of the first one's person."""
    return likeness(person(pair[1], "other").prints, person(pair[0], "one"), [], ENCODER.background).own


def mp3(samples: Samples, bit_rate: int) -> Samples:
    """As it is after having been an mp3."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp3") as out:
        stream = out.add_stream("libmp3lame", rate=RATE, layout="mono")
        stream.bit_rate = bit_rate
        frame = av.AudioFrame.from_ndarray((samples * 32767).astype("<i2")[None], format="s16p", layout="mono")
        frame.rate = RATE
        for packet in (*stream.encode(frame), *stream.encode(None)):
            out.mux(packet)
    file.seek(0)
    with av.open(file) as back:
        frames = [frame.to_ndarray() for frame in back.decode(audio=0)]
    return np.concatenate(frames, axis=1)[0].astype(np.float32)


def clipped_at_half(samples: Samples) -> Samples:
    peak = np.abs(samples).max()
    return np.clip(samples, -peak / 2, peak / 2)


def _some(pairs: Sequence[Pair], rng: np.random.Generator) -> list[Pair]:
    return [pairs[i] for i in rng.choice(len(pairs), min(PAIRS, len(pairs)), replace=False)]


def measured(shared: Path, part: str, joined: int) -> dict[str, str]:
    heard = list(clips_of(shared, part, joined))
    rng = np.random.default_rng(0)
    pairs = [*itertools.permutations(heard, 2)]
    some = _some([(a, b) for a, b in pairs if a.speaker != b.speaker], rng)
    own = _some([(a, b) for a, b in pairs if a.speaker == b.speaker], rng)
    same, strangers = [[owned(pair) for pair in of] for of in (own, some)]
    snr = [snr_db(each.sound, each.clip.speech) for each in heard]
    long = [each for each in heard if each.clip.duration >= COPY_SECONDS]
    strange = [alikeness(a.envelope, b.envelope) for a, b in itertools.combinations(long, 2)]
    copies = [alikeness(each.envelope, envelope(mp3(each.sound, 32_000))) for each in long]
    cuts = [alikeness(each.envelope, envelope(each.sound[len(each.sound) // 3 :][: 3 * RATE])) for each in long]
    return {
        "clips, people": f"{len(heard)}, {len({each.speaker for each in heard})}",
        "two voices suspected / clear, %: clips of one": two_voices([each.look for each in heard]),
        "of two, one after the other": two_voices([looked(np.concatenate([a.sound, b.sound])) for a, b in some]),
        "of two, by turns": two_voices([looked(by_turns(a.sound, b.sound, rng)) for a, b in some]),
        "twins, %: pairs of clips of one person": per_cent([twinned(pair) for pair in own]),
        "pairs of clips of two people": per_cent([twinned(pair) for pair in some]),
        f"refused / doubted as another clip of theirs (under {FOREIGN} / {SURE}), %: their own clip": (
            f"{per_cent([each < FOREIGN for each in same])} / {per_cent([each < SURE for each in same])}"
        ),
        "somebody else's": (
            f"{per_cent([each < FOREIGN for each in strangers])} / {per_cent([each < SURE for each in strangers])}"
        ),
        "speech above noise, dB: middle clip": f"{np.median(snr):.0f}",
        "worst clip in twenty": f"{np.percentile(snr, 5):.0f}",
        f"noisy (under {NOISY_DB:.0f} dB), % of clips": per_cent([each < NOISY_DB for each in snr]),
        f"share of loudest samples, % (clipped: over {100 * CLIPPED}): largest": (
            f"{100 * max(clipped_share(each.sound) for each in heard):.2f}"
        ),
        "cut off at half its peak, middle clip": (
            f"{100 * np.median([clipped_share(clipped_at_half(each.sound)) for each in heard]):.2f}"
        ),
        f"envelopes alike (a copy: from {COPY}): most of two clips": f"{max(strange):.2f}",
        "least of a clip and its mp3 copy (32 kbit/s)": f"{min(copies):.2f}",
        "least of a clip and 3 s cut out of it": f"{min(cuts):.2f}",
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=SHARED)
    args = parser.parse_args()
    the_shared_folder(args.shared)
    columns = [measured(args.shared, part, joined) for part, joined in PARTS.values()]
    print(f"| | {' | '.join(PARTS)} |\n|---|{'---|' * len(PARTS)}")
    for what in columns[0]:
        print(f"| {what} | {' | '.join(column[what] for column in columns)} |")


if __name__ == "__main__":
    main()
