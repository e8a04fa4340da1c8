"""What a session of several games leaves on disk: one folder for all of them, made at the first step."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ganstudio.presets import ExperimentError, is_live
from ganstudio.run import (
    GroupChoice,
    GroupFolder,
    Lineup,
    RunError,
    RunFolder,
    as_kept,
    broken_in,
    checkpoints_of,
    fault_of,
    new_run_path,
    run_and_step,
)
from ganstudio.system import versions
from ganstudio.training.checkpoints.checkpoint import check_finite
from ganstudio.training.group.checkpoint import load_group, save_group
from ganstudio.training.group.group import with_setting_in_all
from ganstudio.training.group.member import copy_moments, whole_or_gone, write_where_it_stands
from ganstudio.training.group.names import member_names
from ganstudio.training.group.rows import (
    pack_estimate,
    pack_looks,
    pack_rows,
    unpack_estimates,
    unpack_looks,
    unpack_rows,
)
from ganstudio.training.messages import SCALARS, Measured, Notice, OfMember, RunCreated
from ganstudio.training.session.folder import FolderArchive
from ganstudio.training.session.measuring import keep

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from ganstudio.data import Dataset
    from ganstudio.experiment import Experiment
    from ganstudio.run._group_scalars import Table
    from ganstudio.training.group.group import Group
    from ganstudio.training.messages import Covered, Estimated, Event, StartGroup


class GroupArchive(FolderArchive[GroupFolder]):
    """Keeps one group.

    lineup: what stands side by side, with the settings as they were when it began, and the members' names.
    """

    these, them = "these games", "them"
    lineup: Lineup
    _start: StartGroup
    _choice: GroupChoice | None

    def open(self) -> Lineup:
        """The lineup with the settings in force. Raises RunError where a group is to be gone on with that can't be."""
        if self._start.resume is None:
            return Lineup(experiments=self._start.experiments, seeds=self._start.seeds, names=())
        path, named = run_and_step(self._start.resume)
        self.run = GroupFolder.open(path)
        self._choice = GroupChoice(path, named)
        self.lineup, amiss = self._choice.begun()  # no reason not to go on with good weights
        if amiss:
            self._notices.append(Notice(amiss))
        return self._in_force()

    def _in_force(self) -> Lineup:
        """The checkpoint's settings, and what was changed after it was written, at the step that it is of."""
        assert self.run is not None
        assert self._choice is not None
        lineup = self._choice.lineup
        experiments = list(lineup.experiments)
        for change in self.run.changes():
            if change.step == self._choice.step and is_live(change.path):
                try:
                    experiments = with_setting_in_all(experiments, change.path, change.value)
                except ExperimentError as error:
                    told = f"{change.path} stays as it was at step {change.step:,}: {error}"
                    self._notices.append(Notice(told))
        return replace(lineup, experiments=tuple(experiments))

    def fitted(self, dataset: Dataset, experiment: Experiment) -> Dataset:
        """The data as the games took them when they began. Raises DatasetError where they can't go on with these."""
        return dataset if self.run is None else as_kept(self.run.path, dataset, experiment)

    def begin(self, experiments: Sequence[Experiment]) -> None:
        """Nothing of a new group of these members has been kept yet."""
        self._forget()
        if self.run is None:
            chosen = tuple(experiments[:1] if self._start_seeds(experiments) else experiments)
            self.lineup = Lineup(
                experiments=chosen, seeds=self._start_seeds(experiments), names=member_names(experiments)
            )

    def _start_seeds(self, experiments: Sequence[Experiment]) -> int:
        band = self.lineup.seeds if self._start.resume is not None else self._start.seeds
        return len(experiments) if band else 0

    def _forget(self) -> None:
        super()._forget()
        self._saved = 0, ()
        self._kept: dict[int, tuple[int, Path]] = {}
        self._looks: dict[int, Covered] = {}

    def load(self, group: Group, threads: int) -> Lineup | None:
        """Bring the group to where its folder stands, from where it goes on with so many threads.

        Where its checkpoint can't be loaded: the settings of the one before, that a new group is to be built with.
        Raises RunError where there is none.
        """
        if self.run is None or self._choice is None:
            return None
        if self._choice.path is not None:
            try:
                load_group(self._choice.path, group)
            except RunError as error:
                self._choice.reject(str(error))
                return self._in_force()
        self._go_on(group.step_count, _expanded(self._choice.lineup, group), threads, group.device.type)
        return None

    def recall(self) -> Iterator[npt.NDArray[np.float64]]:
        """The scalars that were recorded, (members, n, 2 + 7), some thousand steps at a time."""
        if self.run is not None:
            yield from unpack_rows(self._packed("steps"), len(self.lineup.names))

    def findings(self) -> Iterator[OfMember]:
        """What was measured and seen of the members."""
        if self.run is None:
            return
        for index, estimates in enumerate(self._estimates()):
            if estimates:
                yield OfMember(index, Measured(tuple(estimates)))
        yield from unpack_looks(self._packed("looks"), len(self.lineup.names))

    def _packed(self, table: Table) -> list[tuple[int, bytes]]:
        """What was recorded up to the checkpoint at hand, or, once the group is gone on with, all."""
        assert self.run is not None
        return [row for row in self.run.packed(table) if not self._behind or row[0] <= self._saved[0]]

    def _estimates(self) -> list[list[Estimated]]:
        return unpack_estimates(self._packed("estimates"), len(self.lineup.names))

    def ensure(self, group: Group, threads: int) -> Iterator[Event]:
        """Make the group's folder if there is none; have it end at the checkpoint that it is gone on from.

        Raises RunError and OSError where the disk won't.
        """
        if self.run is not None:
            self._settle()
            yield from self._say()
            return
        self.lineup = replace(self.lineup, experiments=group.experiments[: len(self.lineup.experiments)])
        kind = "band" if self.lineup.seeds else "duel"
        path = self._asked or new_run_path(self.runs, f"{self.lineup.name}-{kind}")
        computed = {"device": str(group.device), "threads": threads, "seed": group.experiments[0].seed}
        self.run = GroupFolder.begin(path, self.lineup, computed | {"versions": versions()}, group.dataset)
        self._asked = None  # a reset makes a new folder beside this one
        # This folder holds nothing of what another one, that had to be let go of, may hold.
        self._choice = None
        self._forget()
        self.hand_on()  # but what could not be written there
        yield RunCreated(path)

    # --- what is recorded ---

    def record(self, rows: npt.NDArray[np.float64]) -> None:
        """Keep scalars (members, n, 2 + 7)."""
        if self.run is not None:
            self.run.record_packed("steps", pack_rows(rows))

    def record_estimates(self, index: int, estimates: Sequence[Estimated]) -> None:
        """Keep what was measured of a member."""
        if self.run is not None:
            self.run.record_packed("estimates", [pack_estimate(index, estimated) for estimated in estimates])

    def record_look(self, index: int, covered: Covered) -> None:
        """Keep what a member reaches of the modes; the members are looked at one after the other, at one step."""
        self._looks[index] = covered
        if self.run is not None and len(self._looks) == len(self.lineup.names):
            looks, self._looks = self._looks, {}
            self.run.record_packed("looks", pack_looks([looks[each] for each in sorted(looks)]))

    # --- checkpoints ---

    def saved(self, group: Group) -> Path | None:
        """The checkpoint on disk that holds the group as it is now; None when there is none."""
        return self._kept_as(group.step_count, group.experiments)

    def soundest(self) -> Path | None:
        """The newest of those checkpoints in which the fewest games had gone wrong; None where there is none."""
        found = [] if self.run is None else [path for path in checkpoints_of(self.run.path) if fault_of(path) is None]
        return min(found, key=lambda path: len(broken_in(path)), default=None)

    def last_sound(self, index: int) -> Path | None:
        """The newest checkpoint in which a game had not gone wrong; None where there is none."""
        found = [] if self.run is None else checkpoints_of(self.run.path)
        return next((path for path in found if index not in broken_in(path) and fault_of(path) is None), None)

    def save(self, group: Group) -> Iterator[Event]:
        """Write a checkpoint of all members if there is anything new."""

        def write() -> Path:
            assert self.run is not None
            in_force = replace(self.lineup, experiments=group.experiments[: len(self.lineup.experiments)])
            self.run.commit(durable=True)
            return save_group(self.run.checkpoints, group, in_force)

        yield from self._keep(group.step_count, group.experiments, write)

    # --- members as runs of their own ---

    def keep(self, group: Group, index: int, threads: int) -> Path:
        """Write a member into a new run folder, with a checkpoint of where it stands, and return the folder.

        Asked again at the same step, it returns the same folder while that is there. Raises RunError and OSError: then
        there is none; NotFinite where the member has gone wrong.
        """
        step, path = self._kept.get(index, (-1, None))
        if path is not None and step == group.step_count and path.is_dir():
            return path
        with group.member(index) as trainer:
            check_finite(trainer)
        begun = group.experiments[index]
        if self.run is not None:
            begun = self.lineup.experiments[0] if self.lineup.seeds else self.lineup.experiments[index]
            begun = begun.model_copy(update={"seed": group.experiments[index].seed})
        path = new_run_path(self.runs, f"{begun.name}-{self.lineup.names[index]}")
        computed = {"device": str(group.device), "threads": threads, "seed": begun.seed}
        run = RunFolder.create(path, begun, computed | {"versions": versions()}, group.dataset)
        with whole_or_gone(run):
            self._copy(index, run)
            write_where_it_stands(run, group, index)
        if self.run is not None:
            until = self._saved[0] if self._behind else group.step_count
            copy_moments(self.run, group, index, run, until)
        self._kept[index] = (group.step_count, path)
        return path

    def _copy(self, index: int, run: RunFolder) -> None:
        """What the group's folder holds of a member."""
        if self.run is None:
            return
        for change in self.run.changes():
            if not self._behind or change.step <= self._saved[0]:
                run.record_change(change.step, change.path, change.value)
        for rows in self.recall():
            run.record_scalars(SCALARS, rows[index])
        for estimated in self._estimates()[index]:
            keep(run, estimated)
        run.commit()


def _expanded(lineup: Lineup, group: Group) -> tuple[Experiment, ...]:
    """The settings of every member as a checkpoint holds them."""
    if not lineup.seeds:
        return lineup.experiments
    return tuple(lineup.experiments[0].model_copy(update={"seed": one.seed}) for one in group.experiments)
