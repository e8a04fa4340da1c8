"""One run on disk: what was asked for, what was changed on the way, every scalar, checkpoints and pictures."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ganstudio.presets import ExperimentError, dumps, load_experiment
from ganstudio.run import _alarms, _changes, _reading
from ganstudio.run._changes import Change
from ganstudio.run._checkpoints import clear_unfinished
from ganstudio.run._data import FILE as DATA
from ganstudio.run._data import packed_data
from ganstudio.run._disk import sync, write_aside
from ganstudio.run._leftovers import clear_leftovers, leftovers
from ganstudio.run._listing import default_runs
from ganstudio.run._lock import PlaceError, RunError, RunLock, reason
from ganstudio.run._moments import Moments

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path
    from typing import Self

    import numpy as np
    import numpy.typing as npt

    from ganstudio.data.dataset import Dataset
    from ganstudio.experiment import Experiment
    from ganstudio.run._alarms import Alarm, Alarms
    from ganstudio.run._scalars import ScalarStore

EXPERIMENT = "experiment.toml"
ENVIRONMENT = "environment.json"
GROUP = "group.toml"
"""In place of experiment.toml: several games that were trained with one clock."""


class RunFolder:
    """A run's folder. Made with ``create`` or ``open``; the scalars belong to the thread that first touches them.

    checkpoints, samples: the folders for weights and pictures; they exist once the run is written to.
    """

    MARK = EXPERIMENT
    """The file that makes the folder a run."""

    def __init__(self, path: Path, lock: RunLock | None) -> None:
        self.path = path
        self.checkpoints = path / "checkpoints"
        self.samples = path / "samples"
        self._lock = lock
        self._unsynced = False
        self._unwritten: list[Change] = []  # changes that the disk refused
        self._missing: list[str] = []
        self._scalars = self._store(read_only=lock is None)

    def _store(self, *, read_only: bool) -> ScalarStore:
        # With numpy and sqlite: not before the window, which lists runs without opening one, is painted.
        from ganstudio.run._scalars import ScalarStore

        return ScalarStore(self.path, read_only=read_only)

    @classmethod
    def create(
        cls, path: Path, experiment: Experiment, environment: Mapping[str, Any], dataset: Dataset | None = None
    ) -> Self:
        """Begin a run in a new or empty folder and hold it; what a start that died left there is taken over.

        dataset: what it is trained on, to be known again.

        Raises RunError when the folder holds something already or can't be made.
        """
        return cls._begin(path, dumps(experiment), environment, dataset)

    @classmethod
    def _begin(cls, path: Path, described: str, environment: Mapping[str, Any], dataset: Dataset | None = None) -> Self:
        """Begin in a new or empty folder, with ``described`` as the file that makes it a run."""
        check_free(path)
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise PlaceError(f"{path}: a run cannot be made there: {error.strerror}{_elsewhere(path)}") from None
        run = cls(path, RunLock(path))
        try:
            check_free(path)  # once more, now that nobody else can begin one there
            clear_leftovers(path)
            run._make_folders()
            write_aside(path / ENVIRONMENT, json.dumps(dict(environment), indent=2, default=str) + "\n")
            if dataset is not None:
                run.keep_data(dataset)
            # Last, because it is what makes the folder a run.
            write_aside(path / cls.MARK, described)
        except OSError as error:
            run.close()
            raise PlaceError(f"{path}: a run cannot be made there: {reason(error)}{_elsewhere(path)}") from None
        except ValueError:
            run.close()
            raise
        return run

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> Self:
        """Open a run to go on with it and hold it; or only to read it, which may happen next to a writer.

        A damaged file keeps nobody from opening the run: what it held is left out, and ``missing`` says so. A writer
        moves it aside, under another name, and begins a new one.

        Raises RunError when it is no run, or another program is writing it.
        """
        if not os.path.lexists(path / cls.MARK):
            what = f"holds no run: {cls.MARK} is missing" if path.is_dir() else "no such folder"
            raise RunError(f"{path}: {what}")
        if read_only:
            return cls(path, None)
        run = cls(path, RunLock(path))
        try:
            run._make_folders()
            run._missing.extend(_changes.mend(path))
            clear_unfinished(run.checkpoints)
        except OSError as error:
            run.close()
            raise RunError(f"{path}: cannot be written to: {reason(error)}") from None
        except RunError:
            run.close()
            raise
        return run

    @property
    def missing(self) -> tuple[str, ...]:
        """What of the run could not be read so far, in words, a sentence each."""
        return tuple(dict.fromkeys((*self._scalars.missing, *self._missing)))

    def experiment(self) -> Experiment:
        """What was asked for when the run began.

        Raises RunError when it can't be read.
        """
        try:
            return load_experiment(self.path / EXPERIMENT)
        except ExperimentError as error:
            raise RunError(str(error)) from None

    def environment(self) -> dict[str, Any]:
        """What the run was begun on; empty when that isn't known."""
        try:
            return _reading.json_object(self.path / ENVIRONMENT) or {}
        except RunError as error:
            self._missing.append(f"What the run was begun on is not known. {error}.")
            return {}

    def keep_data(self, dataset: Dataset) -> None:
        """Write down which data the run is trained on, where that is not known yet. Raises OSError."""
        self._hold()
        if not (self.path / DATA).exists():
            write_aside(self.path / DATA, packed_data(dataset))

    def keep_alarms(self, step: int, alarms: Sequence[Sequence[Alarm]]) -> None:
        """Write down which alarms hold from ``step`` on, of each game, at once. Raises OSError."""
        self._hold()
        _alarms.keep(self.path, step, alarms)

    def alarms(self, step: int, games: int = 1) -> Alarms | None:
        """Those that held at ``step``, of each of so many games; None where that is not known."""
        return _alarms.kept(self.path, step, games)

    def record_change(self, step: int, path: str, value: Any, *, later: bool = False) -> None:
        """Write down that a live field has a new value from ``step`` on, at once; ``later``: with what is written next.

        Raises OSError where the disk won't; it is kept for the next time.
        """
        self._hold()
        self._unwritten.append(Change(step, path, value))
        if not later:
            self._write_changes()

    def _write_changes(self) -> None:
        if self._unwritten:
            _changes.add(self.path, self._unwritten)
            self._unwritten.clear()
            self._unsynced = True

    def changes(self) -> list[Change]:
        """What was changed by hand, in order.

        A last line cut short by a crash is left out; so is what can't be read, of which ``missing`` tells.
        """
        found, wrong = _changes.read(self.path)
        self._missing.extend(wrong)
        return [*found, *self._unwritten]

    def record_scalars(self, names: Sequence[str], rows: npt.NDArray[np.float64]) -> None:
        """Keep rows (n, 2 + len(names)) of step, seconds, values; safe on disk after ``commit``. No NaN is stored."""
        self._hold()
        self._scalars.record(names, rows)

    def commit(self, *, durable: bool = False) -> None:
        """Make the recorded scalars safe against a kill, and changes that the disk refused.

        durable: against a power cut too, with the changes, so that they reach as far as a checkpoint that is synced to
        the disk. Takes some milliseconds. Raises RunError where the disk won't.
        """
        self._scalars.commit(durable=durable)
        try:
            self._write_changes()
        except OSError as error:
            raise RunError(f"{self.path / _changes.FILE}: cannot be written to: {error.strerror}") from None
        if durable and self._unsynced:
            try:
                sync(self.path / _changes.FILE)
            except OSError as error:
                raise RunError(f"{self.path / _changes.FILE}: cannot be synced to the disk: {error.strerror}") from None
            self._unsynced = False

    def hand_over(self, other: Self) -> None:
        """Give another folder, of the same kind, what a full disk refused; it is safe there after ``commit``."""
        self._scalars.hand_over(other._scalars)
        if other.path == self.path:  # another one begins with the settings in force
            other._unsynced |= self._unsynced
            other._unwritten[:0] = self._unwritten
            self._unwritten.clear()

    def scalars(self, names: Sequence[str]) -> npt.NDArray[np.float64]:
        """Rows (n, 2 + len(names)) of step, seconds, values in order of the steps; NaN where a value is missing."""
        return self._scalars.read(names)

    def scalar_names(self) -> tuple[str, ...]:
        """What numbers were recorded, by their names; all of them are read for it."""
        return self._scalars.names()

    def scalar_parts(self, names: Sequence[str]) -> Iterator[npt.NDArray[np.float64]]:
        """The same rows, some ten thousand at a time, each part as soon as it is read: a long run takes seconds."""
        return self._scalars.parts(names)

    def copy_scalars(self, step: int, run: Path) -> None:
        """Copy every scalar up to ``step`` into another run's folder, which has none. Raises RunError."""
        self._scalars.copy_until(step, run)

    def truncate(self, step: int, *, keep: bool = False) -> list[Path]:
        """Forget scalars, moments and changes after ``step``: the run goes on from a checkpoint of that step.

        What was changed by hand is always kept in another file, named by the step; scalars and moments where ``keep``
        says so, as after a kill they are trained again. Returns what was kept. Raises RunError and OSError.
        """
        self._hold()
        changes, wrong = _changes.read(self.path)  # those that are not written yet were made since
        self._missing.extend(wrong)
        kept, later = _changes.parted(changes, step)
        aside = []
        if later:
            aside.append(self._free(f"changes-after-{step:08d}.jsonl"))
            write_aside(aside[-1], _changes.packed(later))
        if keep:
            path = self._free(f"metrics-after-{step:08d}.sqlite")
            if self._scalars.copy_after(step, path):
                aside.append(path)
        moments = Moments(self.path)
        if keep and (moved := moments.set_aside(step)) is not None:
            aside.append(moved)
        moments.forget(step)
        self._scalars.truncate(step)
        if later:
            write_aside(self.path / _changes.FILE, _changes.packed(kept))
        return aside

    def _free(self, name: str) -> Path:
        path, number = self.path / name, 2
        while os.path.lexists(path):
            stem, _, ending = name.rpartition(".")
            path, number = self.path / f"{stem}-{number}.{ending}", number + 1
        return path

    def close(self, *, abandoned: bool = False) -> None:
        """Commit, and let others write the run. Closing twice is fine.

        abandoned: nobody asked for it, the window crashed; ``take_abandoned`` gives the run out.
        """
        try:
            with suppress(OSError):  # as was told when it was to be written
                self._write_changes()
            self._scalars.close()
        finally:
            if self._lock is not None:
                self._lock.release(abandoned=abandoned)

    def _hold(self) -> None:
        assert self._lock is not None, "this run was opened for reading only"

    def _make_folders(self) -> None:
        for folder in (self.checkpoints, self.samples):
            if folder.is_symlink():  # old files are removed there, and it may lead anywhere
                raise RunError(f"{folder}: is a link to another folder; put that folder itself in its place")
            folder.mkdir(exist_ok=True)


def _elsewhere(path: Path) -> str:
    """Where else runs can be made, of those in the usual place."""
    return "; GANSTUDIO_HOME names another place for all runs" if path.parent == default_runs() else ""


def check_free(path: Path) -> None:
    """Raise RunError unless a run can be begun in ``path``.

    There is no such folder yet, or an empty one, or one with no more than a start of ours left that was killed.
    """
    if os.path.lexists(path / EXPERIMENT) or os.path.lexists(path / GROUP):
        raise RunError(f"{path}: holds a run already; name a new folder, or resume that run")
    try:
        occupied = {entry.name for entry in path.iterdir()} - leftovers(path)
    except FileNotFoundError:
        return
    except OSError as error:
        raise PlaceError(f"{path}: a run cannot be made there: {error.strerror}{_elsewhere(path)}") from None
    if occupied:
        raise RunError(f"{path}: holds other files ({min(occupied)}); name a new or an empty folder")
