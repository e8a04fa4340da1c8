"""Sentences written at a temperature, or gone on with from a beginning."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from ganstudio.cli._terminal import UsageError
from ganstudio.modalities import Sentences

if TYPE_CHECKING:
    import argparse

    import numpy as np
    import numpy.typing as npt

    from ganstudio.modalities import Samples
    from ganstudio.training.checkpoints.loaded import LoadedGenerator


def is_asked(arguments: argparse.Namespace) -> bool:
    """Whether a temperature or a beginning is named."""
    return arguments.temperature is not None or arguments.prefix is not None


def compose(arguments: argparse.Namespace, generator: LoadedGenerator, latents: npt.NDArray[np.float32]) -> Samples:
    """The sentences that these dice make. Raises UsageError where G writes none, or does not know a word."""
    import torch

    from ganstudio.networks.sequence import SequenceGenerator

    network, modality = generator.network, generator.dataset.modality
    if not isinstance(network, SequenceGenerator) or not isinstance(modality, Sentences):
        raise UsageError(
            f"{arguments.run}: --temperature and --prefix are for a G that writes word by word, and this one's is of "
            f"kind '{generator.experiment.generator.kind}'"
        )
    beginning = tokens_of(arguments.prefix or "", modality)
    temperature = 1.0 if arguments.temperature is None else arguments.temperature
    found = network.draw(torch.from_numpy(latents).to(generator.device), temperature=temperature, prefix=beginning)
    return found.cpu().numpy().astype("int32")


def tokens_of(text: str, modality: Sentences) -> list[int]:
    """The numbers of the words of a beginning. Raises UsageError for a word that is not known, or for too many."""
    words = modality.split(text)
    found = []
    for word, token in zip(words, modality.tokens_of(words), strict=True):
        if token is None:
            near = get_close_matches(word, modality.vocabulary[1:], n=1)
            hint = f" (did you mean {near[0]!r}?)" if near else ""
            many = len(modality.vocabulary) - 1
            raise UsageError(f"--prefix: {word!r} is not among the {many:,} words that this run knows{hint}")
        found.append(token)
    if len(found) >= modality.length:
        raise UsageError(
            f"--prefix: found {len(found)} words, and a sentence has at most {modality.length}: leave room for one"
        )
    return found
