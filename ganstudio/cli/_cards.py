"""A dataset's card in the terminal: as lines for people, and as values for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ganstudio.data.card import Card

SHOWN = 10
"""How many sizes, classes and skipped files are listed for people; the JSON has all that the card has."""

_SHADES = " .:-=+*#%@"


def as_lines(card: Card) -> list[str]:
    """What the card tells, from what it was taken for to what was skipped."""
    lines = [card.name, f"  {card.verdict}", f"  {_count(card)}"]
    if card.sizes:
        lines.append(f"  originals: {_sizes(card)}; {card.grey:,} grey, {card.colour:,} in colour{_clear(card)}")
    lines += [f"  {label.lower()}: {value}" for label, value in card.told]
    if card.classes:
        lines.append(f"  {len(card.classes):,} classes: {_classes(card)}")
    if card.duplicates:
        lines.append(f"  {card.duplicates:,} left out, as another is the same or nearly")
    lines += [f"  {note}" for note in card.notes]
    lines += _readings(card)
    if card.histogram is not None:
        lines.append(f"  shades from black to white: [{_shades(card)}]")
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
        "sizes": [{"width": width, "height": height, "count": count} for width, height, count in card.sizes],
        "grey": card.grey,
        "colour": card.colour,
        "clear": card.clear,
        "told": dict(card.told),
        "classes": [{"name": one.name, "count": one.count} for one in card.classes],
        "skipped": [{"name": one.name, "reason": one.reason} for one in card.skipped],
        "skipped_count": len(card.skipped) + card.skipped_more,
        "duplicates": card.duplicates,
        "mean": None if card.mean is None else card.mean.tolist(),
        "histogram": None if card.histogram is None else card.histogram.tolist(),
        "points": None if card.points is None else card.points.tolist(),
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
    if not card.of_pixels:
        if card.told:
            words = card.modality.words
            return f"{words.counted(card.count)}{card.modality.described.removeprefix(words.many)}{aside}"
        return f"{card.modality.words.counted(card.count)}{aside}"
    channels, height, width = card.shape
    return f"{card.count:,} images of {width} x {height}, {'grey' if channels == 1 else 'in colour'}{aside}"


def _sizes(card: Card) -> str:
    listed = [f"{width} x {height} ({count:,})" for width, height, count in card.sizes[:SHOWN]]
    others = card.grey + card.colour - sum(count for _, _, count in card.sizes[:SHOWN])
    return ", ".join(listed) + (f" and {others:,} of other sizes" if others > 0 else "")


def _clear(card: Card) -> str:
    return f", {card.clear:,} transparent in places" if card.clear else ""


def _classes(card: Card) -> str:
    listed = [f"{one.name} ({one.count:,})" for one in card.classes[:SHOWN]]
    others = len(card.classes) - SHOWN
    return ", ".join(listed) + (f" and {others:,} more" if others > 0 else "")


def _shades(card: Card) -> str:
    """How often each of 32 shades is there, drawn darker for more."""
    assert card.histogram is not None
    counts = card.histogram.sum(axis=0).reshape(32, 8).sum(axis=1)
    shares = (counts / max(1, counts.max())) ** 0.5  # the root, as drawings are nearly all ground
    levels = (shares * (len(_SHADES) - 1)).round().astype(int).tolist()
    return "".join(_SHADES[level] for level in levels)
