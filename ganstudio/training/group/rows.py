"""What is known of several games at one step, as bytes for their folder and back.

Legend for names of arrays: m members, n steps.
"""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from ganstudio.measurements.coverage import ModeCoverage
from ganstudio.measurements.estimate import ESTIMATOR_NAMES, DivergenceEstimate
from ganstudio.training.messages import SCALARS, Covered, Estimated, OfMember

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

AT_ONCE = 1 << 12
"""Steps that are handed out together."""
_COVERED = 4
_ESTIMATED = tuple(field.name for field in fields(DivergenceEstimate) if field.name != "estimator")


def pack_rows(rows: npt.NDArray[np.float64]) -> list[tuple[int, bytes]]:
    """Scalars (m, n, 2 + 7) as step and bytes. They come from single precision, and are kept as that."""
    packed = np.empty(rows.shape[1], _row_type(len(rows)))
    packed["seconds"] = rows[:, :, 1].T
    packed["scalars"] = rows[:, :, 2:].transpose(1, 0, 2)
    return [(int(step), row.tobytes()) for step, row in zip(rows[0, :, 0].tolist(), packed, strict=True)]


def unpack_rows(packed: Sequence[tuple[int, bytes]], members: int) -> Iterator[npt.NDArray[np.float64]]:
    """Scalars (m, n, 2 + 7) in pieces; what is not of this many members is left out."""
    kind = _row_type(members)
    whole = [(step, row) for step, row in packed if len(row) == kind.itemsize]
    for first in range(0, len(whole), AT_ONCE):
        part = whole[first : first + AT_ONCE]
        read = np.frombuffer(b"".join(row for _, row in part), kind)
        rows = np.empty((members, len(part), 2 + len(SCALARS)))
        rows[:, :, 0] = [step for step, _ in part]
        rows[:, :, 1] = read["seconds"].T
        rows[:, :, 2:] = read["scalars"].transpose(1, 0, 2)
        yield rows


def _row_type(members: int) -> np.dtype[Any]:
    return np.dtype([("seconds", "<f8", (members,)), ("scalars", "<f4", (members, len(SCALARS)))])


def pack_looks(looks: Sequence[Covered]) -> list[tuple[int, bytes]]:
    """What the members reach of the modes at one step, as step and bytes; none where their counts don't match."""
    rows = []
    for look in looks:
        coverage = look.coverage
        spread = np.nan if coverage.mode_kl is None else coverage.mode_kl
        rows.append([coverage.modes, coverage.modes_strict, coverage.high_quality, spread, *coverage.counts])
    return [(looks[0].step, np.array(rows, "<f8").tobytes())]


def unpack_looks(packed: Sequence[tuple[int, bytes]], members: int) -> Iterator[OfMember]:
    """What was seen, step by step and member by member; what is not of this many members is left out."""
    for step, row in packed:
        if len(row) % (8 * members) or len(row) <= 8 * members * _COVERED:
            continue
        for index, numbers in enumerate(np.frombuffer(row, "<f8").reshape(members, -1).tolist()):
            modes, strict, share, spread, *counts = numbers
            if not np.isfinite([modes, strict, share, *counts]).all():
                continue
            coverage = ModeCoverage(
                modes=int(modes),
                modes_strict=int(strict),
                high_quality=share,
                mode_kl=None if np.isnan(spread) else spread,
                counts=tuple(map(int, counts)),
            )
            yield OfMember(index, Covered(step, coverage))


def pack_estimate(index: int, found: Estimated) -> tuple[int, bytes]:
    """What was measured of a member, as step and bytes."""
    told = {"member": index, "seconds": found.seconds, **asdict(found.estimate)}
    return found.step, json.dumps(told).encode()


def unpack_estimates(packed: Sequence[tuple[int, bytes]], members: int) -> list[list[Estimated]]:
    """What was measured of each member, in order of the steps; what can't be read is left out."""
    found: list[list[Estimated]] = [[] for _ in range(members)]
    for step, row in packed:
        try:
            told = json.loads(row)
            index, seconds = told.pop("member"), float(told.pop("seconds"))
            numbers = {name: told[name] for name in _ESTIMATED if name in told}
            if told["estimator"] in ESTIMATOR_NAMES and all(map(_is_number, numbers.values())):
                estimate = DivergenceEstimate(estimator=told["estimator"], **numbers)
                found[range(members)[index]].append(Estimated(step, seconds, estimate))
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
            continue
    return found


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, bool | int | float) and np.isfinite(value))
