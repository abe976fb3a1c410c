"""Learning log: what a training says of itself: a CSV file, TensorBoard's events, and a picture of its curves."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from bigvoice.errors import TrainingError

FILE, PICTURE, EVENTS = "log.csv", "learning.png", "tensorboard"
STEP = "step"

Row = Mapping[str, float]


class LearningLog:
    """Rows of figures by step. columns: what rows may hold, besides the step; a row may lack some."""

    def __init__(self, folder: Path, columns: Sequence[str], *, since: int = 0) -> None:
        """Begin a log, or go on with the one in the folder: rows after the step `since` are of a run that was lost."""
        from torch.utils.tensorboard import SummaryWriter

        self.folder, self.columns = folder, (STEP, *columns)
        kept = [row for row in rows(folder / FILE) if row[STEP] <= since] if since else []
        self._write(kept, "w")
        self._events = SummaryWriter(str(folder / EVENTS), purge_step=since + 1 if since else None)

    def add(self, step: int, values: Row) -> None:
        """A row, kept at once. Raises TrainingError where it cannot be written."""
        self._write([{STEP: step, **values}], "a")
        for name, value in values.items():
            self._events.add_scalar(name, value, step)
        self._events.flush()

    def close(self) -> None:
        """No more rows follow."""
        self._events.close()

    def _write(self, new: Sequence[Row], mode: str) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with (self.folder / FILE).open(mode, encoding="utf-8", newline="") as stream:
                writer = csv.DictWriter(stream, self.columns, lineterminator="\n")
                if mode == "w":
                    writer.writeheader()
                writer.writerows([{name: f"{value:.6g}" for name, value in row.items()} for row in new])
        except OSError as error:
            raise TrainingError(f"the log {self.folder / FILE} cannot be written: {error.strerror}") from error


def rows(path: Path) -> list[dict[str, float]]:
    """The rows of a log, oldest first, each with what it has; [] where there is none."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        return [{name: float(value) for name, value in row.items() if value} for row in csv.DictReader(stream)]


def draw(folder: Path, losses: Sequence[str], rates: Sequence[str], title: str) -> Path:
    """The picture of a folder's log: losses above, error rates (shares, drawn in per cent) below, by step."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    found = rows(folder / FILE)
    figure = Figure(figsize=(7, 6), layout="constrained")
    FigureCanvasAgg(figure)
    above, below = figure.subplots(2, 1, sharex=True)
    for axes, names, factor, label in ((above, losses, 1, "loss"), (below, rates, 100, "error, %")):
        for name in names:
            points = [(row[STEP], factor * row[name]) for row in found if name in row]
            if points:
                axes.plot(*zip(*points, strict=True), label=name.replace("_", " "), marker="." if factor > 1 else "")
        axes.set_ylabel(label)
        axes.grid(alpha=0.3)
        if axes.lines:
            axes.legend()
    below.set_xlabel("step")
    above.set_title(title)
    figure.savefig(folder / PICTURE, dpi=100)
    return folder / PICTURE
