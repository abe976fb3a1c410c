"""Where DeepSpeech2's files are found by a name: what ships, and what the user put into the models folder.

A name stands for bigvoice/models/NAME.onnx in the user's data folder (see `bigvoice models where`), or for a file that
ships. Looking is done on paths alone, so that nothing heavy is imported for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from bigvoice.errors import ModelError
from bigvoice.transcription.store import Row, models_folder

PREFIX = "deepspeech2"
"""What shipped files begin with, as other networks lie beside them: deepspeech2_words.onnx is called "words"."""


def find(name: str) -> Path | None:
    """The file of that path, or else of that name; None where there is none."""
    if not name:
        return None
    file = Path(name).expanduser()
    return file if file.is_file() else installed().get(name)


def installed() -> dict[str, Path]:
    """Every file that has a name; the user's own goes before a shipped one of the same name."""
    with resources.as_file(resources.files("bigvoice.models")) as shipped:
        files = [*sorted(shipped.glob(f"{PREFIX}*.onnx")), *sorted(models_folder().glob("*.onnx"))]
    return {file.stem.removeprefix(f"{PREFIX}_"): file for file in files}


def overview() -> Iterator[Row]:
    """Each as `bigvoice models list` shows it; opened, to be asked what it says of itself."""
    from bigvoice.transcription.deepspeech2_file import Network

    for name, file in installed().items():
        megabytes = round(file.stat().st_size / 1e6)
        try:
            facts = Network(file).facts
            yield Row(f"{PREFIX}:{name}", megabytes, facts.language, facts.expect, file)
        except ModelError:  # it lies there and cannot be used: to be seen, too
            yield Row(f"{PREFIX}:{name}", megabytes, "not known", "broken: no DeepSpeech2 of bigvoice", file)
