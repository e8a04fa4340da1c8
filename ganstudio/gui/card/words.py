"""What a dataset card says, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ganstudio.data.card import Card


def facts(card: Card) -> list[tuple[str, str]]:
    """What is known in a few words each: a label, and what it says."""
    if card.endless:
        return [("Samples", "never run out"), ("Kind", "a density in the plane")]
    if not card.modality.side_by_side:
        return [("Samples", card.modality.words.counted(card.count))]
    rows = [("Samples", _samples(card)), *card.facts]
    if card.duplicates:
        rows.append(("Left out", f"{card.duplicates:,} that are there again"))
    rows.append(("Trained on", card.modality.described))
    return rows


def skipped_lines(card: Card) -> list[str]:
    """What was skipped, a line each with its reason."""
    lines = [f"{one.name} {one.reason}" for one in card.skipped]
    if card.skipped_more:
        lines.append(f"and {card.skipped_more:,} more")
    return lines


def finished(card: Card) -> str:
    """What there is to say when everything is read."""
    return "Ready" if card.endless else f"Ready: {card.modality.words.counted(card.count)}"


def _samples(card: Card) -> str:
    aside = card.held_out
    words = card.modality.words.counted(card.count)
    return f"{words}, {aside:,} of them held out" if aside and card.complete else words
