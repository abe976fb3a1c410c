"""Backgrounds of encoders that bigvoice does not ship: kept when somebody has learnt one, else assumed.

A background belongs to one encoder. For a network from elsewhere it is learnt by
`bigvoice train background FOLDER --encoder ...` (`bigvoice.training.listening`) and kept in the user's data folder
under the encoder's name, which has the network's version in it: another version has none.

Without one, nothing is known of how alike strangers sound to the encoder. Then a voice is compared with the people who
are enrolled and with directions drawn at random, to which it is unlike as long as the network spreads voices around its
origin. That gives an order of who it might be, and no probability; so names are suggested and never given.
"""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from platformdirs import user_data_path

from bigvoice.diarization.clustering import unit
from bigvoice.errors import ModelError
from bigvoice.minutes.whole_file import write_whole
from bigvoice.voices.background import Background

N_DIRECTIONS = 500
STEEPNESS = 2.0
"""Natural logarithm of the odds for each unit of an SVM's margin, which is 1 at the person's own windows: odds of 7 to
1 there. Set by judgement."""
ALIKE = 0.45
"""pyannote's own threshold (speaker-diarization-3.1) is a distance of 0.70 between two voices' mean directions, a
cosine of 0.75; between windows it is less, by the cosine of windows of one voice, taken as 0.6. By judgement."""
SEED = 20261121


class Assumed(Background):
    """A background that nobody has learnt."""


def folder() -> Path:
    """Where learnt ones are kept: bigvoice/backgrounds in the user's data folder."""
    return user_data_path("bigvoice", appauthor=False) / "backgrounds"


def find(encoder: str, dim: int) -> Background:
    """The background of the encoder of that name. Raises ModelError for a kept one that cannot be read."""
    file = _file(encoder)
    if not file.exists():
        return assumed(dim)
    try:
        # numpy leaves a file open that is damaged: it is handed its bytes
        with np.load(io.BytesIO(file.read_bytes()), allow_pickle=False) as kept:
            cohort = unit(kept["cohort"].astype(np.float32))
            background = Background(cohort, kept["calibration"], float(kept["alike"]), kept.get("cosine"))
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise ModelError(f"{file} cannot be read as a background: remove it, and learn it anew") from error
    if cohort.ndim != 2 or cohort.shape[1] != dim or background.calibration.shape != (6,):
        raise ModelError(f"{file} does not fit the encoder {encoder}: remove it, and learn it anew")
    return background


def keep(encoder: str, background: Background) -> Path:
    """Write what was learnt for an encoder; its file. Raises OSError."""
    file, packed = _file(encoder), io.BytesIO()
    arrays: dict[str, Any] = {
        "cohort": background.cohort.astype(np.float16),
        "calibration": background.calibration,
        "alike": background.alike,
    }
    if background.cosine is not None:
        arrays["cosine"] = background.cosine
    np.savez_compressed(packed, **arrays)
    file.parent.mkdir(parents=True, exist_ok=True)
    write_whole(file, packed.getvalue())
    return file


def assumed(dim: int) -> Background:
    """What is assumed of an encoder with so many numbers a voice."""
    directions = np.random.default_rng(SEED).standard_normal((N_DIRECTIONS, dim))
    return Assumed(unit(directions), np.array([0.0, STEEPNESS, 0.0, 0.0, 0.0, 0.0]), ALIKE)


def notice(encoder: str, background: Background) -> str:
    """What readers of the names are to know; "" where the background was learnt."""
    if not isinstance(background, Assumed):
        return ""
    return (
        f"Names are only suggested, as it is not known how alike strangers sound to the encoder {encoder}; to learn it"
        " from recordings in a folder for each speaker: bigvoice train background FOLDER --encoder ENCODER."
    )


def _file(encoder: str) -> Path:
    return folder() / (re.sub(r"[^\w.@-]", "_", encoder) + ".npz")
