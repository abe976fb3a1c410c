"""Where recognisers' models live, and which there are.

A model is a folder that CTranslate2 and faster-whisper can load. It is looked for, in this order:

    1. the folder given (a known name always means the known model)
    2. bigvoice/models/NAME in the user's data folder, where `fetch` puts it
    3. the Hugging Face cache, if the model lies there whole

Only `fetch` touches the network. Looking is done on paths alone, so that nothing heavy is imported for it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from platformdirs import user_data_path

from bigvoice.errors import ModelError
from bigvoice.progress import Hook, silent

NEEDED = ("model.bin", "config.json", "tokenizer.json", "vocabulary.*")
"""Files without which a folder is no model. (preprocessor_config.json may be missing: then it hears 80 mel bands.)"""

_LANGUAGES = "99 languages"


@dataclass(frozen=True, slots=True)
class Model:
    """A model that can be fetched.

    parameters: in millions, as its makers publish it. expect: how good its text is, in words; the makers' own order.
    """

    name: str
    repository: str
    parameters: int
    languages: str
    expect: str

    @property
    def megabytes(self) -> int:
        """On disk, about: two bytes a parameter (float16)."""
        return 2 * self.parameters


@dataclass(frozen=True, slots=True)
class Installed:
    """A model that is on this machine."""

    name: str
    folder: Path

    @property
    def megabytes(self) -> int:
        """On disk, measured."""
        return round(sum(file.stat().st_size for file in self.folder.iterdir() if file.is_file()) / 1e6)


@dataclass(frozen=True, slots=True)
class Row:
    """A model as it is shown; `folder` is None where it is not on this machine."""

    name: str
    megabytes: int
    languages: str
    expect: str
    folder: Path | None


_ROUGH = "rough: expect many wrong words"
_FAIR = "fair: expect a wrong word in many sentences, above all names and numbers"
_GOOD = "good on clear speech: check names and numbers"
_BEST = "as good as such models get: still check names and numbers"


def _known() -> Mapping[str, Model]:
    systran, distil = "Systran/faster-whisper-", "Systran/faster-distil-whisper-"
    rows = [
        Model("tiny.en", systran + "tiny.en", 39, "en", _ROUGH),
        Model("tiny", systran + "tiny", 39, _LANGUAGES, _ROUGH),
        Model("base.en", systran + "base.en", 74, "en", _ROUGH),
        Model("base", systran + "base", 74, _LANGUAGES, _ROUGH),
        Model("distil-small.en", distil + "small.en", 166, "en", _FAIR),
        Model("small.en", systran + "small.en", 244, "en", _FAIR),
        Model("small", systran + "small", 244, _LANGUAGES, _FAIR),
        Model("distil-medium.en", distil + "medium.en", 394, "en", _GOOD),
        Model("distil-large-v3", distil + "large-v3", 756, "en", _GOOD),
        Model("medium.en", systran + "medium.en", 769, "en", _GOOD),
        Model("medium", systran + "medium", 769, _LANGUAGES, _GOOD),
        Model("turbo", "mobiuslabsgmbh/faster-whisper-large-v3-turbo", 809, _LANGUAGES, _BEST),
        Model("large-v2", systran + "large-v2", 1550, _LANGUAGES, _BEST),
        Model("large-v3", systran + "large-v3", 1550, _LANGUAGES, _BEST),
    ]
    return {row.name: row for row in rows}


KNOWN: Mapping[str, Model] = _known()
"""What can be fetched, from rough to best; of equals, the one that knows more languages comes later."""


def models_folder() -> Path:
    """Where fetched models live: bigvoice/models in the user's data folder."""
    return user_data_path("bigvoice", appauthor=False) / "models"


def missing(folder: Path) -> list[str]:
    """The needed files that the folder lacks; empty ones count as lacking."""
    return [name for name in NEEDED if not any(f.is_file() and f.stat().st_size for f in folder.glob(name))]


def installed() -> list[Installed]:
    """Every whole model on this machine that has a name: the known ones from rough to best, then the user's own."""
    ours = models_folder()
    own = sorted(f.name for f in ours.iterdir() if f.is_dir() and f.name[0] != ".") if ours.is_dir() else []
    names = dict.fromkeys([*KNOWN, *own])
    return [Installed(name, folder) for name in names if (folder := _find(name))]


def overview() -> list[Row]:
    """Every model that is known or on this machine, in the order of `installed`."""
    here = {model.name: model for model in installed()}
    rows = []
    for name in dict.fromkeys([*KNOWN, *here]):
        known, local = KNOWN.get(name), here.get(name)
        rows.append(
            Row(
                name,
                megabytes=local.megabytes if local else KNOWN[name].megabytes,
                languages=known.languages if known else "not known",
                expect=known.expect if known else "not known",
                folder=local.folder if local else None,
            )
        )
    return rows


def best() -> Installed | None:
    """The model to take where nobody chose: the last of `installed`'s known ones, else the user's own largest."""
    there = installed()
    known = [model for model in there if model.name in KNOWN]
    return known[-1] if known else max(there, key=lambda model: (model.megabytes, model.name), default=None)


def locate(name: str) -> Path:
    """The folder of a model, by its name or by the folder itself.

    Raises ModelError for a name that is not known, a model that is not on this machine and a folder that lacks files.
    """
    folder = Path(name).expanduser()
    is_path = folder.is_absolute() or len(folder.parts) > 1
    if folder.is_dir() and name not in KNOWN and (is_path or not missing(folder)):
        return _whole(folder)
    if not is_path and (found := _find(name)):
        return found
    if is_path:
        raise ModelError(f"no folder {folder}: give the folder of a converted Whisper model, or a name: {_names()}")
    if (models_folder() / name).is_dir():
        return _whole(models_folder() / name)
    if name in KNOWN:
        raise ModelError(f"the model {name!r} is not on this machine: `bigvoice models fetch {name}` gets it")
    raise ModelError(f"no model called {name!r}: there are {_names()}; `bigvoice models fetch NAME` gets one")


def fetch(name: str, hook: Hook = silent, *, endpoint: str | None = None) -> Path:
    """Downloads a known model into the user's data folder, unless it is there; the one place that uses the network.

    It is put together in a folder beside its place and renamed when it is whole; what a broken download left is taken
    up again by the next. hook: stage "fetch", bytes. endpoint: another server than huggingface.co.
    Raises ModelError for an unknown name, without network, and where the folder cannot be written.
    """
    if name not in KNOWN:
        raise ModelError(f"no model called {name!r} to fetch: there are {', '.join(KNOWN)}")
    place = models_folder() / name
    if place.is_dir() and not missing(place):
        return place
    parts = place.with_name(f".{name}.part")
    try:
        parts.mkdir(parents=True, exist_ok=True)
        import_module("bigvoice.transcription.hub").download(KNOWN[name].repository, parts, hook, endpoint)
        if lacks := missing(parts):
            raise ModelError(f"the download of {name!r} ended without {', '.join(lacks)}: try again")
        return _settle(parts, place)
    except OSError as error:
        raise ModelError(f"cannot write the model {name!r} to {place.parent}: {error.strerror or error}") from error


def _settle(parts: Path, place: Path) -> Path:
    """Renames a whole model to its place; a half one that lies there makes way, a whole one (another fetch) stays."""
    shutil.rmtree(parts / ".cache", ignore_errors=True)  # the hub's notes on the download
    if place.is_dir() and not missing(place):
        return place
    if place.is_dir():
        place.rename(place.with_name(f".{place.name}.broken-{os.getpid()}"))
    parts.rename(place)
    return place


def _whole(folder: Path) -> Path:
    if lacks := missing(folder):
        raise ModelError(
            f"the model folder {folder} lacks {', '.join(lacks)}: it must hold {', '.join(NEEDED)},"
            " as `bigvoice models convert` writes them"
        )
    return folder


def _find(name: str) -> Path | None:
    """The folder of a whole model of that name: ours first, then the Hugging Face cache."""
    places = [models_folder() / name, *(_cached(KNOWN[name].repository) if name in KNOWN else [])]
    return next((place for place in places if place.is_dir() and not missing(place)), None)


def _cached(repository: str) -> list[Path]:
    """Snapshots of a repository in the Hugging Face cache, the one that its branch "main" stands at first."""
    home = os.environ.get("HF_HOME") or Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")) / "huggingface"
    cache = Path(os.environ.get("HF_HUB_CACHE") or Path(home) / "hub").expanduser()
    folder = cache / f"models--{repository.replace('/', '--')}"
    main = folder / "refs" / "main"
    newest = [folder / "snapshots" / main.read_text().strip()] if main.is_file() else []
    return [*newest, *sorted((folder / "snapshots").glob("*"))]


def _names() -> str:
    return ", ".join(dict.fromkeys([*KNOWN, *(model.name for model in installed())]))
