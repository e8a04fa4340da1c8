"""Real sound files for tests, made by hand: WAV of every kind, AIFF, FLAC, and MP3 of silence."""

from __future__ import annotations

import importlib.util
import struct

import numpy as np
import pytest

needs_miniaudio = pytest.mark.skipif(
    importlib.util.find_spec("miniaudio") is None, reason="no wheel of miniaudio here: WAV alone is read"
)

RATE = 8000


def tone(seconds: float = 0.5, frequency: float = 330.0, rate: int = RATE, loud: float = 0.5) -> np.ndarray:
    """A note that fades in for 10 ms and out slowly, float64 (t,)."""
    since = np.arange(round(seconds * rate)) / rate
    return loud * np.sin(2 * np.pi * frequency * since) * np.clip(since / 0.01, 0, 1) * np.exp(-2 * since)


def hiss(seconds: float = 0.5, seed: int = 0, rate: int = RATE, loud: float = 0.5) -> np.ndarray:
    """Noise that comes in bursts, as speech does."""
    rng = np.random.default_rng(seed)
    noise = rng.uniform(-loud, loud, round(seconds * rate))
    return noise * (0.55 + 0.45 * np.sin(2 * np.pi * 4 * np.arange(len(noise)) / rate))


def packed(values: np.ndarray, bits: int) -> bytes:
    """Values (t,) or (t, channels) as WAV holds them."""
    if bits == 8:
        return np.rint(np.clip(values, -1, 1) * 127 + 128).astype(np.uint8).tobytes()
    whole = np.rint(np.clip(values, -1, 1) * (2 ** (bits - 1) - 1)).astype("<i4" if bits > 16 else "<i2")
    if bits == 24:
        return np.ascontiguousarray(whole.reshape(-1, 1)).view(np.uint8)[:, :3].tobytes()
    return whole.tobytes()


def wav(values: np.ndarray, rate: int = RATE, bits: int = 16, **lies: int) -> bytes:
    """A WAV file of values (t,) or (t, channels) from -1 to 1; bits: 8, 16, 24, 32, or 0 for 32-bit floats.

    lies: fields of the header that say something else: channels, rate, bits, kind, length.
    """
    channels = 1 if values.ndim == 1 else values.shape[1]
    data = values.astype("<f4").tobytes() if bits == 0 else packed(values, bits)
    told = {"kind": 3 if bits == 0 else 1, "channels": channels, "rate": rate, "bits": bits or 32, **lies}
    width = told["channels"] * told["bits"] // 8
    form = struct.pack(
        "<HHIIHH",
        told["kind"],
        told["channels"],
        told["rate"],
        told["rate"] * width % 2**32,
        width % 2**16,
        told["bits"],
    )
    chunks = b"fmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", lies.get("length", len(data)))
    return b"RIFF" + struct.pack("<I", 4 + len(chunks) + len(data)) + b"WAVE" + chunks + data


def aiff(values: np.ndarray, rate: int = RATE) -> bytes:
    """An AIFF file of 16 bits and one channel."""
    data = np.rint(values * 32767).astype(">i2").tobytes()
    exponent = rate.bit_length() - 1
    long_double = struct.pack(">HQ", 16383 + exponent, rate << (63 - exponent))  # AIFF's rates are of 80 bits
    common = b"COMM" + struct.pack(">IHIH", 18, 1, len(values), 16) + long_double
    sound = b"SSND" + struct.pack(">III", 8 + len(data), 0, 0) + data
    return b"FORM" + struct.pack(">I", 4 + len(common) + len(sound)) + b"AIFF" + common + sound


def flac(values: np.ndarray, rate: int = RATE, told: int | None = None) -> bytes:
    """A FLAC file of 16 bits and one channel, its values as they are; told: how many the header promises."""
    samples = np.rint(values * 32767).astype(int)
    block = 1024
    samples = samples[: len(samples) // block * block]
    count = len(samples) if told is None else told
    info = struct.pack(">HH", block, block) + bytes(6)
    info += (rate << 44 | 0 << 41 | 15 << 36 | count).to_bytes(8, "big") + bytes(16)
    frames = [_frame(number, samples[number * block :][:block]) for number in range(len(samples) // block)]
    return b"fLaC" + b"\x80" + len(info).to_bytes(3, "big") + info + b"".join(frames)


def _frame(number: int, samples: np.ndarray) -> bytes:
    """A frame of 1,024 values: fixed block size, rate as in the header, one channel, 16 bits; stored, not predicted."""
    assert number < 128
    header = bytes([0xFF, 0xF8, 0xA0, 0x08, number])
    header += bytes([_crc(header, 0x107, 8)])
    body = header + b"\x02" + samples.astype(">i2").tobytes()
    return body + _crc(body, 0x18005, 16).to_bytes(2, "big")


def _crc(data: bytes, polynomial: int, bits: int) -> int:
    value = 0
    for byte in data:
        value ^= byte << (bits - 8)
        for _ in range(8):
            value = value << 1 ^ (polynomial if value >> (bits - 1) & 1 else 0)
    return value


def silent_mp3(frames: int = 30) -> bytes:
    """MPEG 2, layer III, 16 kHz, mono, 8 kbit/s: frames of nothing."""
    frame = bytes([0xFF, 0xF3, 0x18, 0xC0])  # 72 * 8000 / 16000 bytes
    return (frame + bytes(32)) * frames


def folder_of(path, files: dict[str, bytes]):
    """Write files by name, in subfolders where their names have slashes."""
    for name, data in files.items():
        target = path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return path
