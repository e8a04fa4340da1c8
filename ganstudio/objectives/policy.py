"""Policy gradient: G makes what D rewards more likely (Yu et al. 2016, arXiv:1609.05473, SeqGAN).

grad J = E sum_t grad log G(g_t | g_<t) A_t. A_t is what is to come from place t on, less a baseline. By a D that judges
after each word it is the sum of what the words add to the reward, without any rollouts; else the mean reward of whole
sentences that G goes on with. Legend: n sentences, t places; l logits of D; r rewards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.nn.functional import one_hot
from torch.nn.functional import softplus as sp

from ganstudio.networks.sequence import SequenceGenerator, evaluating, running, words_of
from ganstudio.objectives.base import Game
from ganstudio.objectives.before import still_likely
from ganstudio.objectives.terms import Number, Summand
from ganstudio.scalars import D_LOSS, G_LOSS, Scalar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torch import Tensor

    from ganstudio.experiment import PolicySpec
    from ganstudio.networks import Discriminator
    from ganstudio.objectives.terms import Sight, Term
    from ganstudio.scalars import Player

REWARDS: Mapping[str, Callable[[Tensor], Tensor]] = {
    "saturating": sp,  # -log(1 - D)
    "non_saturating": lambda logits: -sp(-logits),  # log D
    "combined": lambda logits: logits,  # their sum
    "probability": torch.sigmoid,
}
"""Of D's logits, by name; the first three are what the minimax game's three updates of G descend, with another sign."""

ENTROPY = Scalar(
    name="entropy",
    plot="Entropy",
    label="G",
    role="generator",
    player="generator",
    unit="nats a sentence",
    about="H(p_g), how many different samples G makes: where it falls, G makes fewer",
    tip="Mean of −log p_g over G's own samples",
    called="the entropy of G",
)

SAMPLES_AT_ONCE = 20_000_000
"""Numbers of one-hot vectors that D is shown at a time."""


class Policy(Game):
    """D is a classifier, after each word or of whole sentences; G follows the policy gradient of one of the rewards."""

    separable = False
    through_samples = False

    def __init__(self, spec: PolicySpec) -> None:
        self.spec = spec
        self.reward = REWARDS[spec.reward]
        self.pairs = spec.likelihood > 0

    def discriminator_loss(self, real: Tensor, fake: Tensor) -> Tensor:
        """E sp(-l(x)) + E sp(l(g)), over places too where D judges after each word."""
        return sp(-real).mean() + sp(fake).mean()

    def generator_loss(self, fake: Tensor, real: Tensor | None) -> Tensor:
        """-E r, which the policy gradient descends without a gradient in the samples."""
        return -self.reward(fake).mean()

    # --- what it hands out ---

    def terms(self, player: Player) -> tuple[Term, ...]:
        """D's cross-entropy; the policy's surrogate, and how unlikely G finds real samples."""
        if player == "discriminator":
            return (Summand(of=self._of_judge, scalar=D_LOSS, separable=False),)
        own = Summand(of=self._of_policy, scalar=G_LOSS, separable=False)
        return (own, still_likely(self.spec.likelihood)) if self.spec.likelihood else (own,)

    def numbers(self, player: Player) -> tuple[Number, ...]:
        """How many different samples G makes."""
        if player == "discriminator":
            return super().numbers(player)
        return (Number(ENTROPY, lambda sight: -_log_g(sight).sum(1).mean()),)

    def _of_judge(self, sight: Sight) -> Tensor:
        assert sight.real is not None
        if not self.spec.needs_prefixes:
            return self.discriminator_loss(sight.real, sight.fake)
        assert sight.of_real is not None
        assert sight.of_fake is not None
        return self.discriminator_loss(sight.of_real, sight.of_fake)

    def _of_policy(self, sight: Sight) -> Tensor:
        """-E r, whose gradient is that of -E sum_t A_t log G(g_t | g_<t)."""
        weights = self.advantages(sight)
        surrogate = -(weights * _log_g(sight)).sum(1).mean()
        with torch.no_grad():
            loss = self.generator_loss(sight.fake, None)
        return surrogate - surrogate.detach() + loss

    # --- what each word gets ---

    @torch.no_grad()
    def advantages(self, sight: Sight) -> Tensor:
        """A (n, t) of each word of G's sentences; 0 behind their end."""
        words = words_of(_made(sight))
        there = running(words)
        if self.spec.control == "constant":
            return there.float()
        judge = self._of_prefixes if self.spec.needs_prefixes else self._of_rollouts
        found = judge(sight, words)
        if self.spec.control == "shuffled":
            assert sight.players is not None
            random = sight.players.latent_random
            found = found[torch.randperm(len(found), generator=random, device=found.device)]
        if self.spec.baseline:
            found = found - (found * there).sum(0) / there.sum(0).clamp_min(1)
        return found * there

    def _of_prefixes(self, sight: Sight, words_nt: Tensor) -> Tensor:
        """What is still to come: the sum of what each word from here on adds to the reward."""
        discriminator = _discriminator(sight)
        with evaluating(discriminator):
            rewards = self.reward(discriminator.judge(_made(sight))[1])
        before_any = self.reward(rewards.new_zeros(len(rewards), 1))  # of nothing D knows nothing
        added = torch.diff(rewards, dim=1, prepend=before_any).clamp(-self.spec.clamp, self.spec.clamp)
        return added.flip(1).cumsum(1).flip(1)

    def _of_rollouts(self, sight: Sight, words_nt: Tensor) -> Tensor:
        """Q: the mean reward of the ways that G goes on with after each word; of the last the sentence's own."""
        assert sight.players is not None
        generator, discriminator = _generator(sight), _discriminator(sight)
        found = torch.empty(words_nt.shape, device=words_nt.device)
        with evaluating(discriminator):
            found[:, -1] = self.reward(discriminator(_made(sight)))
            for lengths, whole in generator.rollouts(words_nt, self.spec.rollouts, sight.players.latent_random):
                rewards = self.reward(_judged(discriminator, whole.flatten(0, 2), generator.words))
                found[:, lengths.start - 1 : lengths.stop - 1] = rewards.view(whole.shape[:3]).mean(1).T
        return found


def _judged(discriminator: Discriminator, words_nt: Tensor, words: int) -> Tensor:
    """D's logits (n,), some sentences at a time."""
    each = max(1, SAMPLES_AT_ONCE // (words_nt.shape[1] * words))
    return torch.cat([discriminator(one_hot(part, words).float()) for part in torch.split(words_nt, each)])


def _log_g(sight: Sight) -> Tensor:
    """Log G(g_t | g_<t) (n, t) of G's own sentences."""
    return _generator(sight).log_probabilities(words_of(_made(sight)))


def _made(sight: Sight) -> Tensor:
    assert sight.made is not None
    return sight.made


def _generator(sight: Sight) -> SequenceGenerator:
    assert sight.players is not None
    generator = sight.players.generator
    assert isinstance(generator, SequenceGenerator), "only a generator that draws word by word has probabilities"
    return generator


def _discriminator(sight: Sight) -> Discriminator:
    assert sight.players is not None
    return sight.players.discriminator
