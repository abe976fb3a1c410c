"""Who spoke when, and under which name, on real clips and made meetings; Markdown tables on stdout.

    python bench/diarization.py [--shared ../shared]

Nobody heard here taught the encoder or chose a setting. Collar 0, overlap scored, the number of speakers unknown.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import plain
from made_meetings import SHARED, Meeting, made_meetings, opened, the_shared_folder

from bigvoice import load
from bigvoice.diarization.detection import SileroDetector
from bigvoice.diarization.diarizer import Diarization, diarize
from bigvoice.diarization.windows import slide
from bigvoice.documents.rttm import read as read_rttm
from bigvoice.evaluation.diarization import DiarizationErrors, diarization_errors
from bigvoice.evaluation.identification import NameCounts, name_counts
from bigvoice.parts import make
from bigvoice.progress import silent
from bigvoice.recording import Recording, Samples
from bigvoice.settings import DiarizationOptions
from bigvoice.span import Span, total
from bigvoice.turn import Turn
from bigvoice.voices.identification import Identifier, exclusive
from bigvoice.voices.person import Person

ENCODER = make("encoder", "mfcc")
DETECT = SileroDetector()


@dataclass
class Score:
    """What one way of working gathered over some recordings."""

    errors: DiarizationErrors = field(default_factory=DiarizationErrors)
    names: NameCounts = field(default_factory=NameCounts)

    def add(self, reference: Sequence[Turn], turns: Sequence[Turn], names: dict[str, str], who: Sequence[str]) -> None:
        """One recording more."""
        self.errors += diarization_errors(reference, turns)
        self.names += name_counts(reference, turns, names, who)


def persons(meeting: Meeting, clips: int) -> list[Person]:
    """The enrolled, taught with so many clips of about 10 s."""
    people = []
    for name in meeting.enrolled:
        sounds = [load(clip).samples for clip in meeting.clips[name][:clips]]
        prints = [ENCODER(sound, slide(DETECT(sound, silent)), silent) for sound in sounds]
        people.append(Person(name, None, np.vstack(prints)))
    return people


def ours(
    recording: Recording, speech: list[Span], people: Sequence[Person], attendees: Sequence[str] = (), **options: object
) -> Diarization:
    """What bigvoice makes of it."""
    return diarize(
        recording.samples,
        speech,
        encoder=ENCODER,
        people=people,
        attendees=attendees,
        options=DiarizationOptions(**options),  # type: ignore[arg-type]
    )


def named_last(
    recording: Recording, speech: list[Span], people: Sequence[Person]
) -> tuple[tuple[Turn, ...], dict[str, str]]:
    """The other order: voices are clustered as if nobody were enrolled, and then named as wholes."""
    turns = ours(recording, speech, []).turns
    identifier = Identifier(people, ENCODER.background)
    voices = sorted({turn.speaker for turn in turns})
    shares = []
    for voice in voices:
        spans = [turn.span for turn in turns if turn.speaker == voice]
        margins = identifier.margins(ENCODER(recording.samples, slide(spans), silent))
        shares.append(identifier.probabilities(margins, total(spans))[:-1])
    found = exclusive(np.array(shares), 1 - DiarizationOptions().false_names)
    return turns, {voices[voice]: identifier.people[person].name for voice, person in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=SHARED)
    parser.add_argument("--meetings", type=int, default=6)
    args = parser.parse_args()
    the_shared_folder(args.shared)
    when: dict[tuple[str, str], Score] = {}
    named: dict[str, Score] = {}
    for path in sorted((args.shared / "data" / "conversations").glob("*.rttm")):
        recording = load(next(p for p in path.parent.glob(f"{path.stem}.*") if p.suffix in {".flac", ".mp3"}))
        speech = DETECT(recording.samples, silent)
        (reference,) = read_rttm(path).values()
        group = "real clips (12)"
        gather(when, group, "plain: MFCC + k-means + silhouette", reference, plain.diarize(recording.samples, speech))
        gather(when, group, "bigvoice", reference, ours(recording, speech, []).turns)
        told = len({turn.speaker for turn in reference})
        listed = [f"guest {n}" for n in range(told)]
        gather(when, group, "bigvoice, list of attendees", reference, ours(recording, speech, [], listed).turns)
        gather(when, group, "bigvoice, number given", reference, ours(recording, speech, [], speakers=told).turns)
    made = [opened(p) for p in made_meetings(args.shared, count=args.meetings, minutes=10, seed=42)]
    for meeting in made:
        recording = load(meeting.recording)
        speech = DETECT(recording.samples, silent)
        group = f"made meetings ({args.meetings} of 10 min)"
        gather(
            when,
            group,
            "plain: MFCC + k-means + silhouette",
            meeting.reference,
            plain.diarize(recording.samples, speech),
        )
        gather(when, group, "bigvoice", meeting.reference, ours(recording, speech, []).turns)
        listed = sorted({turn.speaker for turn in meeting.reference})
        gather(when, group, "bigvoice, list of attendees", meeting.reference, ours(recording, speech, [], listed).turns)
        told = len(listed)
        gather(
            when, group, "bigvoice, number given", meeting.reference, ours(recording, speech, [], speakers=told).turns
        )
        for clips in (1, 2, 3):
            found = ours(recording, speech, persons(meeting, clips))
            names = {voice: naming.name for voice, naming in found.names.items()}
            score = named.setdefault(f"bigvoice, {clips}0 s enrolled", Score())
            score.add(meeting.reference, found.turns, names, meeting.enrolled)
            if clips == 2:
                told = named_last(recording, speech, persons(meeting, clips))
                score = named.setdefault("bigvoice, 20 s enrolled, names given after clustering", Score())
                score.add(meeting.reference, *told, meeting.enrolled)
                gather(when, group, "bigvoice, three of four enrolled (20 s)", meeting.reference, found.turns)
        plain_names(named, meeting, recording.samples, speech)
    show(when, named)
    spoken = sum(turn.span.duration for meeting in made for turn in meeting.reference)
    alone = sum(total([turn.span for turn in meeting.reference]) for meeting in made)
    print(
        f"\nA second voice over the first: {100 * (spoken - alone) / spoken:.1f} % of the speech of the made meetings."
    )


def gather(
    scores: dict[tuple[str, str], Score], group: str, way: str, reference: Sequence[Turn], turns: Sequence[Turn]
) -> None:
    scores.setdefault((group, way), Score()).add(reference, turns, {}, ())


def plain_names(named: dict[str, Score], meeting: Meeting, samples: Samples, speech: list[Span]) -> None:
    clips = {name: [load(clip).samples for clip in meeting.clips[name][:2]] for name in meeting.enrolled}
    thresholds = (0.5, 0.7)
    for threshold, turns in zip(thresholds, plain.name(samples, speech, clips, least=thresholds), strict=True):
        score = named.setdefault(f"plain: SVM on single windows, threshold {threshold}, 20 s enrolled", Score())
        score.add(meeting.reference, turns, {name: name for name in meeting.enrolled}, meeting.enrolled)


def show(when: dict[tuple[str, str], Score], named: dict[str, Score]) -> None:
    print("| recordings | way | DER % | missed | false alarm | confusion | speakers counted right |")
    print("|---|---|---|---|---|---|---|")
    for (group, way), score in when.items():
        e, n = score.errors, score.names
        parts = " | ".join(f"{100 * part / e.total:.1f}" for part in (e.missed, e.false_alarm, e.confusion))
        print(f"| {group} | {way} | {100 * e.rate:.1f} | {parts} | {n.n_counted_right} of {n.n_recordings} |")
    print("\nNames on the made meetings, as shares of speech (%): three of four people enrolled, one a stranger.\n")
    print("| way | right name | wrong name | no name | stranger named |\n|---|---|---|---|---|")
    for way, score in named.items():
        n = score.names
        shares = (n.right_share, n.wrong_share, n.nameless_share, n.named_share)
        print(f"| {way} | " + " | ".join(f"{100 * share:.1f}" for share in shares) + " |")


if __name__ == "__main__":
    main()
