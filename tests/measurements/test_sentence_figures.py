"""Figures of sentences: what is told of words that were left out."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ganstudio.data.text.dataset import listed
from ganstudio.experiment import SequenceGeneratorSpec
from ganstudio.measurements.figure import told as told_of
from ganstudio.measurements.sentences.figures import _Comparison, aside_of
from ganstudio.modalities import Sentences
from ganstudio.networks import build_generator


@pytest.mark.parametrize(
    ("count", "told"),
    [(20_200, "2 with words that none of 20,000 training sentences has"), (300, "2 with words that no training")],
)
def test_words_that_were_not_seen_are_told_by_how_many_sentences_were_looked_at(count: int, told: str) -> None:
    rows = np.zeros((count + 10, 4), np.int32)
    rows[:, :3] = np.random.default_rng(0).integers(1, 9, (count + 10, 3))
    rows[-2:, 0] = 9  # a word of those kept aside alone
    dataset = listed("own", rows, Sentences(("", *"abcdefghi"), 4), source="", held_out=10)
    torch.manual_seed(0)
    generator = build_generator(SequenceGeneratorSpec(state=4, embedding=4), 4, dataset.modality.shape).eval()
    compared = _Comparison(dataset, generator, 0, aside_of(dataset, 10), {})
    figure = compared._of_likelihood()
    assert told in figure.help
    assert 3 < figure.value < 20
    by_words = list(compared.by_words())
    of_words = {one.name: one.help for one in by_words}
    (title,) = [one.title for one in by_words if one.name == "copies"]  # which is seen where no help is
    assert title == ("Copies" if count <= 20_000 else "Copies of 20,000 sentences")
    assert told_of(by_words)["measures"]["copies"]["title"] == title
    all_of_them = count <= 20_000
    assert ("a training sentence" in of_words["copies"]) is all_of_them
    assert ("one of 20,000 training sentences" in of_words["copies"]) is not all_of_them
    assert ("in none of 20,000 training sentences" in of_words["unseen_2"]) is not all_of_them
