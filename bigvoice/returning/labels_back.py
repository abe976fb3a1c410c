"""Labels that came back: speakers that were renamed in a document, and turns that were given to somebody else."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from bigvoice.documents.docx_keys import speaker_key
from bigvoice.documents.line import one_line
from bigvoice.minutes.corrections import Assign, Correction, Merge, Place, Rename
from bigvoice.minutes.minutes import Minutes, Speaker
from bigvoice.minutes.naming import NUMBERED, free_id, plain
from bigvoice.minutes.shares import talk_shares
from bigvoice.returning.came_back import CameBack
from bigvoice.returning.comparison import WORDINGS, Comparison, Expected, Match

_NUMBER = re.compile(rf"({'|'.join(NUMBERED)}) ?\d+")
"""What stands for a name where there is none."""

Groups = Mapping[str, Mapping[str, Sequence[Match]]]


def labels_taken(
    back: CameBack,
    matches: Sequence[Match],
    expected: Sequence[Expected],
    states: tuple[Minutes, Minutes],
    comparison: Comparison,
) -> list[Correction]:
    """A name that changed everywhere, or in the list of speakers, is the speaker's; elsewhere, the turns change hands.

    A name that another speaker bears makes the two one. Turns change hands first, then speakers their names.
    states: what the document was made of, and the minutes as they are now.
    """
    base, now = states
    taken = {speaker.id for speaker in (*base.speakers, *now.speakers)}
    borne = {plain(label) for _, label in _labels(base)}
    groups, kept = _changed(back, matches, expected, comparison, borne)
    names = dict(_names(back, base, comparison))
    for speaker, labels in groups.items():
        if speaker not in names and speaker not in kept and len(labels) == 1:
            names[speaker] = next(iter(labels))
    roles = _roles(back, base, comparison)
    for nameless in (speaker for speaker in base.speakers if speaker.name is None and speaker.id not in names):
        if role := roles.get(nameless.id):
            comparison.untaken.tell(comparison.untaken.wording.label(nameless), "role", role)
    renamed = list(_renamed(names, roles, base))
    given = list(_given(groups, names, states, taken))
    new = [each for each in given if isinstance(each, Rename)]
    return [*(each for each in given if isinstance(each, Assign)), *new, *renamed]


def _changed(
    back: CameBack,
    matches: Sequence[Match],
    expected: Sequence[Expected],
    comparison: Comparison,
    borne: Collection[str],
) -> tuple[Groups, set[str]]:
    """By speaker: the new labels with what bears them; and the speakers of whom something keeps its label.

    borne: the labels that somebody has.
    """
    groups: dict[str, dict[str, list[Match]]] = defaultdict(lambda: defaultdict(list))
    kept: set[str] = set()
    labelled = sum(match.passage.label is not None for match in matches) > len(matches) / 2
    for match in matches:
        label, speaker = match.passage.label, match.expected.speaker
        if label is None:
            if labelled:
                comparison.untaken.tell(match.passage.where, "nameless")
            continue
        same = not label.digest and label.text.casefold() in map(str.casefold, match.expected.labels)
        if same or not comparison.changed(label, match.expected.labels, match.passage.where):
            kept.add(speaker)
        elif (name := _name(label.text)) and (plain(name) in borne or not _NUMBER.fullmatch(plain(name))):
            groups[speaker][name].append(match)
        else:
            kept.add(speaker)
            comparison.untaken.tell(match.passage.where, "nameless")
    if back.by_turn:  # rows may have been left out
        seen = {id(match.expected) for match in matches}
        kept |= {each.speaker for each in expected if id(each) not in seen}
    return groups, kept


def _name(label: str) -> str:
    """A label as the name of a person: without the question mark of a suggestion, or the colon of a speech."""
    return one_line(label).rstrip(":?").rstrip()


def _names(back: CameBack, base: Minutes, comparison: Comparison) -> Iterator[tuple[str, str]]:
    """Who was renamed in the list of speakers; where a key is lost, the row tells who it is."""
    known = {speaker_key(speaker.id).partition("_")[2]: speaker for speaker in base.speakers}
    order = [row.speakers[0] for row in talk_shares(base).speakers]
    heard = {speaker.name for speaker in base.speakers}
    n_rows = len(order) + len({name for name in base.attendees if name not in heard})
    heading = len(back.names) - n_rows
    found = {known[place] for place, _ in back.names if place in known}
    for row, (place, said) in enumerate(back.names):
        speaker = known.get(place or "")
        if place is None and heading in (0, 1) and 0 <= row - heading < len(order):
            speaker = order[row - heading] if order[row - heading] not in found else None
        if speaker and (name := _name(said.text)):
            labels = [one_line(wording.label(speaker)) for wording in WORDINGS]
            shown = comparison.untaken.wording.label(speaker)
            if not comparison.changed(said, labels, shown):
                continue
            if _NUMBER.fullmatch(plain(name)):
                comparison.untaken.tell(shown, "nameless")
            else:
                yield speaker.id, name


def _roles(back: CameBack, base: Minutes, comparison: Comparison) -> dict[str, str]:
    """Roles that were changed, by speaker."""
    known = {speaker_key(speaker.id).partition("_")[2]: speaker for speaker in base.speakers}
    changed = [(known.get(place), said) for place, said in back.roles]
    return {
        speaker.id: one_line(said.text)
        for speaker, said in changed
        if speaker and comparison.changed(said, _shown(speaker), comparison.untaken.wording.label(speaker))
    }


def _shown(speaker: Speaker) -> list[str]:
    """How a document may show a role."""
    return [speaker.role or "", *(one_line(wording.role_of(speaker)) for wording in WORDINGS)]


def _renamed(names: Mapping[str, str], roles: Mapping[str, str], base: Minutes) -> Iterator[Correction]:
    bearers = {plain(name): bearer for bearer, name in _labels(base) if bearer not in names}
    for speaker, name in names.items():
        into = bearers.get(plain(name))
        if into is None:
            yield Rename(speaker, name, roles.get(speaker))
            bearers[plain(name)] = speaker
        else:
            yield Merge(speaker, into)
    for speaker, role in roles.items():
        name = base.speaker(speaker).name or ""
        if speaker not in names and name:
            yield Rename(speaker, name, role)


def _given(
    groups: Groups, names: Mapping[str, str], states: tuple[Minutes, Minutes], taken: set[str]
) -> Iterator[Assign | Rename]:
    """Turns that change hands; a name that nobody has makes a new speaker."""
    base, now = states
    bearers = {plain(name): bearer for minutes in (now, base) for bearer, name in _labels(minutes)}
    bearers |= {plain(name): bearer for bearer, name in names.items()}
    for speaker, labels in groups.items():
        for name, matches in labels.items():
            if plain(name) == plain(names.get(speaker, "")):
                continue
            to = bearers.get(plain(name))
            if to is None:
                to = bearers[plain(name)] = free_id("s", taken)
                taken.add(to)
                yield Rename(to, name)
            if to != speaker:
                yield from (Assign(Place.of(turn), to) for match in matches for turn in match.expected.turns)


def _labels(base: Minutes) -> Iterator[tuple[str, str]]:
    """Everybody's labels, the first speaker's of a name last, so that it holds."""
    for speaker in reversed(base.speakers):
        for wording in WORDINGS:
            yield speaker.id, wording.label(speaker)
