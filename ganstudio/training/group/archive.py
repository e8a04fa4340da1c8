"""What a session of several games leaves on disk: one folder for all of them, made at the first step."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ganstudio.presets import ExperimentError, is_live
from ganstudio.run import (
    GroupChoice,
    GroupFolder,
    Lineup,
    RunFolder,
    broken_in,
    checkpoints_of,
    fault_of,
    new_run_path,
    run_and_step,
)
from ganstudio.system import versions
from ganstudio.training.checkpoints.checkpoint import check_finite
from ganstudio.training.group.checkpoint import save_group
from ganstudio.training.group.group import members_of, with_setting_in_all
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
from ganstudio.training.messages import SCALARS, Measured, Notice, OfMember, StartGroup
from ganstudio.training.session.folder import FolderArchive
from ganstudio.training.session.measuring import keep

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from ganstudio.experiment import Experiment
    from ganstudio.run._group_scalars import Table
    from ganstudio.training.group.group import Group
    from ganstudio.training.messages import Covered, Estimated
    from ganstudio.training.step.games import Games


class GroupArchive(FolderArchive[GroupFolder]):
    """Keeps one group.

    lineup: what stands side by side, with the settings as they were when it began, and the members' names.
    """

    these, them = "these games", "them"
    lineup: Lineup
    _start: StartGroup
    _choice: GroupChoice | None

    def open(self) -> tuple[Experiment, ...]:
        """The members' settings in force.

        Raises RunError where a group is to be gone on with that can't be, ValueError where there can be no such group.
        """
        if self._start.resume is None:
            self.lineup = Lineup(experiments=self._start.experiments, seeds=self._start.seeds, names=())
            experiments = members_of(self._start)
            self.asked_steps = _longest(experiments)
            return experiments
        path, named = run_and_step(self._start.resume)
        self.run = GroupFolder.open(path)
        self._choice = GroupChoice(path, named)
        self.lineup, amiss = self._choice.begun()  # no reason not to go on with good weights
        if amiss:
            self._notices.append(Notice(amiss))
        self.asked_steps = _longest(self.lineup.experiments)
        return self._in_force()

    def _settings(self) -> tuple[Experiment, ...]:
        assert self._choice is not None
        return _members(self._choice.lineup)

    def _in_force(self) -> tuple[Experiment, ...]:
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
        return _members(replace(lineup, experiments=tuple(experiments)))

    def forget(self) -> None:
        """Nothing of these games has been kept yet, nor do they go on from a checkpoint."""
        super().forget()
        self._kept: dict[int, tuple[int, Path]] = {}
        self._looks: dict[int, Covered] = {}

    def begin(self, experiments: Sequence[Experiment]) -> None:
        """Give these members names, and new settings to begin with, where no folder says what they began with."""
        if self.run is None:
            self.lineup = replace(self.lineup_of(experiments), names=member_names(experiments))

    def lineup_of(self, experiments: Sequence[Experiment]) -> Lineup:
        """The lineup with these settings of its members."""
        return replace(self.lineup, experiments=tuple(experiments[: len(self.lineup.experiments)]))

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

    def _created(self, games: Games, environment: Mapping[str, Any]) -> GroupFolder:
        self.lineup = self.lineup_of(games.experiments)
        kind = "band" if self.lineup.seeds else "duel"
        path = self._asked or new_run_path(self.runs, f"{self.lineup.name}-{kind}")
        return GroupFolder.begin(path, self.lineup, environment, games.dataset)

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

    def soundest(self) -> Path | None:
        """The newest of those checkpoints in which the fewest games had gone wrong; None where there is none."""
        found = [] if self.run is None else [path for path in checkpoints_of(self.run.path) if fault_of(path) is None]
        return min(found, key=lambda path: len(broken_in(path)), default=None)

    def last_sound(self, index: int) -> Path | None:
        """The newest checkpoint in which a game had not gone wrong; None where there is none."""
        found = [] if self.run is None else checkpoints_of(self.run.path)
        return next((path for path in found if index not in broken_in(path) and fault_of(path) is None), None)

    def write(self, group: Group) -> Path:
        """Write a checkpoint of all members. Raises OSError, RunError and NotFinite."""
        assert self.run is not None
        self.run.commit(durable=True)
        return save_group(self.run.checkpoints, group, self.lineup_of(group.experiments))

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


def _longest(experiments: Sequence[Experiment]) -> int:
    return max(experiment.schedule.steps for experiment in experiments)


def _members(lineup: Lineup) -> tuple[Experiment, ...]:
    return members_of(StartGroup(experiments=lineup.experiments, seeds=lineup.seeds))
