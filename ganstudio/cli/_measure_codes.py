"""What the codes of a run learned, in words."""

from __future__ import annotations

from typing import Any

from ganstudio.cli._terminal import number
from ganstudio.scalars import percent


def codes_in_words(figures: dict[str, Any]) -> list[str]:
    """The figures for people; none for a run without codes."""
    if "codes_missing" not in figures:
        return []
    if figures["codes_missing"]:
        return [f"what the codes learned: not known, because {figures['codes_missing']}"]
    lines = [f"what Q reads off {figures['codes_samples']:,} real images:"]
    for name, accuracy in figures["codes_accuracy"].items():
        lines.append(f"  {name} as a classifier, values matched one to one to classes: {percent(accuracy)} right")
    if figures["codes_mig"] is not None:
        lines.append(f"  mutual information gap (MIG): {number(figures['codes_mig'])}")
    for name, row in figures["codes_information_nats"].items():
        control = figures["codes_information_control_nats"][name]
        told = ", ".join(f"{factor} {number(nats)} ({number(control[factor])})" for factor, nats in row.items())
        if told:
            lines.append(f"  {name} tells of, nats, in brackets shuffled: {told}")
    for name, row in figures["codes_rank_correlation"].items():
        told = ", ".join(f"{factor} {number(value)}" for factor, value in row.items())
        if told:
            lines.append(f"  rank correlation of {name} with: {told}")
    for name, ends in figures.get("codes_extremes", {}).items():
        lines.append(f"  images at the ends of {name}, by their number: {'; '.join(_ends_in_words(ends))}")
    return lines


def _ends_in_words(ends: dict[str, Any]) -> list[str]:
    """Each end with its three most extreme images."""
    return [f"{end} {', '.join(map(str, found['images'][:3])) or 'none'}" for end, found in ends.items()]
