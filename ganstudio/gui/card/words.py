"""What a dataset card says, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ganstudio.data.card import Card

_SIZES = 3  # that are told one by one


def counted(number: int, thing: str) -> str:
    """``1 image``, ``2,000 images``."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def facts(card: Card) -> list[tuple[str, str]]:
    """What is known in a few words each: a label, and what it says."""
    if card.endless:
        return [("Samples", "never run out"), ("Kind", "a density in the plane")]
    if not card.modality.side_by_side:
        return [("Samples", card.modality.words.counted(card.count))]
    rows = [("Samples", _samples(card))]
    if card.sizes:
        rows.append(("Size", _sizes(card)))
    if card.grey or card.colour or card.clear:
        rows.append(("Colour", _colours(card)))
    rows += card.told
    if card.duplicates:
        rows.append(("Left out", f"{card.duplicates:,} that are there again"))
    rows.append(("Trained on", shape(card)))
    return rows


def shape(card: Card) -> str:
    """What a sample is when it is trained on."""
    if not card.of_pixels:
        return card.modality.described
    channels, height, width = card.shape
    return f"{'grey' if channels == 1 else 'colour'}, {width} × {height}"


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


def _sizes(card: Card) -> str:
    if len(card.sizes) == 1:
        width, height, _ = card.sizes[0]
        return f"{width} × {height}, all of them"
    told = [f"{width} × {height} ({count:,})" for width, height, count in card.sizes[:_SIZES]]
    return "\n".join(told if len(card.sizes) <= _SIZES else [*told, "and others"])


def _colours(card: Card) -> str:
    parts = []
    if card.colour:
        parts.append("in colour" if not card.grey else f"{card.colour:,} in colour")
    if card.grey:
        parts.append("grey" if not card.colour else f"{card.grey:,} grey")
    if card.clear:
        parts.append(f"{card.clear:,} with transparency")
    return ", ".join(parts)
