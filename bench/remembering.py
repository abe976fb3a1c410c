"""Learning from corrected meetings: what it does for the next one; Markdown tables on stdout.

    python bench/remembering.py names|counter|mistakes [--shared ../shared]

names: teams of LibriSpeech dev-clean meet twice, with other sentences, in other rooms, in other AMI meetings' turns. Of
the four, three are to be known. On the first day the machine finds voices without a name, and each gets that of whoever
speaks most under it, as a secretary would give it who corrects nothing else ("named"), or every turn is put right
("corrected"); the three are remembered from it. counter: people who are named as somebody else, before and after they
were kept as not being them. mistakes: what is kept where one turn in five is somebody else's.
"""

from __future__ import annotations

import argparse
import itertools
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from made_meetings import SHARED, WORK, Meeting, opened, the_shared_folder

from bigvoice import VoiceBook, load
from bigvoice.diarization.detection import SileroDetector
from bigvoice.diarization.diarizer import diarize
from bigvoice.diarization.windows import STEP
from bigvoice.errors import EnrolmentError
from bigvoice.evaluation.identification import NameCounts, name_counts
from bigvoice.minutes.correcting import corrected
from bigvoice.minutes.minutes import GIVEN, Maker, Minutes, Source, Speaker, Utterance
from bigvoice.minutes.naming import name_corrections
from bigvoice.parts import Embeddings, Encoder, make
from bigvoice.pipeline import Parts, take_minutes
from bigvoice.progress import Hook, silent
from bigvoice.recording import Recording, Samples
from bigvoice.span import Span, intersect, total
from bigvoice.training.corpus import sound_files, utterances
from bigvoice.voices.clip import windows
from bigvoice.voices.counter_examples import spoilt
from bigvoice.voices.identification import Identifier
from bigvoice.voices.likeness import SURE
from bigvoice.voices.person import Person
from bigvoice.voices.remembering import Proposal, proposal, remember

TEAMS, MINUTES, SEED = 5, 8.0, 4200
MEMBERS, KNOWN = 4, 3
PARTS = {
    "LibriSpeech test-other": "librispeech/test_other_10",
    "TEDx, Korean": "korean/pansori_tedxkr",
    "read and acted, Korean": "korean/emotiontts",
}
SECONDS = 90.0
"""Of a person, cut in three: enrolled or kept as a counter-example, nothing, and what is to be named."""
FEWEST = 8
"""Windows in each part; somebody of whom there are fewer is left out."""
DETECT = SileroDetector()


@dataclass(eq=False)
class Memory:
    """The shipped encoder, which hears the same windows of the same sound only once."""

    inner: Encoder = field(default_factory=lambda: make("encoder", "neural"))
    heard: dict[tuple[int, float, float, float], Embeddings] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.name, self.dim, self.background = self.inner.name, self.inner.dim, self.inner.background

    def __call__(self, samples: Samples, spans: Sequence[Span], hook: Hook) -> Embeddings:
        """As parts.Encoder; what sounds alike at a thousand places is taken for the same sound."""
        mark = float(samples[:: max(1, len(samples) // 999)].sum())
        keys = [(len(samples), mark, span.start, span.end) for span in spans]
        new = [i for i, key in enumerate(keys) if key not in self.heard]
        if new:
            rows = self.inner(samples, [spans[i] for i in new], hook)
            self.heard.update((keys[i], row) for i, row in zip(new, rows, strict=True))
        return np.array([self.heard[key] for key in keys], np.float32).reshape(len(keys), self.inner.dim)


ENCODER = Memory()


# Teams that meet twice


def met_twice(shared: Path) -> Iterator[tuple[Meeting, Meeting]]:
    """The same people on two days; no sentence is said on both."""
    everybody = sorted(folder for folder in (shared / "data/librispeech/dev_clean_20").iterdir() if folder.is_dir())
    shuffled = np.random.default_rng(SEED).permutation(len(everybody))
    for team in range(TEAMS):
        members = [everybody[i] for i in shuffled[team * MEMBERS : (team + 1) * MEMBERS]]
        yield _met(shared, members, team, 0), _met(shared, members, team, 1)


def _met(shared: Path, members: Sequence[Path], team: int, day: int) -> Meeting:
    out = WORK / f"twice_{TEAMS}x{MINUTES:g}min_seed{SEED}" / f"team{team}_day{day}"
    if not (out / "m00.json").exists():
        with TemporaryDirectory() as corpus:
            for member in members:
                (Path(corpus) / member.name).mkdir()
                for file in sound_files(member)[day::2]:
                    (Path(corpus) / member.name / file.name).symlink_to(file)
            what = ["--corpus", corpus, "--count", "1", "--minutes", str(MINUTES)]
            seed = ["--seed", str(SEED + 10 * team + day)]
            command = [sys.executable, str(shared / "tools/make_meetings.py"), str(out), *what, *seed]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return opened(out / "m00.wav")


def secretary(meeting: Meeting, recording: Recording) -> Minutes:
    """The machine's minutes, each voice under the name of whoever speaks most in it."""
    minutes = take_minutes(recording, [], Parts(DETECT, ENCODER, make("asr", "none")))
    for speaker in minutes.speakers:
        mine = [u.span for u in minutes.utterances if u.speaker == speaker.id]
        said = {who: total(intersect(mine, spans)) for who, spans in _spans(meeting).items()}
        minutes, _ = corrected(minutes, name_corrections(minutes, speaker.id, max(said, key=said.__getitem__)))
    return minutes


def _spans(meeting: Meeting) -> Mapping[str, list[Span]]:
    found: dict[str, list[Span]] = {}
    for turn in meeting.reference:
        found.setdefault(turn.speaker, []).append(turn.span)
    return found


def names(shared: Path) -> None:
    counts: dict[str, NameCounts] = {}
    seconds: Counter[str] = Counter()
    lacking: Counter[str] = Counter()
    n = 0
    for first, second in met_twice(shared):
        one, other = load(first.recording), load(second.recording)
        sources = {"named": secretary(first, one), "corrected": _true_minutes(first, one)}
        known = _to_be_known(sources["corrected"], one)
        n += len(known)
        speech = DETECT(other.samples, silent)
        for how, (clips, source) in WAYS.items():
            with TemporaryDirectory() as folder, VoiceBook.open(Path(folder) / "book") as book:
                for name in known:
                    if clips:
                        book.enroll(name, *first.clips[name][:clips], force=True, encoder=ENCODER)
                    if source:
                        lacking[how] += not _remembered(book, sources[source], one, name)
                seconds[how] += sum(person.speech_seconds for person in book.list())
                found = diarize(other.samples, speech, encoder=ENCODER, people=book.people(ENCODER))
            sure = {voice: naming.name for voice, naming in found.names.items() if naming.sure}
            counts[how] = counts.get(how, NameCounts()) + name_counts(second.reference, found.turns, sure, known)
    print(f"Shares of the second day's speech, %; {TEAMS} teams of {MEMBERS}, {n} people to be known.\n")
    print("| known from | not remembered | speech a person, s | right name | wrong name | no name | strangers named |")
    print(f"|{'---|' * 7}")
    for how, c in counts.items():
        shares = (c.right_share, c.wrong_share, c.nameless_share, c.named_share)
        cells = " | ".join(f"{100 * share:.1f}" for share in shares)
        print(f"| {how} | {lacking[how]} | {seconds[how] / n:.0f} | {cells} |")


WAYS = {
    "a clip of 10 s": (1, ""),
    "three clips of 10 s": (3, ""),
    "the meeting, speakers named": (0, "named"),
    "the meeting, turns corrected": (0, "corrected"),
    "a clip, and the meeting, turns corrected": (1, "corrected"),
}
"""What a book is made of: how many clips, and which minutes of the first day."""


def _to_be_known(minutes: Minutes, recording: Recording) -> list[str]:
    """KNOWN people who say enough to be remembered."""
    kept = {speaker.id: proposal(minutes, speaker.id, recording, encoder=ENCODER) for speaker in minutes.speakers}
    return [name for name, each in kept.items() if not each.why_not][:KNOWN]


def _remembered(book: VoiceBook, minutes: Minutes, recording: Recording, name: str) -> bool:
    for speaker in minutes.speakers:
        if speaker.name == name:
            try:
                remember(book, recording, proposal(minutes, speaker.id, recording, encoder=ENCODER), encoder=ENCODER)
            except EnrolmentError as error:
                print(f"{name}: {error}", file=sys.stderr)
            else:
                return True
    return False


# Counter-examples


def thirds(shared: Path, part: str) -> dict[str, list[Embeddings]]:
    """Of each person, the prints of three parts of their speech, each of other utterances."""
    found: dict[str, list[Embeddings]] = {}
    for speaker, spoken in itertools.groupby(utterances(shared / "data", (part,)), lambda u: u.speaker):
        sounds, left = [], SECONDS
        for utterance in spoken:
            sound = load(utterance.path).samples
            left -= len(sound) / 16_000
            if left < 0:
                break
            sounds.append(sound)
        prints = [ENCODER(sound, windows(DETECT(sound, silent)), silent) for sound in sounds]
        if len(prints) < 3:
            continue
        groups = [np.concatenate(prints[i * len(prints) // 3 : (i + 1) * len(prints) // 3]) for i in range(3)]
        if min(map(len, groups)) >= FEWEST:
            found[speaker] = groups
    return found


def rooms(shared: Path) -> dict[str, list[Embeddings]]:
    """People of the made meetings: what their clips say, and what they say alone on the first day and on the second."""
    found = {}
    for first, second in met_twice(shared):
        recordings = [load(meeting.recording) for meeting in (first, second)]
        for name in sorted(_spans(first).keys() & _spans(second).keys()):
            clips = [load(clip).samples for clip in first.clips[name]]
            enrolled = [ENCODER(clip, windows(DETECT(clip, silent)), silent) for clip in clips]
            met = zip((first, second), recordings, strict=True)
            days = [_alone(meeting, name, recording) for meeting, recording in met]
            if min(map(len, days)) >= FEWEST:
                found[name] = [np.concatenate(enrolled), *days]
    return found


def _alone(meeting: Meeting, name: str, recording: Recording) -> Embeddings:
    chosen = proposal(_true_minutes(meeting, recording), name, recording, encoder=ENCODER).spans
    return ENCODER(recording.samples, windows(chosen), silent)


def _true_minutes(meeting: Meeting, recording: Recording) -> Minutes:
    """Minutes in which everything is as it was, and checked."""
    people = sorted({turn.speaker for turn in meeting.reference})
    return Minutes(
        Source(recording.name, recording.sha256, recording.duration),
        Maker("bench"),
        speakers=tuple(Speaker(who, n, who, None, GIVEN, 1.0) for n, who in enumerate(people, start=1)),
        utterances=tuple(Utterance(t.span, t.speaker, checked=True) for t in sorted(meeting.reference)),
    )


def named(person: Person, speech: Embeddings) -> float:
    """How probably speech is that person's, if nobody else is enrolled."""
    identifier = _identifier(person)
    return float(identifier.probabilities(identifier.margins(speech), len(speech) * STEP)[0])


@cache
def _identifier(person: Person) -> Identifier:
    return Identifier([person], ENCODER.background)


def pairs(voices: Mapping[str, list[Embeddings]], *, rooms: bool) -> Iterator[list[float]]:
    """Of everybody else who is likely named as somebody: before, after; that one's own, before, after; if warned of."""
    for name, (enrolled, _, own) in voices.items():
        plain = Person(name, None, enrolled)
        own_before = named(plain, own)
        for other, (theirs, first_day, speech) in voices.items():
            before = named(plain, speech)
            if other == name or before < 0.5:
                continue
            told = replace(plain, counter=first_day if rooms else theirs)
            warned = bool(spoilt(name, [told], ENCODER.background))
            yield [before, named(told, speech), own_before, named(told, own), warned]


def wrongly_told(voices: Mapping[str, list[Embeddings]]) -> list[list[float]]:
    """What becomes of people who were told not to be themselves: named before, named after, warned of."""
    rows = []
    for name, (enrolled, again, own) in voices.items():
        person = Person(name, None, enrolled, again)
        rows.append(
            [
                named(Person(name, None, enrolled), own) >= SURE,
                named(person, own) >= SURE,
                bool(spoilt(name, [person], ENCODER.background)),
            ]
        )
    return rows


def counter(shared: Path) -> None:
    print(f"Somebody else's speech, and the person's own: how many are named (probability {SURE} and more), or also")
    print("suggested (0.5), of those pairs in which the other is at least suggested before; % before -> after.\n")
    head = "| people | pairs | other named | other suggested | own named | own suggested | warned of"
    print(f"{head} | own speech told as not theirs: own named | warned of |\n|{'---|' * 9}")
    sets = {what: (thirds(shared, part), False) for what, part in PARTS.items()}
    sets["dev-clean, two rooms"] = rooms(shared), True
    for what, (voices, in_rooms) in sets.items():
        rows = np.array([*pairs(voices, rooms=in_rooms)] or np.zeros((0, 5)))
        cells = [_change(rows[:, i], rows[:, i + 1], least) for i in (0, 2) for least in (SURE, 0.5)]
        before, after, warned = np.mean(wrongly_told(voices), axis=0) * 100
        n = len(voices) * (len(voices) - 1)
        mistaken = f"{before:.0f} -> {after:.0f} | {warned:.0f}"
        cells.append(f"{100 * rows[:, 4].mean():.0f}" if len(rows) else "-")
        print(f"| {what}, {len(voices)} | {len(rows)} of {n} | {' | '.join(cells)} | {mistaken} |", flush=True)


def _change(before: np.ndarray, after: np.ndarray, least: float) -> str:
    return f"{100 * np.mean(before >= least):.0f} -> {100 * np.mean(after >= least):.0f}" if len(before) else "-"


# A wrong confirmation


def mistakes(shared: Path) -> None:
    rng = np.random.default_rng(SEED)
    rows: dict[str, list[list[float]]] = {
        "as they are": [],
        "one turn in five is another's": [],
        "half are another's": [],
    }
    for day in (meeting for both in met_twice(shared) for meeting in both):
        recording = load(day.recording)
        true = _true_minutes(day, recording)
        for speaker in true.speakers:
            for found, share in zip(rows.values(), (0.0, 0.2, 0.5), strict=True):
                found.append(_mistaken(true, speaker.id, share, recording, day.clips[speaker.id][0], rng))
    print("Clips of one person and meeting; the share of somebody else's seconds in them, %.\n")
    head = "| turns | chosen unheard | chosen when heard, not refused | more than 5 % | refused"
    print(f"{head} | more than 5 %, known from a clip of 10 s | refused | own left out |\n|{'---|' * 8}")
    for what, found in rows.items():
        table = np.array(found)
        kept, known = table[table[:, 2] == 0, 1], table[table[:, 3] == 0, 1]
        print(
            f"| {what} | {100 * table[:, 0].mean():.1f} | {100 * kept.mean():.1f} | {np.sum(kept > 0.05)} of"
            f" {len(table)} | {table[:, 2].sum():.0f} | {np.sum(known > 0.05)} | {table[:, 3].sum():.0f} |"
            f" {100 * table[:, 4].mean():.1f} |"
        )


def _mistaken(
    true: Minutes, who: str, share: float, recording: Recording, clip: Path, rng: np.random.Generator
) -> list[float]:
    """Foreign share unheard, heard; refused of a new person, of a known one; share of their own that was left out."""
    mine = [i for i, u in enumerate(true.utterances) if u.speaker == who and u.span.duration > 2.5]
    others = {u.speaker for u in true.utterances} - {who}
    other = rng.choice(sorted(others))
    theirs = [i for i, u in enumerate(true.utterances) if u.speaker == other and u.span.duration > 2.5]
    n = min(len(theirs), round(len(mine) * share / (1 - share)))
    taken = set(rng.choice(theirs, n, replace=False).tolist()) if n else set()
    turns = tuple(replace(u, speaker=who) if i in taken else u for i, u in enumerate(true.utterances))
    wrong = replace(true, utterances=turns)
    foreign = [true.utterances[i].span for i in taken]
    unheard, heard = proposal(wrong, who), proposal(wrong, who, recording, encoder=ENCODER)
    own_out = total([each.span for each in heard.left_out]) - total(
        intersect([e.span for e in heard.left_out], foreign)
    )
    refused = [_refused(recording, heard, known) for known in ((), (clip,))]
    shares = [total(intersect(each.spans, foreign)) / max(each.seconds, 1e-9) for each in (unheard, heard)]
    return [*shares, *refused, own_out / max(own_out + heard.seconds, 1e-9)]


def _refused(recording: Recording, heard: Proposal, known: Sequence[Path]) -> bool:
    with TemporaryDirectory() as folder, VoiceBook.open(Path(folder) / "book") as book:
        if known:
            book.enroll(heard.name, *known, force=True, encoder=ENCODER)
        try:
            remember(book, recording, heard, encoder=ENCODER)
        except EnrolmentError:
            return True
    return False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("names", "counter", "mistakes"))
    parser.add_argument("--shared", type=Path, default=SHARED)
    args = parser.parse_args()
    the_shared_folder(args.shared)
    {"names": names, "counter": counter, "mistakes": mistakes}[args.what](args.shared)


if __name__ == "__main__":
    main()
