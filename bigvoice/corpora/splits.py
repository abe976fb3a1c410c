"""Splits: what is learnt from, what is watched meanwhile and what is measured at the end, without a common speaker.

A recogniser that has heard a voice knows it: a test with it would promise too much. So a speaker, whole, goes to one
part. Who goes where depends on the hash of the speaker's name, and so is the same each time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bigvoice.corpora.manifest import Entry
from bigvoice.errors import CorpusError

TRAIN, DEV, TEST = PARTS = ("train", "dev", "test")
FOLDERS = 10
"""From so many folders on, recordings without a speaker go with their folder; below, shares would come out too coarse
and each goes by itself."""


def assign(hours: Mapping[str, float], shares: Mapping[str, float]) -> dict[str, str]:
    """A part for each group. hours: of each group, in any unit. shares: of all parts but TRAIN, which takes the rest.

    In the order of their hashes groups go into a part while they fit into its share, and then the one that brings it
    nearest: it misses its share by at most half of the smallest group that is left. Raises CorpusError where there are
    fewer groups than parts.
    """
    wanted = {part: share for part, share in shares.items() if share > 0}
    if len(hours) <= len(wanted):
        raise CorpusError(
            f"too few speakers ({len(hours)}) for {len(wanted) + 1} parts that share none: take more speakers, or fewer"
            " parts (--dev 0, --test 0)"
        )
    total, left, found = sum(hours.values()), sorted(hours, key=_hash), dict[str, str]()
    for n_after, (part, share) in zip(range(len(wanted), 0, -1), wanted.items(), strict=True):
        chosen = _filled({group: hours[group] for group in left}, share * total, len(left) - n_after)
        found |= dict.fromkeys(chosen, part)
        left = [group for group in left if group not in found]
    return found | dict.fromkeys(left, TRAIN)


def by_hash(name: str, shares: Mapping[str, float]) -> str:
    """The part of one of very many, by its hash alone.

    >>> by_hash("a.wav", {DEV: 0.5, TEST: 0.5}) in (DEV, TEST)
    True
    """
    place = int.from_bytes(_hash(name)[:8]) / 2**64
    for part, share in shares.items():
        if place < share:
            return part
        place -= share
    return TRAIN


@dataclass
class Groups:
    """The seconds of each speaker, and of each folder with recordings whose speaker nobody knows."""

    speakers: dict[str, float] = field(default_factory=dict)
    folders: dict[str, float] = field(default_factory=dict)
    n_unknown: int = 0

    def watch(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """The entries as they come, counted on the way."""
        for entry in entries:
            groups, group = (self.speakers, entry.speaker) if entry.speaker else (self.folders, _folder(entry.path))
            groups[group] = groups.get(group, 0.0) + entry.seconds
            self.n_unknown += not entry.speaker
            yield entry

    @property
    def grouping(self) -> str:
        """In words, what recordings without a speaker go by; "" where there are none."""
        if not self.n_unknown:
            return ""
        what = "its folder" if len(self.folders) >= FOLDERS else "itself"
        return (
            f"{self.n_unknown:,} recordings have no speaker: each went by {what}, and one voice may be in several parts"
        )


class Placing:
    """Entry -> part, for all entries that the groups have seen."""

    def __init__(self, groups: Groups, shares: Mapping[str, float]) -> None:
        """shares: of DEV and TEST. Raises CorpusError where there are too few speakers."""
        self._shares = shares
        self._by_folder = len(groups.folders) >= FOLDERS
        known = {f"speaker {name}": seconds for name, seconds in groups.speakers.items()}
        if self._by_folder:
            known |= {f"folder {name}": seconds for name, seconds in groups.folders.items()}
        self._parts = assign(known, shares) if known else {}

    def __call__(self, entry: Entry) -> str:
        """TRAIN, DEV or TEST."""
        if entry.speaker:
            return self._parts[f"speaker {entry.speaker}"]
        if self._by_folder:
            return self._parts[f"folder {_folder(entry.path)}"]
        return by_hash(entry.path.name, self._shares)


def _filled(hours: Mapping[str, float], target: float, most: int) -> list[str]:
    """Groups of about `target` together: at least one, at most `most`. hours: in the order to take them."""
    chosen: list[str] = []
    total = 0.0
    for group, length in hours.items():
        if len(chosen) < most and total + length <= target:
            chosen.append(group)
            total += length
    taken = set(chosen)
    rest = [group for group in hours if group not in taken]
    if rest and len(chosen) < most:
        nearest = min(rest, key=lambda group: abs(total + hours[group] - target))
        if not chosen or abs(total + hours[nearest] - target) < abs(total - target):
            chosen.append(nearest)
    return chosen


def _hash(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


def _folder(path: Path) -> str:
    """Its last two names: the same wherever the corpus lies."""
    return "/".join(path.parts[-3:-1])
