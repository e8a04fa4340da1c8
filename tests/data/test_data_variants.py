"""Arrays in every layout are read right or asked about: none is wrong in silence."""

import importlib

import numpy as np
import pytest

from ganstudio.data import build_dataset, open_path
from ganstudio.data.arrays.images import resized
from ganstudio.data.errors import Undecided
from ganstudio.data.files import foreign
from ganstudio.experiment import ArraySpec
from tests.data import variants


@pytest.fixture
def read_here(monkeypatch):
    """Readers in this process: one of its own for each of hundreds of files takes a minute."""

    def ask(library, question, path, *details):
        reader = importlib.import_module(f"ganstudio.data.files.{foreign._READERS[library]}")
        for message in foreign.answers(reader, question, path, *details):
            if message[:1] != b"Z":
                yield foreign.heard(message)

    monkeypatch.setattr(foreign, "ask", ask)


def differs(dataset, spec, variant):
    """How far the dataset's images are from the right ones; None: they are others altogether."""
    wanted = variants.seen(variant)
    if dataset.feed is None or len(dataset.feed) != len(wanted):
        return None
    if spec.size is not None:
        wanted = resized(wanted[:12], spec.size)  # which takes a while
    found = dataset.feed.bytes_at(np.arange(len(wanted)))
    return None if found.shape != wanted.shape else int(np.abs(found.astype(int) - wanted).max())


@pytest.mark.parametrize("sides", variants.SIDES)
def test_every_variant_is_read_right_or_asked(tmp_path, read_here, sides):
    asked, wrong, smooth, made = [], [], 0, 0
    for number, variant in enumerate(variants.variants(sides)):
        made += 1
        folder = tmp_path / str(number)
        folder.mkdir()
        path = variant.save(folder)
        try:
            spec, dataset = open_path(path)
        except Undecided:
            asked.append(variant)
            spec = ArraySpec(path=str(path), layout=variants.with_sizes(variant), size=16)
            dataset = build_dataset(spec)
        away = differs(dataset, spec, variant)
        if away is None or away > (3 if spec.size else 1):
            wrong.append((variant.name, spec.layout, away))
        smooth += not variant.noise
    assert wrong == []
    assert made == 60
    # Of images no more than some flat and oblong ones are in doubt; of noise, the layouts that a shape does not tell.
    doubted = [variant.name for variant in asked if not variant.noise]
    assert len(doubted) <= (0 if sides[0] == sides[1] else 4), doubted
    assert (len(asked) - len(doubted)) / (made - smooth) == pytest.approx(0.55, abs=0.35)
