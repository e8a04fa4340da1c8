"""The folder of several games that are trained with one clock: a run like any other, of a duel or a seed band."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import tomli_w

from ganstudio.presets import ExperimentError, dumps, loads
from ganstudio.run import _reading
from ganstudio.run._checkpoints import Choice
from ganstudio.run._folder import GROUP, RunFolder
from ganstudio.run._lock import RunError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path
    from typing import Self

    from ganstudio.data.dataset import Dataset
    from ganstudio.experiment import Experiment
    from ganstudio.run._group_scalars import GroupStore, Table
    from ganstudio.run._scalars import ScalarStore

MOST_MEMBERS = 64
_TOLD = 12  # names that an error lists


@dataclass(frozen=True, kw_only=True)
class Lineup:
    """Which games stand side by side, as group.toml says it.

    experiments: of a duel one a member; of a band the first seed's. seeds: of a band how many, 0 for a duel.
    names: what the members are called, in their order.
    """

    experiments: tuple[Experiment, ...]
    seeds: int
    names: tuple[str, ...]

    @property
    def name(self) -> str:
        """The experiment's name."""
        return self.experiments[0].name

    def index(self, run: Path, name: str | None) -> int:
        """Which member is called that. Raises RunError, which lists the names, where none is, or none was named."""
        listed = ", ".join(map(repr, self.names[:_TOLD])) + (", …" if len(self.names) > _TOLD else "")
        if name is None:
            raise RunError(f"{run}: holds {len(self.names)} games side by side; name one with --member: {listed}")
        if name not in self.names:
            near = get_close_matches(name, self.names, n=1)
            hint = f" (did you mean {near[0]!r}?)" if near else ""
            raise RunError(f"{run}: there is no game {name!r} in it{hint}: there are {listed}")
        return self.names.index(name)

    def dumps(self) -> str:
        """The text of group.toml."""
        experiments = [tomllib.loads(dumps(experiment)) for experiment in self.experiments]
        kind = {"kind": "band", "seeds": self.seeds} if self.seeds else {"kind": "duel"}
        return tomli_w.dumps({**kind, "names": list(self.names), "experiments": experiments})

    @classmethod
    def load(cls, path: Path) -> Lineup:
        """Read group.toml. Raises RunError, which says what is wrong with it."""
        return cls(**_checked(path, _reading.table(path)))


def _checked(path: Path, data: Mapping[str, Any]) -> dict[str, Any]:
    kind, seeds = data.get("kind"), data.get("seeds", 0)
    if kind not in ("duel", "band"):
        raise RunError(f"{path}: kind: found {kind!r}, allowed: 'duel' or 'band'")
    if not isinstance(seeds, int) or isinstance(seeds, bool) or (seeds > 0) != (kind == "band"):
        raise RunError(f"{path}: seeds: found {seeds!r}, allowed: for a band how many, for a duel nothing")
    tables, names = data.get("experiments"), data.get("names")
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise RunError(f"{path}: experiments: missing, needed: a table for each game, one for a band")
    members = seeds if kind == "band" else len(tables)
    if not 1 <= members <= MOST_MEMBERS or (kind == "band" and len(tables) != 1):
        raise RunError(f"{path}: found {members} games in {len(tables)} experiments, which make no {kind}")
    if not isinstance(names, list) or len(names) != members or not all(isinstance(name, str) for name in names):
        raise RunError(f"{path}: names: found {names!r:.60}, needed: a name for each of the {members} games")
    if len(set(names)) < members:
        raise RunError(f"{path}: names: two games are called alike")
    try:
        experiments = tuple(loads(tomli_w.dumps(table), str(path)) for table in tables)
    except ExperimentError as error:
        raise RunError(str(error)) from None
    return {"experiments": experiments, "seeds": seeds, "names": tuple(names)}


class GroupFolder(RunFolder):
    """A duel's or a band's folder: group.toml stands in the place of experiment.toml, the rest is as in any run."""

    MARK = GROUP
    _scalars: GroupStore

    def _store(self, *, read_only: bool) -> ScalarStore:
        from ganstudio.run._group_scalars import GroupStore

        return GroupStore(self.path, read_only=read_only)

    @classmethod
    def begin(cls, path: Path, lineup: Lineup, environment: Mapping[str, Any], dataset: Dataset | None = None) -> Self:
        """Begin a group in a new or empty folder and hold it. dataset, and what it raises: as ``create``."""
        return cls._begin(path, lineup.dumps(), environment, dataset)

    def lineup(self) -> Lineup:
        """What stood side by side when the group began. Raises RunError."""
        return Lineup.load(self.path / GROUP)

    def experiment(self) -> Experiment:
        """The first member's. Raises RunError."""
        return self.lineup().experiments[0]

    def record_packed(self, table: Table, rows: Iterable[tuple[int, bytes]]) -> None:
        """Keep rows of step and numbers of all members, safe on disk after ``commit``."""
        self._hold()
        self._scalars.record_packed(table, rows)

    def packed(self, table: Table) -> list[tuple[int, bytes]]:
        """The rows that were recorded, in order of the steps; of a long training evenly spaced ones."""
        return self._scalars.read_packed(table)


class GroupChoice(Choice):
    """The checkpoint that a group is gone on with; one before it, which a fault leads back to, is of the same games."""

    _first: Lineup | None = None

    @property
    def lineup(self) -> Lineup:
        """What stands side by side there, or stood when the group began. Raises RunError."""
        lineup: Lineup = self._settings or self._read(self.run)
        return lineup

    def begun(self) -> tuple[Lineup, str]:
        """What stood side by side when the group began; and, in a sentence, where that can't be known.

        It is the checkpoint's lineup then: a checkpoint has checksums, which group.toml has not. Raises RunError where
        there is no checkpoint either.
        """
        path = self.run / GROUP
        try:
            begun = Lineup.load(path)
        except RunError as error:
            if self.path is None:
                raise
            return self.lineup, f"What was asked for when these games began is not known. {error}."
        kept = self.lineup
        if (kept.names, kept.seeds) == (begun.names, begun.seeds):
            return begun, ""
        why = f"{path}: is of other games than {self.path}"
        return kept, f"What was asked for when these games began is not known. {why}."

    def _read(self, folder: Path) -> Any:
        lineup = Lineup.load(folder / GROUP)
        first = self._first = self._first or lineup
        if (lineup.names, lineup.seeds) != (first.names, first.seeds):
            raise RunError(f"{folder}: is of other games than a later one")
        return lineup


def is_group(path: Path) -> bool:
    """Whether a folder is that of a duel or a seed band, by what it contains."""
    return os.path.lexists(path / GROUP)
