"""Who spoke when, and under which name, on real clips and made meetings; Markdown tables on stdout.

    python bench/diarization.py [--shared ../shared] [--meetings 6]

Nobody heard here taught a network or chose a setting. Collar 0, overlap scored, the number of speakers unknown unless
the way says otherwise. All get the speech that Silero finds.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
import peers
import plain
from made_meetings import SHARED, Meeting, made_meetings, opened, the_shared_folder

from bigvoice import load
from bigvoice.diarization.detection import SileroDetector
from bigvoice.diarization.diarizer import Diarization, diarize
from bigvoice.diarization.windows import slide
from bigvoice.documents.rttm import read as read_rttm
from bigvoice.evaluation.counting import SpeakerCounts, speaker_counts
from bigvoice.evaluation.diarization import DiarizationErrors, JaccardErrors, diarization_errors, jaccard_errors
from bigvoice.evaluation.identification import NameCounts, name_counts
from bigvoice.parts import Embeddings, Encoder, make
from bigvoice.progress import Hook, silent
from bigvoice.recording import Samples
from bigvoice.settings import DiarizationOptions
from bigvoice.span import Span, total
from bigvoice.turn import Turn
from bigvoice.voices.person import Person

SILERO = SileroDetector()


@dataclass
class Score:
    """What one way of working gathered over some recordings."""

    errors: DiarizationErrors = field(default_factory=DiarizationErrors)
    jaccard: JaccardErrors = field(default_factory=JaccardErrors)
    counts: SpeakerCounts = field(default_factory=SpeakerCounts)
    names: NameCounts = field(default_factory=NameCounts)

    def add(
        self, reference: Sequence[Turn], turns: Sequence[Turn], names: Mapping[str, str], who: Sequence[str]
    ) -> None:
        """One recording more."""
        self.errors += diarization_errors(reference, turns)
        self.jaccard += jaccard_errors(reference, turns)
        self.counts += speaker_counts(reference, turns)
        self.names += name_counts(reference, turns, names, who)


@dataclass(frozen=True, eq=False)
class Heard:
    """A recording, what is true of it, and where speech was found."""

    samples: Samples
    reference: tuple[Turn, ...]
    speech: list[Span]

    @staticmethod
    def of(path: Path, reference: Sequence[Turn]) -> Heard:
        """Decoded and listened to."""
        samples = load(path).samples
        return Heard(samples, tuple(reference), SILERO(samples, silent))

    @property
    def n_speakers(self) -> int:
        """How many there are."""
        return len({turn.speaker for turn in self.reference})


class Remembering:
    """An encoder that hears nothing twice: the ways differ in what they do with what it says."""

    def __init__(self, name: str) -> None:
        self._encoder: Encoder = make("encoder", name)
        self._heard: dict[tuple[bytes, tuple[Span, ...]], Embeddings] = {}
        self.name, self.dim, self.background = self._encoder.name, self._encoder.dim, self._encoder.background

    def __call__(self, samples: Samples, spans: Sequence[Span], hook: Hook) -> Embeddings:
        """As parts.Encoder says."""
        key = (hashlib.blake2b(samples.tobytes()).digest(), tuple(spans))
        if key not in self._heard:
            self._heard[key] = self._encoder(samples, spans, hook)
        return self._heard[key]


hearing = cache(Remembering)


def ours(
    heard: Heard, people: Sequence[Person] = (), *, attendees: int = 0, encoder: str = "neural", **options: object
) -> Diarization:
    """What bigvoice makes of it."""
    return diarize(
        heard.samples,
        heard.speech,
        segmenter=make("segmenter", "powerset") if options.get("segmenter") == "powerset" else None,
        encoder=hearing(encoder),
        people=people,
        attendees=[f"guest {n}" for n in range(attendees)],
        options=DiarizationOptions(**options),  # type: ignore[arg-type]
    )


Way = Callable[[Heard], Sequence[Turn]]


def ways() -> dict[str, Way]:
    """By what they are called in the table."""
    found: dict[str, Way] = {
        "plain: MFCC + k-means + silhouette": lambda h: plain.diarize(h.samples, h.speech),
        "bigvoice, MFCC encoder": lambda h: ours(h, encoder="mfcc").turns,
        "bigvoice, k-means": lambda h: ours(h, clustering="kmeans").turns,
        "**bigvoice**": lambda h: ours(h).turns,
        "bigvoice, segmenter = powerset": lambda h: ours(h, segmenter="powerset").turns,
        "bigvoice, list of attendees": lambda h: ours(h, attendees=h.n_speakers).turns,
        "bigvoice, number given": lambda h: ours(h, speakers=h.n_speakers).turns,
    }
    if peers.VoiceEncoder is not None:
        peer = peers.Resemblyzer()
        found = {"resemblyzer + k-means + silhouette": lambda h: peers.diarize(peer, h.samples, h.speech)} | found
    return found


def real_clips(shared: Path) -> Iterator[Heard]:
    """The conversations of the shared folder."""
    for path in sorted((shared / "data" / "conversations").glob("*.rttm")):
        (reference,) = read_rttm(path).values()
        yield Heard.of(next(p for p in path.parent.glob(f"{path.stem}.*") if p.suffix in {".flac", ".mp3"}), reference)


def persons(meeting: Meeting, clips: int, encoder: str = "neural") -> list[Person]:
    """The enrolled, taught with so many clips of about 10 s; half a clip where it is 0."""
    hear = hearing(encoder)
    people = []
    for name in meeting.enrolled:
        sounds = [load(clip).samples for clip in meeting.clips[name][: max(1, clips)]]
        if not clips:
            sounds = [sounds[0][: len(sounds[0]) // 2]]
        prints = [hear(sound, slide(SILERO(sound, silent)), silent) for sound in sounds]
        people.append(Person(name, None, np.vstack(prints)))
    return people


NAMED: Mapping[str, tuple[int, str, dict[str, object]]] = {
    "bigvoice, 5 s enrolled": (0, "neural", {}),
    "bigvoice, 10 s enrolled": (1, "neural", {}),
    "**bigvoice, 20 s enrolled**": (2, "neural", {}),
    "bigvoice, 30 s enrolled": (3, "neural", {}),
    "bigvoice, 20 s enrolled, naming = cosine": (2, "neural", {"naming": "cosine"}),
    "bigvoice, 20 s enrolled, false_names = 0.1": (2, "neural", {"false_names": 0.1}),
    "bigvoice, 20 s enrolled, MFCC encoder": (2, "mfcc", {}),
}
"""Way -> clips, encoder, options."""


def add_names(scores: dict[str, Score], meeting: Meeting, heard: Heard) -> None:
    """Every way of naming, and how often the name that is suggested is right."""
    for way, (clips, encoder, options) in NAMED.items():
        found = ours(heard, persons(meeting, clips, encoder), encoder=encoder, **options)
        sure = {voice: naming.name for voice, naming in found.names.items() if naming.sure}
        scores.setdefault(way, Score()).add(heard.reference, found.turns, sure, meeting.enrolled)
        if way.startswith("**"):
            every = {voice: naming.name for voice, naming in found.names.items()}
            scores.setdefault("the same, suggestions taken as names", Score()).add(
                heard.reference, found.turns, every, meeting.enrolled
            )
    clips_of = {name: [load(clip).samples for clip in meeting.clips[name][:2]] for name in meeting.enrolled}
    thresholds = (0.5, 0.7)
    for threshold, turns in zip(
        thresholds, plain.name(heard.samples, heard.speech, clips_of, least=thresholds), strict=True
    ):
        score = scores.setdefault(f"plain: SVM on single MFCC windows, threshold {threshold}, 20 s enrolled", Score())
        score.add(meeting.reference, turns, {name: name for name in meeting.enrolled}, meeting.enrolled)


@cache
def _header() -> str:
    columns = "recordings | way | DER % | missed | false alarm | confusion | JER % | speakers counted right"
    return f"| {columns} |\n|{'---|' * 8}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=SHARED)
    parser.add_argument("--meetings", type=int, default=6)
    args = parser.parse_args()
    the_shared_folder(args.shared)
    if peers.VoiceEncoder is None:
        print("resemblyzer is not installed: without it (bench/peers.py says how to install it)\n")
    made = [opened(p) for p in made_meetings(args.shared, count=args.meetings, minutes=10, seed=42)]
    heard = [Heard.of(meeting.recording, meeting.reference) for meeting in made]
    groups = {"real clips": list(real_clips(args.shared)), "made meetings of 10 min": heard}
    print(_header())
    found = ways()
    for group, recordings in groups.items():
        scores = {way: Score() for way in found}
        for each in recordings:
            for way, find in found.items():
                scores[way].add(each.reference, find(each), {}, ())
        for way, score in scores.items():
            row(f"{group} ({len(recordings)})", way, score)
    named: dict[str, Score] = {}
    for meeting, each in zip(made, heard, strict=True):
        add_names(named, meeting, each)
    show_names(named)
    spoken = sum(turn.span.duration for meeting in made for turn in meeting.reference)
    alone = sum(total([turn.span for turn in meeting.reference]) for meeting in made)
    print(f"\nA second voice over the first: {100 * (spoken - alone) / spoken:.1f} % of the made meetings' speech.")


def row(group: str, way: str, score: Score) -> None:
    e = score.errors
    parts = " | ".join(f"{100 * part / e.total:.1f}" for part in (e.missed, e.false_alarm, e.confusion))
    counted = f"{score.counts.n_right} of {score.counts.n_recordings}"
    print(
        f"| {group} | {way} | {100 * e.rate:.1f} | {parts} | {100 * score.jaccard.rate:.1f} | {counted} |", flush=True
    )


def show_names(named: Mapping[str, Score]) -> None:
    print("\nNames on the made meetings, as shares of speech (%): three of four people enrolled, one a stranger.\n")
    print("| way | right name | wrong name | no name | stranger named | DER % |\n|---|---|---|---|---|---|")
    for way, score in named.items():
        n = score.names
        shares = (n.right_share, n.wrong_share, n.nameless_share, n.named_share, score.errors.rate)
        print(f"| {way} | " + " | ".join(f"{100 * share:.1f}" for share in shares) + " |")


if __name__ == "__main__":
    main()
