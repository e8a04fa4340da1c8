"""What the training of several games side by side leaves: figures of each, of a band their spread too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ganstudio.cli._measure import coverage_of
from ganstudio.cli._results import Stop, is_written, summarise
from ganstudio.cli._terminal import note, number, say, shown, to_json
from ganstudio.modalities import counted
from ganstudio.run import GroupChoice, GroupFolder, write_aside
from ganstudio.scalars import percent
from ganstudio.training.messages import SCALARS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from ganstudio.training.checkpoints.loaded import LoadedGenerator

_SPREAD = ("d_loss", "g_loss", "jsd_bound_nats", "modes", "high_quality")
_TOLD: Mapping[str, Callable[[float], str]] = {"modes": "{:g}".format, "high_quality": percent}
"""Of a spread, what is not told as a measured number: counts, whose median may lie between two, and shares."""
_POINTS = 1000
"""Of each game that samples.png shows."""


def finish_group(
    run: Path, *, stop: Stop, as_json: bool, at: int | None = None, steps_per_second: float | None = None
) -> int:
    """Write samples.png and summary.json into the group's folder and print the results.

    at: the step of the checkpoint that they are of; None: the newest. Returns 0, or 2 where one of the files could not
    be written; the results are printed all the same.
    """
    from ganstudio.training.group.loaded import load_members, member_rows

    folder = GroupFolder.open(run, read_only=True)
    choice = GroupChoice(run, at)
    lineup, amiss = choice.begun()
    members = load_members(run, at=at) if choice.path is not None else []
    empty = np.empty((len(lineup.names), 0, 2 + len(SCALARS)))
    rows = np.concatenate([empty, *member_rows(folder, len(lineup.names))], axis=1)
    folder.close()
    for fault in (*folder.missing, *([amiss] if amiss else [])):
        note(fault)
    figures = []
    for index, name in enumerate(lineup.names):
        experiment = members[index].experiment if members else lineup.experiments[0 if lineup.seeds else index]
        wrong = bool(rows.shape[1]) and not np.isfinite(rows[index, -1, 2:]).all()
        summary = summarise(experiment, rows[index], diverged=wrong)
        told = {key: summary[key] for key in ("d_loss", "g_loss", "d_real", "d_fake")}
        bound = {key: summary[key] for key in summary if key.startswith("jsd_bound")}
        figures.append({"name": name, **told, **bound, **(coverage_of(members[index]) if members else {})})
    first = summarise(lineup.experiments[0], rows[0])
    result = {
        "run": str(run),
        "name": lineup.name,
        "kind": "band" if lineup.seeds else "duel",
        "steps": first["steps"],
        "seconds": first["seconds"] if lineup.seeds else float(rows[:, -1, 1].sum()) if rows.shape[1] else 0.0,
        "steps_per_second": steps_per_second,
        "members": figures,
        **({"spread": spread(figures)} if lineup.seeds else {}),
        "stopped": stop,
        "kept_step": members[0].step if members else None,
    }
    written = _written(run, result, members)
    say(to_json(result) if as_json else in_words(result))
    return 0 if written else 2


def spread(figures: list[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Least, median and greatest of the members' figures, of those that are known."""
    found = {}
    for key in _SPREAD:
        known = [float(one[key]) for one in figures if one.get(key) is not None]
        if known:
            found[key] = {"least": min(known), "median": float(np.median(known)), "greatest": max(known)}
    return found


def in_words(result: dict[str, Any]) -> str:
    """The results for people."""
    rate = result["steps_per_second"]
    speed = f" ({rate:.0f} steps/s)" if rate else ""
    members = result["members"]
    games = counted(len(members), "seed" if result["kind"] == "band" else "game")
    lines = [f"{result['name']}, {games}: {counted(result['steps'], 'step')} in {result['seconds']:.1f} s{speed}"]
    width = max(len(one["name"]) for one in members)
    for one in members:
        modes = f", modes {one['modes']} of {one['modes_total']}, within 3 SD {percent(one['high_quality'])}"
        bound = "unknown" if one["jsd_bound_nats"] is None else f"{number(one['jsd_bound_nats'])} nats"
        losses = f"D loss {number(one['d_loss'])}, G loss {number(one['g_loss'])}"
        lines.append(f"  {one['name']:<{width}}  {losses}, JSD bound {bound}{modes if 'modes' in one else ''}")
    names = {"d_loss": "D loss", "g_loss": "G loss", "jsd_bound_nats": "JSD bound, nats", "modes": "modes"}
    for key, own in result.get("spread", {}).items():
        label, told = names.get(key, "within 3 SD of a mode"), _TOLD.get(key, number)
        lines.append(f"{label}: median {told(own['median'])}, from {told(own['least'])} to {told(own['greatest'])}")
    lines.append(f"run: {result['run']}")
    return "\n".join(map(shown, lines))


def _written(run: Path, result: dict[str, Any], members: Sequence[LoadedGenerator]) -> bool:
    """Write what the games leave; whether all of it could be: one that can't keeps nothing from the others."""
    from ganstudio.export import save_games

    names = [one["name"] for one in result["members"]]
    makers: dict[str, Callable[[Path], None]] = {
        "summary.json": lambda path: write_aside(path, to_json(result, indent=2) + "\n")
    }
    if members:
        makers["samples.png"] = lambda path: save_games(
            path, [one.generate(one.draw_latents(_POINTS, 0)) for one in members], names
        )
    written = [is_written(run / name, make, kept=bool(members)) for name, make in makers.items()]
    return all(written)
