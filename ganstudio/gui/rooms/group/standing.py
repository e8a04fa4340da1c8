"""Where each of several games stands, in words: for its tile, and for the alarms of all of them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ganstudio.gui.parts.alerts import coverage_text
from ganstudio.gui.parts.chips import step_text
from ganstudio.gui.plots.estimates import NAMES
from ganstudio.gui.rooms.group.findings import COVERAGE, ENOUGH
from ganstudio.gui.text.numbers import signed
from ganstudio.gui.text.words import NOTHING
from ganstudio.measurements import LOG2, displayed
from ganstudio.measurements.alerts import TITLES
from ganstudio.scalars import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ganstudio.gui.rooms.group.findings import GroupFindings, Rounds
    from ganstudio.gui.rooms.group.history import GroupHistory
    from ganstudio.measurements.alerts import Alert
    from ganstudio.measurements.coverage import ModeCoverage
    from ganstudio.training.messages import Estimated

UNKNOWN = "–"
_MOST_NAMED = 3
_MOST_TOLD = 6


@dataclass(frozen=True)
class Standing:
    """values: (name, value) of the header, the most important first. reached: the modes, in short and shorter.

    alarms: titles of what is wrong, the gravest first. lines: all of it at length.
    """

    values: tuple[tuple[str, str], ...] = ()
    reached: tuple[str, str] = ("", "")
    alarms: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()


def standings(history: GroupHistory, findings: GroupFindings, estimator: str) -> list[Standing]:
    """Where each game stands; the divergence as ``estimator`` found it, or else as its D bounds it."""
    newest = round_step(findings, estimator)
    latest = [findings.latest(member, estimator) for member in range(findings.members)]
    return [_standing(history, findings, member, found, newest) for member, found in enumerate(latest)]


def _standing(
    history: GroupHistory, findings: GroupFindings, member: int, found: Estimated | None, newest: int | None
) -> Standing:
    coverage = findings.coverage[member]
    values, lines = [], []
    if found is not None:
        # Which step the round is of is said once for all games; of an earlier one, here.
        of = "" if found.step == newest else f" at {found.step:,}"
        values.append(("JSD", f"{displayed(found.estimate.jsd):.3f}{of}"))
        lines.append(_estimate_line(found))
    elif len(history):
        values.append(("JSD", _bound(float(history.curve(member, "jsd")[-1]))))
        lines.append(" ".join(values[-1]))
    if len(history):
        values.append(("D(G(z))", _share(float(history.curve(member, "d_fake")[-1]))))
        lines.append(" ".join(values[-1]))
    if coverage is not None:
        lines.append(coverage_text(coverage, len(coverage.counts)))
    alerts = findings.alerts[member]
    lines += [f"{alert.title} since {step_text(alert.step)}: {alert.evidence}" for alert in alerts]
    return Standing(tuple(values), _reached(coverage), tuple(alert.title for alert in alerts), tuple(lines))


def standings_at(history: GroupHistory, findings: GroupFindings, estimator: str, step: int) -> list[Standing]:
    """Where each game stood at a step: what was measured of it last by then. Alarms are of now."""
    row = min(int(np.searchsorted(history.step, step)), len(history) - 1)
    rounds = findings.estimated(estimator, "jsd"), *(findings.covered(name) for name in COVERAGE)
    total = findings.total_modes
    by_game = [[_last(each, member, step) for each in rounds] for member in range(findings.members)]
    return [_standing_at(history, row, member, last, total) for member, last in enumerate(by_game)]


def _standing_at(history: GroupHistory, row: int, member: int, last: Sequence[float | None], total: int) -> Standing:
    """row: of the history, below 0 where it is empty; last: JSD and ``COVERAGE``; total: how many modes there are."""
    values = []
    jsd, modes, quality, spread = last
    if jsd is not None:
        values.append(("JSD", f"{displayed(jsd):.3f}"))
    elif row >= 0:
        values.append(("JSD", _bound(float(history.curve(member, "jsd")[row]))))
    if row >= 0:
        values.append(("D(G(z))", _share(float(history.curve(member, "d_fake")[row]))))
    lines = [" ".join(value) for value in values]
    reached, short = "", ""
    if modes is not None and quality is not None:
        kl = UNKNOWN if spread is None else f"{spread:.3f}"
        reached = f"{modes:.0f}/{counted(total, 'mode')} · {100 * quality:.1f} % · rKL {kl}"
        short = f"{modes:.0f}/{total} · {100 * quality:.0f} %"
        lines.append(reached)
    return Standing(tuple(values), (reached, short), lines=tuple(lines))


def _last(rounds: Rounds, member: int, step: int) -> float | None:
    """The newest number of a game up to a step; None where there is none."""
    known = np.flatnonzero(np.isfinite(rounds.value[member]) & (rounds.steps <= step))
    return float(rounds.value[member, known[-1]]) if len(known) else None


def _bound(jsd: float) -> str:
    """A bound from below, which says nothing below 0: a JSD is never less."""
    return UNKNOWN if math.isnan(jsd) else NOTHING if jsd <= 0 else f"≥ {min(jsd, LOG2):.3f}"


def _share(value: float) -> str:
    return UNKNOWN if math.isnan(value) else f"{value:.2f}"


def _estimate_line(found: Estimated) -> str:
    estimate = found.estimate
    return (
        f"JSD {displayed(estimate.jsd):.3f} ({signed(f'{estimate.jsd_low:.3f} to {estimate.jsd_high:.3f}')}) "
        f"by {NAMES[estimate.estimator].lower()}, {step_text(found.step)}"
    )


def _reached(coverage: ModeCoverage | None) -> tuple[str, str]:
    if coverage is None:
        return "", ""
    total = len(coverage.counts)
    spread = UNKNOWN if coverage.mode_kl is None else f"{coverage.mode_kl:.3f}"
    short = f"{coverage.modes}/{total} · {100 * coverage.high_quality:.0f} %"
    return f"{coverage.modes}/{counted(total, 'mode')} · {100 * coverage.high_quality:.1f} % · rKL {spread}", short


def measured_text(findings: GroupFindings, estimator: str) -> str:
    """Of which step the games' estimates are, and of how many games if not of all."""
    step = round_step(findings, estimator)
    if step is None:
        return ""
    steps, value, *_ = findings.estimated(estimator, "jsd")
    known = int(np.isfinite(value[:, -1]).sum())
    partly = step == steps[-1] and known < findings.sound
    return f"estimates of {step_text(step)}" + (f" ({known} of {findings.members})" if partly else "")


def round_step(findings: GroupFindings, estimator: str) -> int | None:
    """The step of the newest round that has been to enough of the games, or else of the one before; None: no round."""
    steps, value, *_ = findings.estimated(estimator, "jsd")
    if not len(steps):
        return None
    known = int(np.isfinite(value[:, -1]).sum())
    enough = known >= findings.sound or len(steps) == 1 or known >= ENOUGH * findings.members
    return int(steps[-1 if enough else -2])


def gathered(alerts: Sequence[Iterable[Alert]], names: Sequence[str]) -> tuple[Alert, ...]:
    """One alert for all games that it holds for, which are named in it; the gravest first."""
    by_kind: dict[str, list[tuple[str, Alert]]] = {}
    for name, own in zip(names, alerts, strict=True):
        for alert in own:
            by_kind.setdefault(alert.kind, []).append((name, alert))
    return tuple(_together(by_kind[kind]) for kind in TITLES if kind in by_kind)


def _together(found: Sequence[tuple[str, Alert]]) -> Alert:
    first = min((alert for _, alert in found), key=lambda alert: alert.step)
    more = len(found) - _MOST_NAMED
    named = ", ".join(name for name, _ in found[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
    return replace(
        first,
        title=f"{first.title}: {named}",
        evidence=_listed((name, alert.evidence) for name, alert in found),
        advice=_advice(found),
    )


def _advice(found: Sequence[tuple[str, Alert]]) -> str:
    """What to try: once where it is the same for all games."""
    if len({alert.advice for _, alert in found}) == 1:
        return found[0][1].advice
    return _listed((name, alert.advice) for name, alert in found)


def _listed(said: Iterable[tuple[str, str]]) -> str:
    lines = [f"{name}: {words}" for name, words in said]
    more = len(lines) - _MOST_TOLD
    return "\n".join(lines[:_MOST_TOLD] + ([f"and {more} more"] if more > 0 else []))
