"""Opening things: presets, experiments, runs, and data that was dropped, all of which become a Start."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from ganstudio.gui.fetching import Fetcher
from ganstudio.gui.importing import Found, Importer, is_run, run_of
from ganstudio.presets import ExperimentError, experiment_for, load_experiment, load_preset
from ganstudio.training.messages import Start

if TYPE_CHECKING:
    from collections.abc import Callable

    from ganstudio.experiment import DatasetSpec, Experiment

KINDS = (
    "Data and runs (*.zip *.tar *.gz *.tgz *.xz *.npy *.npz *.csv *.tsv *.txt *.toml *.png *.jpg *.jpeg *.bmp "
    "*.webp *.tif *.tiff *.gif *.avif *.bin *.mat *.h5 *.hdf5 *.parquet *.mp4 *.mov *.mkv *.webm *.avi);;All files (*)"
)


class Opener(QObject):
    """Finds out what is to be opened. ``wanted`` carries the Start; ``told`` something to say, and whether it's bad.

    current: the experiment in force, which lends its networks and recipe to data that they fit.
    """

    wanted = Signal(object)
    told = Signal(str, bool)

    def __init__(self, window: QWidget, runs: Path, current: Callable[[], Experiment | None]) -> None:
        super().__init__(window)
        self._window = window
        self._runs = runs
        self._current = current
        self.importer = Importer(self)
        self.importer.found.connect(self._open_found)
        self.importer.refused.connect(lambda why: self.told.emit(why, True))
        self.fetcher = Fetcher(window)
        self.fetcher.refused.connect(lambda why: self.told.emit(why, True))

    def preset(self, name: str) -> None:
        """Make a preset ready."""
        try:
            self.experiment(load_preset(name))
        except ExperimentError as error:
            self.told.emit(str(error), True)

    def experiment(self, experiment: Experiment) -> None:
        """Make an experiment ready, in a run of its own; data that are not here are offered to be fetched first."""
        from ganstudio.data.known import missing  # with numpy: not before the window is painted

        def start() -> None:
            self.wanted.emit(Start(experiment=experiment, runs=self._runs))

        if (wanted := missing(experiment.dataset)) is None:
            start()
        else:
            self.fetcher.offer(wanted, start)

    def data(self, spec: DatasetSpec, shape: tuple[int, ...], name: str = "") -> None:
        """Make an experiment on a dataset ready, of samples (2,) or (channels, height, width)."""
        experiment = experiment_for(spec, shape, self._current())
        self.experiment(experiment.model_copy(update={"name": name}) if name else experiment)

    def path(self, path: Path) -> None:
        """Open whatever lies at a path: a run, an experiment, or data to train on."""
        if is_run(path):
            self.wanted.emit(Start(resume=run_of(path)))
        elif path.suffix.lower() == ".toml":
            try:
                self.experiment(load_experiment(path))
            except (ExperimentError, OSError) as error:
                self.told.emit(str(error), True)
        else:
            self.told.emit(f"Looking at {path.name or path}…", False)
            self.importer.look(path)

    def ask(self) -> None:
        """Let the user choose a file."""
        name, _ = QFileDialog.getOpenFileName(self._window, "Open data or a run", "", KINDS)
        if name:
            path = Path(name)
            self.path(path.parent if path.name == "experiment.toml" and is_run(path.parent) else path)

    def close(self) -> None:
        """Forget what is being looked at or fetched, and wait until nothing is."""
        self.importer.close()
        self.fetcher.close()

    def _open_found(self, found: Found) -> None:
        self.data(found.spec, found.shape)
