"""Naming across sessions: AMI people enrolled from one meeting and heard in another; a Markdown table on stdout.

    python bench/sessions.py [--shared ../shared] [--encoder neural]

Somebody is enrolled from where they speak alone in one clip of 30 s, if that is LEAST seconds or more, and looked for
in every other clip of theirs: other meetings in the same rooms. Everybody else there is a stranger.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path

from encoder import alone
from made_meetings import SHARED, the_shared_folder

from bigvoice import load
from bigvoice.diarization.detection import SileroDetector
from bigvoice.diarization.diarizer import diarize
from bigvoice.diarization.windows import slide
from bigvoice.documents.rttm import read as read_rttm
from bigvoice.evaluation.identification import name_counts
from bigvoice.parts import Encoder, make
from bigvoice.progress import silent
from bigvoice.recording import Samples
from bigvoice.settings import DiarizationOptions
from bigvoice.span import Span, total
from bigvoice.turn import Turn
from bigvoice.voices.person import Person

LEAST = 5.0


@dataclass(frozen=True, eq=False)
class Clip:
    """A clip of a meeting and who speaks when in it."""

    name: str
    samples: Samples
    turns: Sequence[Turn]

    def alone(self, who: str) -> list[Span]:
        """Where somebody speaks and nobody else does."""
        return [span for turn in self.turns if turn.speaker == who for span in alone(turn, self.turns)]


def clips(shared: Path) -> Mapping[str, Clip]:
    """The AMI clips by name."""
    found = {}
    for path in sorted((shared / "data" / "conversations").glob("ami_*.rttm")):
        (turns,) = read_rttm(path).values()
        found[path.stem] = Clip(path.stem, load(path.with_suffix(".flac")).samples, tuple(turns))
    return found


def met_again(clips: Mapping[str, Clip]) -> Iterator[tuple[str, Clip, Clip]]:
    """Who is in two clips, the one to learn from and the one to be heard in."""
    for one, other in permutations(clips.values(), 2):
        for who in sorted({turn.speaker for turn in one.turns} & {turn.speaker for turn in other.turns}):
            if total(one.alone(who)) >= LEAST:
                yield who, one, other


def row(encoder: Encoder, who: str, one: Clip, other: Clip) -> str:
    """What became of one."""
    prints = encoder(one.samples, slide(one.alone(who)), silent)
    found = diarize(
        other.samples,
        SileroDetector()(other.samples, silent),
        encoder=encoder,
        people=[Person(who, None, prints)],
        options=DiarizationOptions(),
    )
    sure = {voice: naming.name for voice, naming in found.names.items() if naming.sure}
    every = {voice: naming.name for voice, naming in found.names.items()}
    counts, suggested = (name_counts(other.turns, found.turns, names, {who}) for names in (sure, every))
    figures = [counts.right_share, counts.named_share, suggested.right_share, suggested.named_share]
    seconds = f"{total(one.alone(who)):.0f} s of {one.name} | {counts.enrolled:.0f} s of {other.name}"
    return f"| {who} | {seconds} | " + " | ".join(f"{100 * figure:.0f}" for figure in figures) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=SHARED)
    parser.add_argument("--encoder", default="neural")
    args = parser.parse_args()
    the_shared_folder(args.shared)
    encoder = make("encoder", args.encoder)
    print("Shares of speech in %: of the person's own, and of everybody else's.\n")
    print("| who | enrolled from | heard in | named | strangers named | named or suggested | strangers so |")
    print(f"|{'---|' * 7}")
    for who, one, other in met_again(clips(args.shared)):
        print(row(encoder, who, one, other), flush=True)


if __name__ == "__main__":
    main()
