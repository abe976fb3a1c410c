"""How right the parents' talk ratio is, and how often its intervals hold the truth; Markdown tables on stdout.

    python bench/talk_ratio.py [--shared ../shared] [--families 24] [--measured-on 40]

Made families (bench/family_meetings.py): a woman, a man and a child in the turns of real meetings. First the constants
of `bigvoice.minutes.doubt`, measured on people of whom nothing else is reported; then the shares of others, with the
roles of enrolled voices, and with nobody enrolled by what the voices sound like.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path

import numpy as np
from family_meetings import FATHER, MOTHER, ROLES, Family, chosen_on, korean, made_families, reported
from made_meetings import SHARED, the_shared_folder

from bigvoice import Minutes, Parts, Settings, load, take_minutes
from bigvoice.diarization.detection import SileroDetector
from bigvoice.diarization.windows import slide
from bigvoice.minutes.doubt import MEASURED, SHORT_S, ErrorModel
from bigvoice.minutes.ratio import COVERS, Estimate, TalkRatio, talk_ratio
from bigvoice.parts import make
from bigvoice.progress import silent
from bigvoice.settings import DiarizationOptions
from bigvoice.span import Span, intersect, merge, total
from bigvoice.voices.person import Person

DETECT, ENCODER = SileroDetector(), make("encoder", "neural")
PARTS = Parts(DETECT, ENCODER, transcriber=make("asr", "none"), judge=make("judge", "neural"))
FEWEST_TURNS = 3
"""Of a voice whose part of wrong turns counts."""
HOLDS = 1.2816
"""Deviations within which 80 % of a normal distribution lie."""


def minutes_of(family: Family, *, enrolled: bool) -> Minutes:
    """Who spoke when; with the family's roles where they are enrolled."""
    people = [Person(role, role, _prints(clip)) for role, clip in family.clips.items()] if enrolled else []
    settings = Settings(diarization=DiarizationOptions(traits=True))
    return take_minutes(load(family.recording), people, PARTS, settings)


def _prints(clip: Path) -> np.ndarray:
    sound = load(clip).samples
    return ENCODER(sound, slide(DETECT(sound, silent)), silent)


# --- the constants ---


@dataclass
class Errors:
    """What a diarizer did wrong, gathered over meetings. turns: (seconds, wrong); voices: wrong turns, turns.

    steps: how far a role's seconds are from the truth, over the root of the truth, when each turn is given to whom it
    belongs and all roles are stretched alike.
    """

    turns: list[tuple[float, bool]] = field(default_factory=list)
    voices: list[tuple[int, int]] = field(default_factory=list)
    steps: list[float] = field(default_factory=list)

    def add(self, family: Family, ratio: TalkRatio, minutes: Minutes) -> None:
        """One meeting more, of which every voice that has a role is judged."""
        truth = {role: merge(t.span for t in family.reference if t.speaker == role) for role in ROLES}
        roles = {speaker.id: part.place.role for part in ratio.parts for speaker in part.speakers}
        whose = [_whose(utterance.span, truth) for utterance in minutes.utterances]
        wrong: dict[str, list[bool]] = {}
        for utterance, owner in zip(minutes.utterances, whose, strict=True):
            if (role := roles.get(utterance.speaker)) and owner:
                wrong.setdefault(utterance.speaker, []).append(owner != role)
                self.turns.append((utterance.span.duration, owner != role))
        self.voices += [(sum(each), len(each)) for each in wrong.values() if len(each) >= FEWEST_TURNS]
        found = {
            role: sum(u.span.duration for u, owner in zip(minutes.utterances, whose, strict=True) if owner == role)
            for role in ROLES
        }
        stretch = sum(found.values()) / sum(map(total, truth.values()))
        self.steps += [(found[role] / stretch - total(truth[role])) / total(truth[role]) ** 0.5 for role in ROLES]

    def model(self) -> ErrorModel:
        """The constants."""
        seconds, wrong = np.array(self.turns).T
        short = seconds < SHORT_S
        return ErrorModel(
            wrong=float(seconds @ wrong / seconds.sum()),
            together=_together(np.array(self.voices, float)),
            short_odds=_odds(float(wrong[short].mean())) / _odds(float(wrong[~short].mean())),
            grain_s=float((np.quantile(np.abs(self.steps), COVERS) / HOLDS) ** 2),
        )


def _whose(span: Span, truth: Mapping[str, Sequence[Span]]) -> str | None:
    """Who speaks most in it."""
    heard = {role: total(intersect([span], spans)) for role, spans in truth.items()}
    most = max(heard, key=lambda role: heard[role])
    return most if heard[most] > 0 else None


def _odds(probability: float) -> float:
    return probability / (1 - probability)


def _together(voices: np.ndarray) -> float:
    """Intraclass correlation of turns of one voice, by analysis of variance (Ridout, Demetrio and Firth, 1999)."""
    wrong, n = voices.T
    k, whole, mean = len(n), n.sum(), wrong.sum() / n.sum()
    typical = (whole - (n**2).sum() / whole) / (k - 1)
    between = (n * (wrong / n - mean) ** 2).sum() / (k - 1)
    within = (wrong * (1 - wrong / n)).sum() / (whole - k)
    return float(max(0.0, (between - within) / (between + (typical - 1) * within)))


def show_constants(groups: Mapping[str, Iterator[Family]]) -> None:
    """Those of bigvoice are of the first group; the second tells whether they hold for longer recordings."""
    found = {}
    for group, families in groups.items():
        errors = Errors()
        for family in families:
            minutes = minutes_of(family, enrolled=True)
            errors.add(family, talk_ratio(minutes), minutes)
        found[f"{group} ({len(errors.turns):,} turns)"] = errors.model()
    print("The constants as measured, on made families of three people, and as bigvoice has them.\n")
    print(f"| | {' | '.join(found)} | bigvoice |\n|{'---|' * (len(found) + 2)}")
    for each in fields(ErrorModel):
        measured = " | ".join(f"{getattr(model, each.name):.3f}" for model in found.values())
        print(f"| {each.name} | {measured} | {getattr(MEASURED, each.name):g} |")
    print(flush=True)


# --- the shares ---


@dataclass
class Score:
    """How far shares were off, whether the intervals held the truth, how wide they were."""

    errors: list[float] = field(default_factory=list)
    held: list[bool] = field(default_factory=list)
    widths: list[float] = field(default_factory=list)

    def add(self, found: Estimate, truth: float) -> None:
        """One share more."""
        self.errors.append(abs(found.value - truth))
        self.held.append(found.low <= truth <= found.high)
        self.widths.append(found.high - found.low)

    def cells(self) -> str:
        """Median and 90th percentile of the errors in points, intervals that held, median width."""
        if not self.errors:
            return "- | - | - | - | 0"
        off = 100 * np.quantile(self.errors, [0.5, 0.9])
        held, wide = 100 * np.mean(self.held), 100 * np.median(self.widths)
        return f"{off[0]:.1f} | {off[1]:.1f} | {held:.0f} | {wide:.0f} | {len(self.errors)}"


@dataclass
class Scores:
    """Of all that is asked: each role's share of the speech, and the mother's among the parents."""

    of_speech: Score = field(default_factory=Score)
    among: Score = field(default_factory=Score)

    def add(self, family: Family, ratio: TalkRatio) -> None:
        """One meeting more. A role that nobody is found to have has a share of 0."""
        seconds = family.seconds()
        parts = {part.place.role: part for part in ratio.parts}
        for role in ROLES:
            found = parts[role].share if role in parts else Estimate(0.0, 0.0, 0.0)
            self.of_speech.add(found, seconds[role] / sum(seconds.values()))
        mother = parts[MOTHER].among if MOTHER in parts else None
        if mother:
            self.among.add(mother, seconds[MOTHER] / (seconds[MOTHER] + seconds[FATHER]))


def show_shares(groups: Mapping[str, Iterator[Family]]) -> None:
    print("Shares of speech (mother, father, child), and the mother's among the parents where both were found.\n")
    columns = "families | roles | share | median error (points) | 90th percentile | intervals that hold (%)"
    print(f"| {columns} | median width (points) | shares |\n|{'---|' * 8}")
    for group, families in groups.items():
        scores = {way: Scores() for way in (True, False)}
        for family in families:
            for enrolled in (True, False):
                scores[enrolled].add(family, talk_ratio(minutes_of(family, enrolled=enrolled)))
        for enrolled, score in scores.items():
            way = "enrolled" if enrolled else "nobody enrolled"
            print(f"| {group} | {way} | of speech | {score.of_speech.cells()} |")
            print(f"| {group} | {way} | among parents | {score.among.cells()} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=SHARED)
    parser.add_argument("--families", type=int, default=24, help="that speak English; half as many Korean")
    parser.add_argument("--measured-on", type=int, default=40, help="short families for the constants; 0: none")
    args = parser.parse_args()
    the_shared_folder(args.shared)
    data = args.shared / "data"
    if args.measured_on:
        n_long = max(1, args.measured_on // 4)
        show_constants(
            {
                "3 min": made_families(data, chosen_on(data), count=args.measured_on, minutes=3, seed=2),
                "12 min": made_families(data, chosen_on(data, rounds=5), count=n_long, minutes=12, seed=3),
            }
        )
    show_shares(
        {
            "English, 5 min": made_families(data, reported(data), count=args.families, minutes=5, seed=1),
            "Korean, 4 min": made_families(data, korean(data), count=max(1, args.families // 2), minutes=4, seed=1),
        }
    )


if __name__ == "__main__":
    main()
