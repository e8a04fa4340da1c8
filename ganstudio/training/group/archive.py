"""What a session of several games leaves on disk: one folder for all of them, made at the first step."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

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
    default_runs,
    fault_of,
    new_run_path,
    reason,
    run_and_step,
)
from ganstudio.system import versions
from ganstudio.training.checkpoints.checkpoint import NotFinite, check_finite
from ganstudio.training.group.checkpoint import load_group, save_group
from ganstudio.training.group.group import with_setting_in_all
from ganstudio.training.group.member import whole_or_gone, write_where_it_stands
from ganstudio.training.group.names import member_names
from ganstudio.training.group.rows import (
    pack_estimate,
    pack_looks,
    pack_rows,
    unpack_estimates,
    unpack_looks,
    unpack_rows,
)
from ganstudio.training.messages import SCALARS, Checkpointed, Measured, Notice, OfMember, RunCreated
from ganstudio.training.session.devices import MOST_THREADS, THREADS
from ganstudio.training.session.lending import Lending, unkept
from ganstudio.training.session.measuring import keep
from ganstudio.training.session.saving import SavingClock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from ganstudio.data import Dataset
    from ganstudio.experiment import Experiment
    from ganstudio.run import Alarms
    from ganstudio.run._group_scalars import Table
    from ganstudio.training.group.group import Group
    from ganstudio.training.messages import Covered, Estimated, Event, StartGroup

COMMIT_SECONDS = 1.0


class GroupArchive(Lending[GroupFolder]):
    """Keeps one group. ``run`` is None until ``ensure`` makes the folder: looking at games leaves nothing.

    lineup: what stands side by side, with the settings as they were when it began, and the members' names.
    """

    lineup: Lineup

    def __init__(self, start: StartGroup) -> None:
        self._start = start
        self._asked = start.run
        beside = start.resume or start.run
        self.runs = start.runs or (beside.parent if beside else default_runs())
        self._choice: GroupChoice | None = None
        self._notices: list[str] = []
        self.run: GroupFolder | None = None
        self._forget()

    def open(self) -> Lineup:
        """The lineup with the settings in force. Raises RunError where a group is to be gone on with that can't be."""
        if self._start.resume is None:
            return Lineup(experiments=self._start.experiments, seeds=self._start.seeds, names=())
        path, named = run_and_step(self._start.resume)
        self.run = GroupFolder.open(path)
        self._choice = GroupChoice(path, named)
        self.lineup, amiss = self._choice.begun()  # no reason not to go on with good weights
        if amiss:
            self._notices.append(amiss)
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
                    self._notices.append(f"{change.path} stays as it was at step {change.step:,}: {error}")
        return replace(lineup, experiments=tuple(experiments))

    def fitted(self, dataset: Dataset, experiment: Experiment) -> Dataset:
        """The data as the games took them when they began. Raises DatasetError where they can't go on with these."""
        return dataset if self.run is None else as_kept(self.run.path, dataset, experiment)

    def threads(self, device: str) -> int | None:
        """With how many threads the group was trained last, on a device of this type; None where that is not known."""
        if self.run is None or self._choice is None:
            return None
        known, step = self.run.environment(), self._choice.step
        changed = [each.value for each in self.run.changes() if each.path == THREADS and each.step <= step]
        count = [known.get("threads"), *changed][-1]
        fits = type(count) is int and 1 <= count <= MOST_THREADS
        return count if fits and str(known.get("device", "")).partition(":")[0] == device else None

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
        self._saved: tuple[int, tuple[Experiment, ...]] = (0, ())
        self._checkpoint: Path | None = None
        self._other_threads: int | None = None  # with which it goes on, where it had another count before
        self._behind = False  # whether the folder may hold what came after the checkpoint at hand
        self._alarms: list[list[tuple[str, int]]] = []
        self._committed = time.monotonic()
        self._clock = SavingClock()
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
        self._checkpoint, self._behind = self._choice.path, True
        self._saved = group.step_count, _expanded(self._choice.lineup, group)
        before = self.threads(group.device.type)
        self._other_threads = threads if before is not None and before != threads else None
        return None

    @property
    def missing(self) -> tuple[str, ...]:
        """What of the group that is gone on with could not be read so far, in words."""
        return self.run.missing if self.run else ()

    def told(self) -> Iterator[Event]:
        """What is to be known of the group that was opened."""
        if self._choice is not None and (passed := self._choice.told()) is not None:
            yield Notice(passed)
        yield from self._say()

    def _say(self) -> Iterator[Event]:
        told, self._notices = self._notices, []
        yield from map(Notice, told)

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

    def _settle(self) -> None:
        """What was trained after the checkpoint is trained again: it must not stand there twice, nor be lost."""
        if self.run is None or self._choice is None or not self._behind:
            return
        step, choice = self._choice.step, self._choice
        # After a kill the same steps are made again to the bit; here they may not be.
        back = choice.path is None or bool(choice.damaged or choice.newer) or self._start.slower is not None
        aside = [*self.run.truncate(step, keep=back), *choice.set_aside()]
        self._behind = False
        if aside:
            names = ", ".join(str(path.relative_to(self.run.path)) for path in aside)
            where = f"after step {step:,}" if choice.path is not None else "before, as there is no checkpoint of it,"
            self._notices.append(f"What these games held {where} is kept in {names}.")
        if self._other_threads is not None:
            self.run.record_change(step, THREADS, self._other_threads)

    def leave(self, *, abandoned: bool = False) -> None:
        """Let go of the folder: what is kept next goes into another one. Leaving twice is fine.

        abandoned: as in ``RunFolder.close``.
        """
        if self.run is not None:
            with suppress(RunError):  # what could not be written was told when it was to be
                self.run.close(abandoned=abandoned)
            self.run = self._choice = None
        self._unwritten = None

    def unkept(self, group: Group) -> str:
        """Which steps of the group are in memory alone, in a sentence; empty where there are none."""
        return unkept(group.step_count - self._saved[0], self.run.path if self.run is not None else self.runs)

    # --- what is recorded ---

    def record(self, rows: npt.NDArray[np.float64]) -> None:
        """Keep scalars (members, n, 2 + 7)."""
        if self.run is not None:
            self.run.record_packed("steps", pack_rows(rows))

    def record_change(self, step: int, path: str, value: Any) -> None:
        """Write down what was changed by hand."""
        if self.run is not None:
            self._settle()
            self.run.record_change(step, path, value)

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

    def keep_alarms(self, step: int, alarms: Alarms) -> None:
        """Write down which alarms hold, where others do than did. A run that is only looked at stays as it is.

        Raises OSError where the disk won't.
        """
        held = [[(each.kind, each.since) for each in own] for own in alarms]
        if self.run is not None and not self._behind and held != self._alarms:
            self.run.keep_alarms(step, alarms)
            self._alarms = held

    def commit(self, *, force: bool) -> None:
        """Make what was recorded safe against a kill, at most once a second unless forced. Raises RunError."""
        now = time.monotonic()
        if self.run is not None and (force or now - self._committed >= COMMIT_SECONDS):
            self._committed = now
            self.run.commit()

    def reason(self, error: Exception) -> str:
        """Why the group can't be written, and which: the system does not always name the file."""
        told = reason(error)
        return told if self.run is None or str(self.run.path) in told else f"{self.run.path}: {told}"

    # --- checkpoints ---

    def is_due(self, group: Group) -> bool:
        """Whether it is time for the next checkpoint."""
        return self._clock.is_due(group.experiments[0].measures.checkpoint_seconds)

    def wait(self) -> None:
        """Count the time to the next checkpoint from now."""
        self._clock.restart()

    def saved(self, group: Group) -> Path | None:
        """The checkpoint on disk that holds the group as it is now; None when there is none."""
        if self.run is None or (group.step_count, group.experiments) != self._saved:
            return None
        return self._checkpoint

    @property
    def kept_step(self) -> int | None:
        """The step of the newest checkpoint on disk; None where there is none."""
        return None if self._checkpoint is None else self._saved[0]

    def last_kept(self) -> str:
        """Where the training can be gone on from, in a sentence."""
        if self.kept_step is None:
            return "There is no checkpoint of them."
        return f"The last checkpoint is of step {self.kept_step:,}."

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
        step = group.step_count
        if self.run is None or step == 0 or self.saved(group) is not None:
            self.wait()
            return
        in_force = replace(self.lineup, experiments=group.experiments[: len(self.lineup.experiments)])
        try:
            with self._clock.saving():
                self.run.commit(durable=True)
                path = save_group(self.run.checkpoints, group, in_force)
        except NotFinite as error:
            yield Notice(f"Nothing was saved at step {step:,}: {error}. {self.last_kept()}")
            return
        except (OSError, RunError) as error:
            # Training in memory is worth more than the checkpoint: say so and go on.
            yield Notice(
                f"The checkpoint of step {step:,} could not be written. {self.reason(error)}. What is trained "
                "stays in memory: make room, then save again.",
                unsaved=True,
            )
            return
        self._saved, self._checkpoint = (step, group.experiments), path
        yield Checkpointed(step, path)

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
