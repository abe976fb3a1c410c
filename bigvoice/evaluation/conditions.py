"""Conditions: the circumstances under which a recogniser is tried: in quiet, in noise from near, in noise from far.

    quiet   the recording as it is
    near    a speaker close to the microphone: noise laid under the recording
    far     a speaker across the room: the recording as a room lets it be heard, and noise under that

What noise and which room: see `bigvoice.evaluation.surroundings`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from bigvoice.errors import SettingsError

QUIET, NEAR, FAR = "quiet", "near", "far"
NAMES = (QUIET, NEAR, FAR)

SNRS = (15.0, 5.0)
"""Decibels that speech lies above noise, from near and from far."""

ALL, RATIOS = ",".join(NAMES), ",".join(f"{snr:g}" for snr in SNRS)
"""The same as the command line writes it."""

WIDEST_DB = 100.0
"""16 bits hold 96 dB: with noise further below or above the speech than this, there is none of the one or the other."""


@dataclass(frozen=True, slots=True)
class Condition:
    """snr_db: how far above the noise the speech is at the microphone, by mean power over the utterance; None: no
    noise. in_room: heard across a room.
    """

    name: str
    snr_db: float | None = None
    in_room: bool = False

    def __str__(self) -> str:
        """In words.

        >>> str(Condition("far", 5.0, in_room=True))
        'far: across a room, noise 5 dB below the speech'
        """
        where = ["across a room"] if self.in_room else []
        noise = [] if self.snr_db is None else [f"noise {self.snr_db:g} dB below the speech"]
        return f"{self.name}: {', '.join(where + noise) or 'as recorded'}"


def conditions(near_db: float = SNRS[0], far_db: float = SNRS[1]) -> tuple[Condition, Condition, Condition]:
    """All three, with these ratios of speech to noise."""
    return Condition(QUIET), Condition(NEAR, near_db), Condition(FAR, far_db, in_room=True)


def chosen(names: str = ALL, snr: str = RATIOS) -> tuple[Condition, ...]:
    """Conditions as the command line writes them: names, in the order wanted, and the ratios from near and from far.

    Raises SettingsError.

    >>> chosen("quiet,near", "20,10")
    (Condition(name='quiet', snr_db=None, in_room=False), Condition(name='near', snr_db=20.0, in_room=False))
    """
    known = {each.name: each for each in conditions(*_ratios(snr))}
    wanted = dict.fromkeys(name.strip() for name in names.split(",") if name.strip())
    unknown = [name for name in wanted if name not in known]
    if unknown or not wanted:
        said = f"no condition called {unknown[0]!r}" if unknown else "no condition is named"
        raise SettingsError(f"--conditions: {said}; there are {', '.join(known)}")
    return tuple(known[name] for name in wanted)


def _ratios(snr: str) -> tuple[float, float]:
    try:
        near, far = (float(each) for each in snr.split(","))
    except ValueError:
        near = far = math.nan
    if not (abs(near) <= WIDEST_DB and abs(far) <= WIDEST_DB):
        raise SettingsError(
            f"--snr is two numbers of decibels up to {WIDEST_DB:g}, from near and from far, as in 15,5; not {snr!r}"
        )
    return near, far
