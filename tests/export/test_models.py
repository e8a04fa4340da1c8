"""G as a program that others run: the same samples, from the file alone."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import torch

from ganstudio.data import build_dataset
from ganstudio.export import ExportError
from ganstudio.export.models import Model, save_model
from ganstudio.latent import Prior
from ganstudio.networks import Inputs
from ganstudio.origins import Origin, read_origin
from ganstudio.presets import load_preset, with_settings
from ganstudio.training.arrangements import build_parts

if TYPE_CHECKING:
    from collections.abc import Sequence

ORIGIN = Origin(run="run", mark="0" * 16, experiment="", step=3, what="model")


def model(name: str, settings: Sequence[tuple[str, object]] = ()) -> Model:
    """G of a preset as it begins."""
    experiment = with_settings(load_preset(name), settings)
    dataset = build_dataset(experiment.dataset)
    torch.manual_seed(0)
    network = build_parts(experiment, dataset).whole.eval().requires_grad_(False)
    prior = Prior.of(experiment, dataset)
    return Model(
        network=network,
        inputs=prior.draw(4, torch.Generator().manual_seed(0)),
        latent=prior.space,
        modality=dataset.modality,
        experiment=experiment,
        origin=ORIGIN,
    )


ALONE = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"ganstudio", "numpy", "PIL", "safetensors", "pydantic", "PySide6"}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Absent())
import importlib.util, json, torch
spec = importlib.util.spec_from_file_location("alone", sys.argv[1])
alone = importlib.util.module_from_spec(spec)
spec.loader.exec_module(alone)
alone.save(alone.draw(3, seed=1), sys.argv[2])
latents = torch.tensor(json.loads(sys.argv[3]))
print(json.dumps(alone.generate(latents).flatten().tolist()))
"""


def test_a_file_of_python_draws_the_samples_with_torch_alone(tmp_path) -> None:
    made = model("conditional")
    path = tmp_path / "generator.py"
    assert "the largest difference is 0" in save_model(path, made)
    latents = made.inputs.latents[:2]
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-c",
        ALONE,
        str(path),
        str(tmp_path / "a.png"),
        json.dumps(latents.tolist()),
    ]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    wanted = made.network(Inputs(latents)).flatten()
    torch.testing.assert_close(torch.tensor(json.loads(told.stdout)), wanted, rtol=0, atol=1e-6)
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert read_origin(path) is not None


@pytest.mark.parametrize("name", ["ring", "infogan", "lapgan", "srgan", "sound_notes", "sound_wavegan"])
def test_every_kind_of_generator_is_a_file_of_python(tmp_path, name) -> None:
    assert "checked against torch on 4 samples" in save_model(tmp_path / "generator.py", model(name))


def sentences(language: str) -> Model:
    """G of a few sentences, which draws word by word."""
    settings = [
        ("dataset.language", language),
        ("dataset.count", 100),
        ("dataset.held_out", 0),
        ("generator.state", 3),
        ("generator.embedding", 2),
    ]
    return model("text_small", settings)


@pytest.mark.parametrize("language", ["english", "chinese"])
def test_a_file_of_python_writes_sentences(tmp_path, language: str) -> None:
    made = sentences(language)
    path = tmp_path / "generator.py"
    assert "the largest difference is 0" in save_model(path, made)
    latents = made.inputs.latents[:3]
    words = ["-W", "ignore", "-c", ALONE, str(path), str(tmp_path / "a.txt"), json.dumps(latents.tolist())]
    told = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=True)
    assert len((tmp_path / "a.txt").read_text(encoding="utf-8").splitlines()) == 3
    wanted = made.network(Inputs(latents))
    found = torch.tensor(json.loads(told.stdout)).reshape(wanted.shape)
    torch.testing.assert_close(found, wanted, rtol=0, atol=0)
    alone = runpy.run_path(str(path))
    assert alone["sentences"](wanted) == list(made.modality.text(made.modality.to_people(wanted.numpy())))
    assert len(alone["draw"](50)) == 50


def nonsense() -> Model:
    """G of three words of six."""
    few = [("words", 6), ("length", 3), ("count", 100), ("held_out", 0)]
    own = [("generator.state", 3), ("generator.embedding", 2), ("discriminator.widest", 3)]
    return model("seqgan", [*((f"dataset.{name}", value) for name, value in few), *own])


def test_sentences_are_drawn_by_torchs_program(tmp_path) -> None:
    made = nonsense()
    assert "the largest difference is 0" in save_model(tmp_path / "g.pt2", made)
    loaded = torch.export.load(tmp_path / "g.pt2").module()
    latents = 2 * torch.rand(7, 3) - 1
    torch.testing.assert_close(loaded(latents), made.network(Inputs(latents)), rtol=0, atol=0)


def test_sentences_are_drawn_by_onnx(tmp_path) -> None:
    pytest.importorskip("onnxscript")
    assert "the largest difference is 0" in save_model(tmp_path / "g.onnx", nonsense())


def test_the_program_of_torch_has_its_weights_beside_it(tmp_path) -> None:
    from safetensors.torch import load_file

    made = model("ring")
    assert "the largest difference is 0" in save_model(tmp_path / "g.pt2", made)
    weights = load_file(tmp_path / "g.safetensors")
    assert weights.keys() == made.network.state_dict().keys()
    loaded = torch.export.load(tmp_path / "g.pt2").module()
    latents = torch.randn(7, 2)
    torch.testing.assert_close(loaded(latents), made.network(Inputs(latents)))
    for name in ("g.pt2", "g.safetensors"):
        assert read_origin(tmp_path / name).step == 3


def test_onnx_makes_the_same_samples(tmp_path) -> None:
    pytest.importorskip("onnxscript")
    import onnx

    assert "checked against torch on 4 samples" in save_model(tmp_path / "g.onnx", model("conditional"))
    found = onnx.load(tmp_path / "g.onnx")
    onnx.checker.check_model(found)
    assert [one.name for one in found.graph.input] == ["latents"]
    assert [one.key for one in found.metadata_props][-1] == "ganstudio"
    assert read_origin(tmp_path / "g.onnx").run == "run"


def test_without_onnx_it_says_what_to_install(tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(ExportError, match=r"pip install 'ganstudio\[export\]', or choose .pt2 or .py"):
        save_model(tmp_path / "g.onnx", model("ring"))


def test_what_can_not_be_written_is_refused_in_words(tmp_path) -> None:
    made = model("ring")
    with pytest.raises(ExportError, match=r"G is written as \.pt2"):
        save_model(tmp_path / "g.zip", made)
    assert list(tmp_path.iterdir()) == []
