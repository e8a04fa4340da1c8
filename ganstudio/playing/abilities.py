"""Whether sounds can be played on this computer, for ``ganstudio doctor``."""

from __future__ import annotations

from typing import Any

from ganstudio.playing.devices import NoSoundError, open_device
from ganstudio.playing.mixer import Mixer
from ganstudio.system import programs


def abilities() -> dict[str, Any]:
    """What plays sounds, as values that JSON can hold: it is tried, as only that tells. None, or an error: nothing."""
    from importlib import metadata  # slow to load, and the window passes by this module on its way

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
    if found["error"] is None:
        return [("Sound", f"played through {found['device']} (miniaudio {found['miniaudio']})")]
    if found["miniaudio"] is not None:
        why = "no sound device was found"
    elif programs.is_frozen():
        why = "miniaudio is not in this build"
    else:
        why = "miniaudio is missing (python -m pip install miniaudio)"
    return [("Sound", f"not played: {why}; WAV files can be saved")]
