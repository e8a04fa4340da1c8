"""One run on disk: what was asked for, what was changed on the way, every scalar, checkpoints and pictures."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ganstudio.experiment import Experiment, Spec
from ganstudio.presets import ExperimentError, dumps, load_experiment
from ganstudio.run._checkpoints import clear_unfinished
from ganstudio.run._data import FILE as DATA
from ganstudio.run._data import packed_data
from ganstudio.run._disk import sync, write_aside
from ganstudio.run._lock import FILE as LOCK_FILE
from ganstudio.run._lock import RunError, RunLock

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path
    from typing import Self

    import numpy as np
    import numpy.typing as npt

    from ganstudio.data.dataset import Dataset
    from ganstudio.run._scalars import ScalarStore

EXPERIMENT = "experiment.toml"
CHANGES = "changes.jsonl"
ENVIRONMENT = "environment.json"
GROUP = "group.toml"
"""In place of experiment.toml: several games that were trained with one clock."""


@dataclass(frozen=True)
class Change:
    """A live field that was changed by hand: its new value counts from ``step`` on."""

    step: int
    path: str
    value: Any


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
        self._scalars = self._store(read_only=lock is None)

    def _store(self, *, read_only: bool) -> ScalarStore:
        # With numpy and sqlite: not before the window, which lists runs without opening one, is painted.
        from ganstudio.run._scalars import ScalarStore

        return ScalarStore(self.path, read_only=read_only)

    @classmethod
    def create(
        cls, path: Path, experiment: Experiment, environment: Mapping[str, Any], dataset: Dataset | None = None
    ) -> Self:
        """Begin a run in a new or empty folder and hold it. dataset: what it is trained on, to be known again.

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
            raise RunError(f"{path}: a run cannot be made there: {error.strerror}") from None
        run = cls(path, RunLock(path))
        try:
            run._make_folders()
            write_aside(path / ENVIRONMENT, json.dumps(dict(environment), indent=2, default=str) + "\n")
            if dataset is not None:
                run.keep_data(dataset)
            # Last, because it is what makes the folder a run.
            write_aside(path / cls.MARK, described)
        except OSError as error:
            run.close()
            raise RunError(f"{path}: a run cannot be made there: {error.strerror}") from None
        return run

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> Self:
        """Open a run to go on with it and hold it; or only to read it, which may happen beside a writer.

        Raises RunError when it is no run, or another program is writing it.
        """
        if not (path / cls.MARK).is_file():
            what = f"holds no run: {cls.MARK} is missing" if path.is_dir() else "no such folder"
            raise RunError(f"{path}: {what}")
        if read_only:
            return cls(path, None)
        run = cls(path, RunLock(path))
        try:
            run._make_folders()
            run._mend_changes()
            clear_unfinished(run.checkpoints)
        except OSError as error:
            run.close()
            raise RunError(f"{path}: cannot be written to: {error.strerror}") from None
        return run

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
            known = json.loads((self.path / ENVIRONMENT).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return known if isinstance(known, dict) else {}

    def keep_data(self, dataset: Dataset) -> None:
        """Write down which data the run is trained on, where that is not known yet. Raises OSError."""
        self._hold()
        if not (self.path / DATA).exists():
            write_aside(self.path / DATA, packed_data(dataset))

    def record_change(self, step: int, path: str, value: Any) -> None:
        """Write down that a live field has a new value from ``step`` on, at once."""
        self._hold()
        plain = value.model_dump() if isinstance(value, Spec) else value
        line = json.dumps({"step": step, "path": path, "value": plain})
        with (self.path / CHANGES).open("a", encoding="utf-8") as file:
            file.write(line + "\n")
        self._unsynced = True

    def changes(self) -> list[Change]:
        """What was changed by hand, in order. A last line cut short by a crash is left out.

        Raises RunError when another line can't be read.
        """
        found = []
        for number, line in enumerate(self._change_lines(), start=1):
            try:
                data = json.loads(line)
                found.append(Change(step=int(data["step"]), path=str(data["path"]), value=data["value"]))
            except (ValueError, TypeError, KeyError):
                raise RunError(f"{self.path / CHANGES}, line {number}: not a change: {line[:60]!r}") from None
        return found

    def record_scalars(self, names: Sequence[str], rows: npt.NDArray[np.float64]) -> None:
        """Keep rows (n, 2 + len(names)) of step, seconds, values; safe on disk after ``commit``. No NaN is stored."""
        self._hold()
        self._scalars.record(names, rows)

    def commit(self, *, durable: bool = False) -> None:
        """Make the recorded scalars safe against a kill.

        durable: against a power cut too, with the changes, so that they reach as far as a checkpoint that is synced to
        the disk. Takes some milliseconds. Raises RunError where the disk won't.
        """
        self._scalars.commit(durable=durable)
        if durable and self._unsynced:
            try:
                sync(self.path / CHANGES)
            except OSError as error:
                raise RunError(f"{self.path / CHANGES}: cannot be synced to the disk: {error.strerror}") from None
            self._unsynced = False

    def scalars(self, names: Sequence[str]) -> npt.NDArray[np.float64]:
        """Rows (n, 2 + len(names)) of step, seconds, values in order of the steps; NaN where a value is missing."""
        return self._scalars.read(names)

    def scalar_parts(self, names: Sequence[str]) -> Iterator[npt.NDArray[np.float64]]:
        """The same rows, some ten thousand at a time, each part as soon as it is read: a long run takes seconds."""
        return self._scalars.parts(names)

    def truncate(self, step: int, *, keep: bool = False) -> list[Path]:
        """Forget scalars and changes after ``step``: the run goes on from a checkpoint of that step.

        What was changed by hand is always kept in another file, named by the step; the scalars where ``keep`` says so,
        as after a kill they are trained again. Returns the files of what was kept. Raises RunError and OSError.
        """
        self._hold()
        changes = self.changes()
        # A move of one player that was made at the step leads beyond it.
        kept = [change for change in changes if change.step < step or (change.step == step and change.path != "step")]
        aside = []
        if len(kept) < len(changes):
            aside.append(self._free(f"changes-after-{step:08d}.jsonl"))
            write_aside(aside[-1], _lines(change for change in changes if change not in kept))
        if keep:
            path = self._free(f"metrics-after-{step:08d}.sqlite")
            if self._scalars.copy_after(step, path):
                aside.append(path)
        self._scalars.truncate(step)
        if len(kept) < len(changes):
            write_aside(self.path / CHANGES, _lines(kept))
        return aside

    def _free(self, name: str) -> Path:
        path, number = self.path / name, 2
        while path.exists():
            stem, _, ending = name.rpartition(".")
            path, number = self.path / f"{stem}-{number}.{ending}", number + 1
        return path

    def close(self, *, abandoned: bool = False) -> None:
        """Commit, and let others write the run. Closing twice is fine.

        abandoned: nobody asked for it, the window crashed; ``take_abandoned`` gives the run out.
        """
        try:
            self._scalars.close()
        finally:
            if self._lock is not None:
                self._lock.release(abandoned=abandoned)

    def _hold(self) -> None:
        assert self._lock is not None, "this run was opened for reading only"

    def _make_folders(self) -> None:
        self.checkpoints.mkdir(exist_ok=True)
        self.samples.mkdir(exist_ok=True)

    def _change_lines(self) -> list[str]:
        try:
            text = (self.path / CHANGES).read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return []
        # Split at "\n" alone: JSON may hold other line separators. What follows the last one was cut short.
        return text.split("\n")[:-1]

    def _mend_changes(self) -> None:
        """Drop a last line that a crash cut short, so that the next one starts on a line of its own."""
        path = self.path / CHANGES
        if path.exists() and not path.read_bytes().endswith(b"\n"):
            write_aside(path, "".join(line + "\n" for line in self._change_lines()))


def _lines(changes: Iterable[Change]) -> str:
    told = ({"step": change.step, "path": change.path, "value": change.value} for change in changes)
    return "".join(json.dumps(each) + "\n" for each in told)


def check_free(path: Path) -> None:
    """Raise RunError unless a run can be begun in ``path``: there is no such folder yet, or an empty one."""
    if (path / EXPERIMENT).exists() or (path / GROUP).exists():
        raise RunError(f"{path}: holds a run already; name a new folder, or resume that run")
    try:
        occupied = {entry.name for entry in path.iterdir()} - {LOCK_FILE}
    except FileNotFoundError:
        return
    except OSError as error:
        raise RunError(f"{path}: a run cannot be made there: {error.strerror}") from None
    if occupied:
        raise RunError(f"{path}: holds other files ({min(occupied)}); name a new or an empty folder")
