"""An origin put into a finished file, where the file's format has a place for such things."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

from ganstudio.origins.origin import KEY, Origin

if TYPE_CHECKING:
    from collections.abc import Callable

XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
"""The box of a film or an AVIF picture that holds XMP, by Adobe's specification."""
_GIF_XMP = b"\x21\xff\x0bXMP DataXMP"
# Behind the packet, whose bytes a decoder takes for the sizes of blocks: wherever it comes out, it is led to the end.
_GIF_TRAILER = bytes([1, *range(255, -1, -1), 0])
_MOST_COMMENT = 65_535


def signed(data: bytes, suffix: str, origin: Origin | None) -> bytes:
    """A file with its origin in it. A format without a place for it stays as it is, as does all without an origin.

    suffix: the file's ending, in small letters, by which its format is known.
    """
    put = _PLACES.get(suffix)
    return data if origin is None or put is None else put(data, origin.packed())


def _xmp(text: str) -> bytes:
    """A packet of XMP that says it: a description, which any reader of XMP shows."""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:description><rdf:Alt><rdf:li xml:lang="x-default">'
        f"{text}</rdf:li></rdf:Alt></dc:description></rdf:Description></rdf:RDF></x:xmpmeta>"
        '<?xpacket end="r"?>'
    ).encode()


def _png(data: bytes, text: str) -> bytes:
    """An iTXt chunk behind the header; an animated PNG's too."""
    header = 8 + 25  # the signature, and IHDR with its length, name and checksum
    body = b"iTXt" + KEY.encode() + b"\0\0\0\0\0" + text.encode()
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return data[:header] + chunk + data[header:]


def _gif(data: bytes, text: str) -> bytes:
    """An application block with XMP before the file's end, as Adobe's programs write it."""
    assert data.endswith(b";")
    return data[:-1] + _GIF_XMP + _xmp(text) + _GIF_TRAILER + b";"


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def _with_chunks(data: bytes, chunks: bytes) -> bytes:
    """A RIFF file with more behind it."""
    whole = data[8:] + b"\0" * (len(data) % 2) + chunks
    return b"RIFF" + struct.pack("<I", len(whole)) + whole


def _webp(data: bytes, text: str) -> bytes:
    """A chunk with XMP; a plain file becomes one with a header that says what is in it."""
    if data[12:16] == b"VP8X":
        header = bytearray(data)
        header[20] |= 0x04
        return _with_chunks(bytes(header), _chunk(b"XMP ", _xmp(text)))
    from PIL import Image

    with Image.open(io.BytesIO(data)) as picture:
        width, height = picture.size
        clear = picture.mode == "RGBA"
    sides = b"".join(struct.pack("<I", side - 1)[:3] for side in (width, height))
    body = _chunk(b"VP8X", bytes([0x04 | 0x10 * clear, 0, 0, 0]) + sides)
    plain = b"RIFF" + struct.pack("<I", len(data) - 8 + len(body)) + b"WEBP" + body + data[12:]
    return _with_chunks(plain, _chunk(b"XMP ", _xmp(text)))


def _wav(data: bytes, text: str) -> bytes:
    """A comment in a list of what is to be said of the sound."""
    return _with_chunks(data, _chunk(b"LIST", b"INFO" + _chunk(b"ICMT", text.encode() + b"\0")))


def _boxes(data: bytes, text: str) -> bytes:
    """A box with XMP behind all others of a film or an AVIF picture."""
    packet = _xmp(text)
    return data + struct.pack(">I", 24 + len(packet)) + b"uuid" + XMP_UUID + packet


def _svg(data: bytes, text: str) -> bytes:
    """What it says in an element behind the first tag."""
    start = data.index(b"<svg")
    end = data.index(b">", start) + 1
    return data[:end] + b"<metadata>" + text.encode() + b"</metadata>" + data[end:]


def _zip(data: bytes, text: str) -> bytes:
    """The archive's comment, which readers of its members don't see; where it finds no room there, nothing."""
    comment = text.encode()
    if len(comment) > _MOST_COMMENT:
        return data
    packed = io.BytesIO(data)
    with zipfile.ZipFile(packed, "a") as archive:
        archive.comment = comment
    return packed.getvalue()


def _safetensors(data: bytes, text: str) -> bytes:
    """An entry of the header's metadata."""
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    header["__metadata__"] = {**header.get("__metadata__", {}), KEY: text}
    packed = json.dumps(header, separators=(",", ":")).encode()
    packed += b" " * (-len(packed) % 8)
    return struct.pack("<Q", len(packed)) + packed + data[8 + length :]


def _onnx(data: bytes, text: str) -> bytes:
    """An entry of the model's properties, field 14; what is behind a message of protobuf is part of it."""
    entry = _field(1, KEY.encode()) + _field(2, text.encode())
    return data + _field(14, entry)


def _field(number: int, body: bytes) -> bytes:
    return bytes([number << 3 | 2]) + _varint(len(body)) + body


def _varint(value: int) -> bytes:
    packed = bytearray()
    while value > 0x7F:
        packed.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*packed, value])


def _source(data: bytes, text: str) -> bytes:
    """A comment at the end of a program."""
    return data.rstrip(b"\n") + b"\n\n# " + text.encode() + b"\n"


_PLACES: dict[str, Callable[[bytes, str], bytes]] = {
    ".png": _png,
    ".apng": _png,
    ".gif": _gif,
    ".webp": _webp,
    ".avif": _boxes,
    ".mp4": _boxes,
    ".wav": _wav,
    ".svg": _svg,
    ".npz": _zip,
    ".pt2": _zip,
    ".safetensors": _safetensors,
    ".onnx": _onnx,
    ".py": _source,
}
"""By the file's ending. WebM is told by the program that writes it."""
