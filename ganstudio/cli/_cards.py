"""A dataset's card in the terminal: as lines for people, and as values for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ganstudio.modalities import counted

if TYPE_CHECKING:
    from ganstudio.data.card import Card

SHOWN = 10
"""How many classes and skipped files are listed for people; the JSON has all that the card has."""


def as_lines(card: Card) -> list[str]:
    """What the card tells, from what it was taken for to what was skipped."""
    lines = [card.name, f"  {card.verdict}", f"  {_count(card)}"]
    lines += [f"  {label.lower()}: {', '.join(value.splitlines())}" for label, value in card.facts]
    if card.classes:
        lines.append(f"  {counted(len(card.classes), 'class', 'classes')}: {_classes(card)}")
    if card.duplicates:
        lines.append(f"  {card.duplicates:,} left out, as another is the same or nearly")
    lines += [f"  {note}" for note in card.notes]
    lines += _readings(card)
    if card.picture is not None and (shown := card.picture.line()):
        lines.append(f"  {shown}")
    skipped = len(card.skipped) + card.skipped_more
    if skipped:
        lines.append(f"  {skipped:,} skipped:")
        lines += [f"    {one.name} {one.reason}" for one in card.skipped[:SHOWN]]
        if skipped > SHOWN:
            lines.append(f"    and {skipped - SHOWN:,} more")
    return lines


def as_values(card: Card) -> dict[str, Any]:
    """The same and more, as JSON holds it; the mean image and the points in rows."""
    return {
        "name": card.name,
        "kind": card.kind,
        "verdict": card.verdict,
        "dataset": card.spec.model_dump(mode="json"),
        "shape": card.shape,
        "count": card.count,
        "facts": dict(card.facts),
        **card.values,
        "classes": [{"name": one.name, "count": one.count} for one in card.classes],
        "skipped": [{"name": one.name, "reason": one.reason} for one in card.skipped],
        "skipped_count": len(card.skipped) + card.skipped_more,
        "duplicates": card.duplicates,
        **({} if card.picture is None else card.picture.values()),
        "notes": card.notes,
        "question": card.question,
        "readings": [{one.name: one.value, "words": one.words} for one in card.readings],
    }


def _readings(card: Card) -> list[str]:
    """The other ways to take the data; all of them, where one has to be chosen."""
    others = [one for one in card.readings if one is not card.reading][:SHOWN]
    if not others:
        return [f"  {card.question}"] if card.question else []
    head = card.question or f"could be taken otherwise, by --set dataset.{others[0].name}=..."
    return [f"  {head}", *(f"    {one.value}: {one.words}" for one in others)]


def _count(card: Card) -> str:
    if card.endless:
        return "points without end, from a density"
    aside = f", {card.held_out:,} of them held out" if card.held_out else ""
    words = card.modality.words
    size = card.modality.described.removeprefix(words.many) if card.pictured else ""
    return f"{words.counted(card.count)}{size}{aside}"


def _classes(card: Card) -> str:
    listed = [f"{one.name} ({one.count:,})" for one in card.classes[:SHOWN]]
    others = len(card.classes) - SHOWN
    return ", ".join(listed) + (f" and {others:,} more" if others > 0 else "")
