"""The generator of sentences and its dice, and what judges sentences."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch

from ganstudio.experiment import (
    LatentSpec,
    MLPGeneratorSpec,
    PrefixDiscriminatorSpec,
    SequenceGeneratorSpec,
    TextDiscriminatorSpec,
)
from ganstudio.experiment.players import latents_for
from ganstudio.networks import Inputs, build_discriminator, build_generator
from ganstudio.networks.sequence import evaluating, running

T, V = 6, 5
WORDS = torch.tensor([[1, 2, 0, 0, 0, 0], [3, 3, 3, 3, 3, 3], [4, 1, 2, 3, 1, 0]])


@pytest.fixture
def generator():
    torch.manual_seed(0)
    made = build_generator(SequenceGeneratorSpec(state=7, embedding=4), T, (T, V))
    made.logits.weight.data *= 4  # far from even
    return made


def dice(count: int, seed: int = 1, length: int = T) -> torch.Tensor:
    return torch.rand((count, length), generator=torch.Generator().manual_seed(seed)) * 2 - 1


def test_the_same_dice_make_the_same_sentence(generator) -> None:
    z = dice(50)
    once, twice = generator(Inputs(z)), generator(Inputs(z))
    assert torch.equal(once, twice)
    assert not once.requires_grad
    assert once.shape == (50, T, V)
    assert torch.equal(once.sum(-1), torch.ones(50, T))
    assert len(once.argmax(-1).unique(dim=0)) > 10
    words = once.argmax(-1)
    ended = words.eq(0).cumsum(1)
    assert ended.any()
    assert words[ended > 0].eq(0).all()  # behind the end there is the end


def test_a_die_changes_its_own_word_and_those_behind_it(generator) -> None:
    z = dice(400)
    before = generator.draw(z)
    for place in range(T):
        turned = z.clone()
        turned[:, place] = -turned[:, place]
        after = generator.draw(turned)
        assert torch.equal(after[:, :place], before[:, :place])
        if place < 3:
            assert (after[:, place] != before[:, place]).any()


def test_shares_are_those_of_the_softmax(generator) -> None:
    count = 20_000
    words = generator.draw(dice(count, 3))
    start = generator.logits_of(torch.zeros(1, T, dtype=torch.long))[0, 0].softmax(-1)
    shares = torch.bincount(words[:, 0], minlength=V) / count
    errors = 3 * (start * (1 - start) / count).sqrt()
    assert ((shares - start).abs() <= errors).all()
    # And of the second word where the first is the likeliest that is no end.
    first = int(start[1:].argmax()) + 1
    given = generator.logits_of(torch.full((1, T), first))[0, 1].softmax(-1)
    second = words[words[:, 0] == first, 1]
    shares = torch.bincount(second, minlength=V) / len(second)
    assert ((shares - given).abs() <= 3 * (given * (1 - given) / len(second)).sqrt()).all()


def test_all_sentences_together_are_certain() -> None:
    torch.manual_seed(1)
    small = build_generator(SequenceGeneratorSpec(state=5, embedding=3), 3, (3, 3))
    every = torch.tensor([row for row in itertools.product(range(3), repeat=3) if list(row) == ended(row)])
    assert small.log_probabilities(every).sum(1).exp().sum().item() == pytest.approx(1, abs=1e-5)
    samples = torch.nn.functional.one_hot(every, 3).float()
    torch.testing.assert_close(small.log_likelihood(samples, Inputs(dice(1))), small.log_probabilities(every).sum(1))


def ended(row) -> list[int]:
    """The row with nothing behind its first end."""
    return [0 if 0 in row[:place] else word for place, word in enumerate(row)]


def test_a_temperature_sharpens_and_a_prefix_is_kept(generator) -> None:
    z = dice(2000)
    cold, warm = (generator.draw(z, temperature=t)[:, 0] for t in (0.2, 1.0))
    likeliest = int(generator.logits_of(torch.zeros(1, T, dtype=torch.long))[0, 0].argmax())
    assert (cold == likeliest).float().mean() > (warm == likeliest).float().mean() + 0.1
    begun = generator.draw(z, prefix=(3, 1))
    assert torch.equal(begun[:, :2], torch.tensor([[3, 1]]).expand(2000, 2))
    assert len(begun.unique(dim=0)) > 10
    cooled = (generator.logits_of(WORDS) / 0.5).log_softmax(-1).gather(2, WORDS[..., None])[..., 0]
    torch.testing.assert_close(generator.log_probabilities(WORDS, 0.5), cooled * running(WORDS))


def test_places_behind_the_end_count_for_nothing(generator) -> None:
    assert running(WORDS).tolist() == [[True, True, True, False, False, False], [True] * T, [True] * T]
    logs = generator.log_probabilities(WORDS)
    assert logs[0, 3:].tolist() == [0, 0, 0]
    assert (logs[0, :3] < 0).all()


def test_z_is_the_dice_whatever_the_settings_say() -> None:
    space = latents_for(LatentSpec(prior="normal", dimensions=3), SequenceGeneratorSpec(), (T, V))
    assert (space.prior, space.dimensions, space.turned) == ("uniform", T, T)
    same = LatentSpec(prior="normal", dimensions=3)
    assert latents_for(same, MLPGeneratorSpec(), (T, V)) == same


@pytest.mark.parametrize(
    ("build", "told"),
    [
        (lambda: build_generator(SequenceGeneratorSpec(), 6, (1, 8, 8)), r"generator.kind: 'sequence' makes sentences"),
        (lambda: build_generator(SequenceGeneratorSpec(), 9, (T, V)), r"one die for each of 6 words and nothing else"),
        (
            lambda: build_discriminator(PrefixDiscriminatorSpec(), (2,)),
            r"discriminator.kind: 'prefix' judges sentences",
        ),
        (lambda: build_discriminator(TextDiscriminatorSpec(), (2,)), r"discriminator.kind: 'text' judges sentences"),
    ],
    ids=["G of images", "G of classes", "prefix", "text"],
)
def test_what_is_no_sentence_is_refused(build, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        build()


def one_hot(words: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.one_hot(words, V).float()


def test_a_prefix_is_judged_by_what_is_in_it_alone() -> None:
    torch.manual_seed(2)
    judge = build_discriminator(PrefixDiscriminatorSpec(state=6, embedding=4, dropout=0.5), (T, V))
    changed = WORDS.clone()
    changed[1, 4:], changed[2, 4] = 2, 2
    with evaluating(judge):
        outputs, logits = judge.read(one_hot(WORDS))
        after = judge.read(one_hot(changed))[1]
    assert judge.training
    assert (outputs.shape, logits.shape, judge.feature_size) == ((3,), (3, T), T)
    torch.testing.assert_close(logits[:, :4], after[:, :4])
    assert (logits[1:, 4] != after[1:, 4]).all()
    torch.testing.assert_close(logits[0, 2:], logits[0, 2].expand(4))  # what is behind the end adds nothing
    torch.testing.assert_close(outputs, logits[:, -1])
    assert not torch.equal(judge.read(one_hot(WORDS))[1], judge.read(one_hot(WORDS))[1])  # dropout, while it learns


def test_patterns_are_found_wherever_they_stand() -> None:
    torch.manual_seed(3)
    judge = build_discriminator(TextDiscriminatorSpec(widest=9, channels=4, embedding=3), (T, V)).eval()
    assert len(judge.patterns) == T  # none is wider than a sentence
    outputs, features = judge.read(one_hot(WORDS))
    assert (outputs.shape, features.shape) == ((3,), (3, judge.feature_size))
    moved = torch.tensor([[1, 2, 2, 2, 2, 2], [2, 1, 2, 2, 2, 2]])
    narrow = [pattern(judge.represent(one_hot(moved)).transpose(1, 2)).amax(2) for pattern in judge.patterns[:1]]
    np.testing.assert_allclose(*narrow[0].detach().numpy(), rtol=1e-6)
