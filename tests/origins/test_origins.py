"""Where a file comes from: said in files of every kind, read again, and never trusted."""

from __future__ import annotations

import io
import json
import zipfile

import numpy as np
import pytest
from PIL import Image

from ganstudio.export import save_film
from ganstudio.export.writing import written
from ganstudio.origins import Origin, OriginError, parsed, read_origin, signed
from ganstudio.origins.origin import MOST_BYTES
from ganstudio.playing.waves import as_wav

LATENTS = np.random.default_rng(0).standard_normal((3, 20)).astype(np.float32)
ORIGIN = Origin(
    run="2026-01-02_03-04-05_ring <&> ä",
    mark="0123456789abcdef",
    experiment='name = "ring"\n# <script>&amp;</script>\n',
    step=12_345,
    what="walk",
    seed=7,
    latents=LATENTS,
    words=("--what", "walk", "--seed", "7"),
)
FRAMES = [np.full((16, 24, 3), 40 * k, np.uint8) for k in range(4)]


def same(found: Origin | None, wanted: Origin = ORIGIN) -> bool:
    assert found is not None
    np.testing.assert_array_equal(found.latents, wanted.latents)
    keys = ("run", "mark", "member", "experiment", "step", "what", "seed", "words")
    return all(getattr(found, key) == getattr(wanted, key) for key in keys)


def test_it_comes_back_from_its_text_and_stands_in_any_markup() -> None:
    text = ORIGIN.packed()
    assert same(parsed(text))
    assert text.isascii()
    assert not set(text) & set("<>&\n")


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".avif", ".png"])
def test_films_say_it_and_play_as_before(tmp_path, suffix) -> None:
    path = tmp_path / f"film{suffix}"
    save_film(path, FRAMES, 25, ORIGIN)
    assert same(read_origin(path))
    with Image.open(path) as film:
        assert (film.size, film.n_frames) == ((24, 16), 4)
        for place, frame in enumerate(FRAMES):
            film.seek(place)
            shown = np.asarray(film.convert("RGB"), int)
            assert np.abs(shown - frame).max() <= 4
            assert film.info["duration"] == pytest.approx(40, abs=0.5)


@pytest.mark.parametrize(("suffix", "kind"), [(".png", "PNG"), (".webp", "WEBP")])
def test_still_pictures_say_it(tmp_path, suffix, kind) -> None:
    packed = io.BytesIO()
    Image.fromarray(FRAMES[1]).save(packed, kind)
    path = tmp_path / f"picture{suffix}"
    written(path, signed(packed.getvalue(), suffix, ORIGIN))
    assert same(read_origin(path))
    with Image.open(path) as picture:
        assert picture.size == (24, 16)
        np.testing.assert_allclose(np.asarray(picture.convert("RGB"), int), FRAMES[1], atol=4)


def test_sounds_archives_plots_and_programs_say_it(tmp_path) -> None:
    import wave

    array = io.BytesIO()
    np.savez_compressed(array, samples=LATENTS)
    files = {
        ".wav": as_wav(np.arange(100, dtype=np.int16), 8000),
        ".npz": array.getvalue(),
        ".svg": b'<?xml version="1.0"?>\n<svg width="2" height="2"><g/></svg>',
        ".py": b"print(1)\n",
    }
    for suffix, data in files.items():
        path = tmp_path / f"file{suffix}"
        path.write_bytes(signed(data, suffix, ORIGIN))
        assert same(read_origin(path)), suffix
    with np.load(tmp_path / "file.npz") as stored:
        np.testing.assert_array_equal(stored["samples"], LATENTS)
    with wave.open(str(tmp_path / "file.wav")) as sound:
        assert np.frombuffer(sound.readframes(200), np.int16).tolist() == list(range(100))
    exec((tmp_path / "file.py").read_text(), {})


def test_latents_that_are_too_many_are_left_out() -> None:
    many = Origin(run="a", mark="0" * 16, experiment="", step=1, what="grid", latents=np.zeros((100, 1000), np.float32))
    found = parsed(many.packed())
    assert (found.latents, found.step) == (None, 1)


TOLD = json.loads(ORIGIN.packed())


@pytest.mark.parametrize(
    "changed",
    [
        {"run": "x" * 300},
        {"run": "a\x1b[31m"},
        {"run": 5},
        {"mark": "../../etc"},
        {"mark": "0" * 15 + "g"},
        {"experiment": "x" * 100_000},
        {"experiment": "a\x00b"},
        {"step": -1},
        {"step": True},
        {"step": 10**30},
        {"what": "../walk"},
        {"seed": 1.5},
        {"words": "rm -rf"},
        {"words": ["a\nb"]},
        {"words": ["x"] * 1000},
        {"latents": {"shape": [1, 2], "float32": "AAAA"}},
        {"latents": {"shape": [10**6, 10**6], "float32": ""}},
        {"latents": {"shape": [10**30, 0], "float32": ""}},
        {"latents": {"shape": [0, 10**9], "float32": ""}},
        {"latents": {"shape": [1, 1], "float32": "AADAfw=="}},
        {"latents": [1.0]},
        {"ganstudio": 99},
    ],
    ids=str,
)
def test_what_this_program_does_not_write_is_refused(changed) -> None:
    with pytest.raises(OriginError):
        parsed(json.dumps({**TOLD, **changed}))


@pytest.mark.parametrize(
    "text", ["", "{", '{"ganstudio":' * 3000, "[" * 100_000, '{"ganstudio":1}', "x" * (MOST_BYTES + 1)]
)
def test_no_text_is_taken_for_one(text) -> None:
    with pytest.raises(OriginError):
        parsed(text)


def test_files_that_say_nothing_of_themselves_are_none(tmp_path) -> None:
    picture = tmp_path / "a.png"
    Image.fromarray(FRAMES[0]).save(picture)
    assert read_origin(picture) is None
    assert read_origin(tmp_path) is None
    assert read_origin(tmp_path / "missing.png") is None
    (tmp_path / "short.safetensors").write_bytes(b"\xff" * 9)
    assert read_origin(tmp_path / "short.safetensors") is None
    (tmp_path / "b.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b'{"ganstudio":' * 1000)
    assert read_origin(tmp_path / "b.png") is None


def test_an_archive_of_exports_is_data(tmp_path) -> None:
    save_film(tmp_path / "a.gif", FRAMES, 25, ORIGIN)
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as archive:
        archive.write(tmp_path / "a.gif", "a.gif")
    assert read_origin(tmp_path / "set.zip") is None
