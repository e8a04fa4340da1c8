"""Opening things: presets, experiments, runs, and data that was dropped, all of which become a Start."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from ganstudio.gui.opening.fetcher import Fetcher
from ganstudio.gui.opening.paths import is_game, is_run, whole_of
from ganstudio.presets import ExperimentError, experiment_for, load_experiment, load_preset
from ganstudio.run import is_group, run_and_step
from ganstudio.training.messages import Start, StartGroup

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ganstudio.experiment import DatasetSpec, Experiment
    from ganstudio.modalities import Modality

KINDS = (
    "Data and runs (*.zip *.tar *.gz *.tgz *.xz *.npy *.npz *.csv *.tsv *.txt *.toml *.png *.jpg *.jpeg *.bmp "
    "*.webp *.tif *.tiff *.gif *.avif *.bin *.mat *.h5 *.hdf5 *.parquet *.mp4 *.mov *.mkv *.webm *.avi "
    "*.wav *.flac *.mp3 *.ogg *.opus *.aif *.aiff);;All files (*)"
)

_LOOK = QFileDialog.Option.ReadOnly
"""Qt's own dialog would move, rename and delete files as well."""


class Opener(QObject):
    """Finds out what is to be opened. ``wanted`` carries the Start or StartGroup.

    ``told`` carries something to say, and whether it's bad; ``found`` the paths of data, a tuple, which are to be
    looked at before they are trained on.

    current: the experiment in force, which lends its networks and recipe to data that they fit.
    """

    wanted = Signal(object)
    told = Signal(str, bool)
    found = Signal(tuple)

    def __init__(self, window: QWidget, runs: Path, current: Callable[[], Experiment | None]) -> None:
        super().__init__(window)
        self._window = window
        self._runs = runs
        self._current = current
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
        from ganstudio.data.known.known import missing  # with numpy: not before the window is painted

        def start() -> None:
            self.wanted.emit(Start(experiment=experiment, runs=self._runs))

        if (wanted := missing(experiment.dataset)) is None:
            start()
        else:
            self.fetcher.offer(wanted, start)

    def data(
        self,
        spec: DatasetSpec,
        modality: Modality,
        name: str = "",
        *,
        classes: bool = False,
        partners: Modality | None = None,
        game: str = "",
    ) -> None:
        """Make an experiment on a dataset ready, of such samples, with classes or not, alone or with partners.

        game: the preset whose networks and recipe are wanted; empty: those of the experiment in force, where they suit.
        """
        current = self._current()
        if game:
            kept = {} if current is None else {name: getattr(current, name) for name in ("seed", "device", "measures")}
            current = load_preset(game).model_copy(update=kept)
        self.experiment(experiment_for(spec, modality, current, classes=classes, partners=partners, name=name))

    def path(self, path: Path) -> None:
        """Open whatever lies at a path: a run, an experiment, or data to train on."""
        if is_run(path):
            path = whole_of(path)
            run, step = run_and_step(path)
            group = is_group(run)
            self.wanted.emit(StartGroup(resume=path, runs=self._runs) if group else Start(resume=run, at=step))
        elif path.suffix.lower() == ".toml":
            try:
                self.experiment(load_experiment(path))
            except (ExperimentError, OSError) as error:
                self.told.emit(str(error), True)
        else:
            self.found.emit((path,))

    def paths(self, paths: Sequence[Path]) -> None:
        """Open what lies at one path or at several, which then are one dataset."""
        if len(paths) == 1:
            self.path(paths[0])
        elif games := [path for path in paths if is_game(path)]:
            self.told.emit(f"One run or experiment can be opened at a time; {len(games)} of these are some.", True)
        else:
            self.found.emit(tuple(paths))

    def ask(self) -> None:
        """Let the user choose files."""
        names, _ = QFileDialog.getOpenFileNames(self._window, "Open data or a run", "", KINDS, options=_LOOK)
        chosen = [Path(name) for name in names]
        if chosen:
            described = ("experiment.toml", "group.toml")
            runs = [path.parent if path.name in described and is_run(path.parent) else path for path in chosen]
            self.paths(runs)

    def ask_folder(self) -> None:
        """Let the user choose a folder, of images or sounds, or of a run."""
        options = _LOOK | QFileDialog.Option.ShowDirsOnly
        title = "Open a folder of images or sounds, or a run"
        if name := QFileDialog.getExistingDirectory(self._window, title, options=options):
            self.path(Path(name))

    def close(self) -> None:
        """Stop what is being fetched, and wait until nothing is."""
        self.fetcher.close()
