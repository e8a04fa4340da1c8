"""G as a program that others run: torch.export's .pt2 with its weights beside it, ONNX, or one file of Python.

Each takes ``latents`` (n, d), and ``given`` (n, *shape) where G is given something, and makes ``samples``
(n, *shape), all in model units, float32, for any n.
"""

from __future__ import annotations

import io
import logging
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from ganstudio.export.python_file import program_of
from ganstudio.export.writing import ExportError, written
from ganstudio.networks import Inputs
from ganstudio.origins import signed
from ganstudio.system import programs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from torch.export import ExportedProgram

    from ganstudio.experiment import Experiment, LatentSpec
    from ganstudio.modalities import Modality
    from ganstudio.networks import Generator
    from ganstudio.origins import Origin

CLOSE = 1e-4
"""The largest difference from torch that a model may show where it is checked, relative to the samples' range."""


@dataclass(frozen=True, kw_only=True)
class Model:
    """What is written: a generator and all that one must know to ask it.

    inputs: a few that it is tried with, other ones than those it is traced with.
    """

    network: Generator
    inputs: Inputs
    latent: LatentSpec
    modality: Modality
    experiment: Experiment
    origin: Origin | None


class _Alone(nn.Module):
    """G of latents alone, as a function of tensors."""

    def __init__(self, network: Generator) -> None:
        super().__init__()
        self.generator = network

    def forward(self, latents: Tensor) -> Tensor:
        return self.generator(Inputs(latents))


class _Given(_Alone):
    """G of latents and what is given."""

    def forward(self, latents: Tensor, given: Tensor) -> Tensor:  # type: ignore[override]
        return self.generator(Inputs(latents, given))


def check_model(path: Path) -> None:
    """Raise ExportError when G can't be written to a file of this name."""
    if path.suffix.lower() not in MODELS:
        endings = "; ".join(f"{ending} ({said})" for ending, (said, _) in MODELS.items())
        raise ExportError(f"{path}: G is written as {endings}, by the file's ending")


def save_model(path: Path, model: Model) -> str:
    """Write G by the file's ending, and say what was written and how far it is from torch's own.

    Raises ExportError for another ending, for a G that can't be written so, and where the file can't be written.
    """
    check_model(path)
    _, save = MODELS[path.suffix.lower()]
    return save(path, model)


def traced(path: Path, model: Model) -> ExportedProgram:
    """G as torch.export sees it, for any number of samples. Raises ExportError where it can't be seen so."""
    arguments = _arguments(model.inputs)
    any_number = torch.export.Dim("n", min=1)
    module = (_Alone if model.inputs.given is None else _Given)(model.network)
    with _quiet(), torch.no_grad():
        try:
            return torch.export.export(module, arguments, dynamic_shapes=tuple({0: any_number} for _ in arguments))
        except (RuntimeError, ValueError, TypeError, AssertionError, NotImplementedError) as error:
            raise ExportError(f"{path}: torch.export can't make a program of this G: {_first_line(error)}") from None


def _arguments(inputs: Inputs) -> tuple[Tensor, ...]:
    return (inputs.latents,) if inputs.given is None else (inputs.latents, inputs.given)


def _first_line(error: Exception) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)


@contextmanager
def _quiet() -> Iterator[None]:
    """Torch's exporters tell their own developers a lot."""
    logger = logging.getLogger("torch")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(before)


def _largest_difference(path: Path, model: Model, ask: Callable[..., Tensor]) -> str:
    """How far what was written is from G itself, in words. Raises ExportError where that is more than rounding."""
    with torch.no_grad():
        wanted = model.network(model.inputs)
        found = ask(*_arguments(model.inputs))
    if found.shape != wanted.shape:
        raise ExportError(
            f"{path}: it makes samples of the shape {tuple(found.shape)} where G makes {tuple(wanted.shape)}"
        )
    largest = float((found - wanted).abs().max())
    reach = max(1.0, float(wanted.abs().max()))
    if not largest <= CLOSE * reach:
        raise ExportError(f"{path}: its samples differ from G's by up to {largest:.3g}, which is more than rounding")
    return f"checked against torch on {len(wanted)} samples: the largest difference is {largest:.2g}"


def _save_pt2(path: Path, model: Model) -> str:
    """The program, and its weights beside it as safetensors."""
    program = traced(path, model)
    packed = io.BytesIO()
    with _quiet():
        torch.export.save(program, packed)
    data = signed(packed.getvalue(), ".pt2", model.origin)
    with _quiet():
        told = _largest_difference(path, model, torch.export.load(io.BytesIO(data)).module())
    weights = path.with_suffix(".safetensors")
    written(weights, _weights(model))
    written(path, data)
    return f"{path} and its weights, {weights}; {told}"


def _weights(model: Model) -> bytes:
    from safetensors.torch import save

    state = {name: value.contiguous() for name, value in model.network.state_dict().items()}
    packed: bytes = save(state, metadata={"format": "pt"})
    return signed(packed, ".safetensors", model.origin)


def _save_onnx(path: Path, model: Model) -> str:
    try:
        import onnxruntime
        import onnxscript  # noqa: F401  # torch's exporter takes it
    except ImportError as error:
        raise ExportError(
            f"{path}: ONNX takes {error.name}, which is {programs.lacking('export')}, or choose .pt2 or .py, which "
            "need nothing else"
        ) from None
    program = traced(path, model)
    arguments = _arguments(model.inputs)
    names = ["latents", "given"][: len(arguments)]
    with _quiet():
        try:
            made: Any = torch.onnx.export(
                program, arguments, dynamo=True, verbose=False, input_names=names, output_names=["samples"]
            )
        except (RuntimeError, ValueError, TypeError, NotImplementedError) as error:
            raise ExportError(f"{path}: this G can't be written as ONNX: {_first_line(error)}") from None
    data = signed(made.model_proto.SerializeToString(), ".onnx", model.origin)
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    taken = {one.name for one in session.get_inputs()}

    def ask(*tensors: Tensor) -> Tensor:
        fed = {name: tensor.numpy() for name, tensor in zip(names, tensors, strict=True) if name in taken}
        return torch.from_numpy(session.run(None, fed)[0])

    told = _largest_difference(path, model, ask)
    written(path, data)
    return f"{path}; {told}"


def _save_python(path: Path, model: Model) -> str:
    """The program as source, its weights in it."""
    program = traced(path, model)
    text = program_of(program, model.latent, model.modality, model.experiment, _arguments(model.inputs))
    module: dict[str, Any] = {"__name__": "checked"}
    exec(compile(text, path.name, "exec"), module)  # ours: made of the graph just now
    told = _largest_difference(path, model, module["generate"])
    written(path, signed(text.encode(), ".py", model.origin))
    return f"{path}; {told}"


MODELS: Mapping[str, tuple[str, Callable[[Path, Model], str]]] = {
    ".pt2": ("torch.export, with its weights beside it as .safetensors", _save_pt2),
    ".onnx": ("ONNX", _save_onnx),
    ".py": ("one file of Python that needs torch alone and draws samples", _save_python),
}
"""By the file's ending: what it is, and what writes it and says how."""
