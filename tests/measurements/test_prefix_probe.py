"""The probe of sentences: a recurrent network that learns after each word, and finds what differs late in them."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from ganstudio.measurements.divergence import LOG2
from ganstudio.measurements.estimate import EstimationError, Sides, finish
from ganstudio.measurements.probe import probe
from ganstudio.measurements.probe_networks import PrefixProbe
from ganstudio.modalities import Sentences

KIND = Sentences(("", *"abcde"), 7)


def drawn(count: int, random: np.random.Generator, wrong: float = 0.0):
    """One-hot sentences of four to six words, each the next of the one before; wrong: the share whose last is not."""
    begin, length = random.integers(0, 5, count), random.integers(4, 7, count)
    words = (begin[:, None] + np.arange(7)) % 5 + 1
    last = (np.arange(count), length - 1)
    words[last] = np.where(random.random(count) < wrong, words[last] % 5 + 1, words[last])
    words[np.arange(7) >= length[:, None]] = 0
    return KIND.to_model(words.astype(np.int32))


def sides(wrong: float) -> Sides:
    real, fake = np.random.default_rng(1), np.random.default_rng(2)
    return Sides(
        draw_real=lambda count: drawn(count, real),
        draw_fake=lambda count: drawn(count, fake, wrong),
        modality=KIND,
    )


@pytest.fixture(autouse=True)
def short(monkeypatch):
    monkeypatch.setattr(PrefixProbe, "training", (80, 64, 1e-2))


def test_what_differs_in_the_last_word_alone_is_found() -> None:
    found = finish(probe(sides(0.5), 800, 0))
    # q is half p and half what p never has.
    true = LOG2 + 0.5 * (math.log(2 / 3) + 0.5 * math.log(1 / 3))
    assert found.jsd == pytest.approx(true, abs=0.04)
    assert found.jsd_low < true < found.jsd_high
    assert found.jsd_low > 0.1
    assert found.jsd_floor < 0.05
    assert found.samples == 800


def test_real_sentences_are_not_told_from_real_ones() -> None:
    found = finish(probe(sides(0.0), 400, 0))
    assert found.jsd == pytest.approx(0, abs=0.02)
    assert found.jsd_low == 0


def test_numbers_gone_wrong_are_refused() -> None:
    broken = sides(0.0)
    fake = broken.draw_fake
    object.__setattr__(broken, "draw_fake", lambda count: fake(count) * np.float32(np.nan))
    with pytest.raises(EstimationError, match="not finite"):
        finish(probe(broken, 200, 0))


def test_behind_the_end_the_verdict_stays_and_torchs_own_numbers_are_left_alone() -> None:
    state = torch.random.get_rng_state()
    network = PrefixProbe(6, torch.Generator().manual_seed(0))
    assert torch.equal(torch.random.get_rng_state(), state)
    words = torch.tensor([[1, 2, 3, 0, 0, 0, 0], [1, 2, 3, 0, 0, 0, 0], [1, 2, 3, 4, 5, 1, 2]]).float()
    logits = network.learning(words).detach()
    torch.testing.assert_close(logits[0, 3:], logits[0, 3].expand(4), rtol=0, atol=0)
    torch.testing.assert_close(logits[0, :3], logits[2, :3])  # what comes later changes nothing
    torch.testing.assert_close(network(words).detach(), logits[:, -1])
    own = torch.nn.LSTM(32, 64, batch_first=True)
    with torch.no_grad():
        for weight, mine in zip(own.parameters(), network.weights[1:5], strict=True):
            weight.copy_(mine)
        seen = own(network.weights[0][words.long()])[0] @ network.weights[-2].T + network.weights[-1]
    torch.testing.assert_close(seen[2, :, 0], logits[2], rtol=1e-4, atol=1e-5)
