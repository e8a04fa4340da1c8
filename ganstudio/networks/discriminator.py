"""What all discriminators are: something that judges samples by features, which others may read as well."""

from __future__ import annotations

from typing import ClassVar

from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm


class Discriminator(nn.Module):
    """Samples (n, *shape) to outputs (n,), more for what D takes for real. feature_size: how many features it has.

    packing: how many samples are judged as one (Lin et al. 2017, arXiv:1712.04086, PacGAN). Where it is more than 1,
    samples come in packs (n, packing, *shape), and a pack has one output.
    embedding: of the classes, where D is told them; see ``judge``.
    takes_given: whether the family can be shown what G was given: it is then built with that's shape as well.
    sees_given: whether this one is shown it, (n, *shape) or in packs, next to each sample.
    """

    takes_given: ClassVar[bool] = False
    feature_size: int
    packing = 1
    sees_given = False

    def __init__(self) -> None:
        super().__init__()
        self.embedding: nn.Linear | None = None
        self._bounded = False

    def read(self, samples: Tensor, given: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Outputs (n,), and the features (n, feature_size) that they were judged by, whatever the classes.

        given: what is shown with the samples, where D ``sees_given``.
        """
        raise NotImplementedError

    def pack(self, samples: Tensor) -> Tensor:
        """Samples (n, *shape) as D takes them: where it judges packs, in packs of those that follow one another."""
        return samples if self.packing == 1 else samples.reshape(-1, self.packing, *samples.shape[1:])

    def judge(
        self, samples: Tensor, labels_nk: Tensor | None = None, given: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Outputs (n,) and features, as ``read``; with the classes (n, k), one-hot, where D is told them.

        The class's embedding times the features is added (Miyato and Koyama 2018, arXiv:1802.05637): where p(y | x) is
        a softmax of these features, the logit of the best D has that form.
        """
        assert self.sees_given == (given is not None), "D is shown what is given where it sees it, and nowhere else"
        outputs, features = self.read(samples) if given is None else self.read(samples, given)
        if self.embedding is not None:
            assert labels_nk is not None, "this D is told the class of each sample"
            outputs = outputs + (self.embedding(labels_nk) * features).sum(1)
        return outputs, features

    def judge_at_best(self, samples: Tensor) -> Tensor:
        """Outputs (n,), each with the class of all that D takes the sample most for real with."""
        outputs, features = self.read(samples)
        return outputs if self.embedding is None else outputs + (features @ self.embedding.weight).amax(1)

    def forward(self, samples: Tensor, labels_nk: Tensor | None = None, given: Tensor | None = None) -> Tensor:
        """Judge samples."""
        return self.judge(samples, labels_nk, given)[0]

    def tell_classes(self, count: int) -> None:
        """From now on D is told the class of each sample, one of ``count``."""
        self.embedding = nn.Linear(count, self.feature_size, bias=False)
        nn.init.normal_(self.embedding.weight, 0.0, self.feature_size**-0.5)
        if self._bounded:
            spectral_norm(self.embedding)

    def bound_slopes(self) -> None:
        """Divide the weights of each layer by their largest singular value (Miyato et al. 2018, arXiv:1802.05957).

        It is found by power iteration, one round each time that D is asked in training; the vectors of it are buffers,
        so that a checkpoint has them. A convolution's weights are a matrix with a row for each channel that it makes.
        """
        self._bounded = True
        for module in list(self.modules()):
            if isinstance(module, (nn.Linear, nn.Conv2d)):
                spectral_norm(module)
