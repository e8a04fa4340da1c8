"""Whether sounds can be played on this computer, for ``ganstudio doctor``."""

from __future__ import annotations

from importlib import metadata
from typing import Any

from ganstudio.playing.devices import NoSoundError, open_device
from ganstudio.playing.mixer import Mixer


def abilities() -> dict[str, Any]:
    """What plays sounds, as values that JSON can hold: it is tried, as only that tells. None, or an error: nothing."""
    try:
        version: str | None = metadata.version("miniaudio")
    except metadata.PackageNotFoundError:
        version = None
    found: dict[str, Any] = {"miniaudio": version, "device": None, "error": None}
    try:
        device = open_device(Mixer())
        device.start()  # a moment of silence
    except NoSoundError as error:
        return found | {"error": str(error)}
    device.stop()
    device.close()
    return found | {"device": device.name}


def described(found: dict[str, Any]) -> list[tuple[str, str]]:
    """The same in words: a label and a text."""
    return [("Sound", found["error"] or f"played through {found['device']} (miniaudio {found['miniaudio']})")]
