"""The published FID: that its network is the published one, and that the distance is the formula."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
import torch
from torch.nn.functional import interpolate

from ganstudio.data.known.known import folder_of
from ganstudio.data.published.weights import INCEPTION
from ganstudio.measurements import EstimationError
from ganstudio.measurements.frechet import frechet_inception, frechet_of_gaussians
from ganstudio.measurements.inception import Inception, load_inception


@pytest.fixture(scope="module")
def network() -> Inception:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return Inception().eval().requires_grad_(False)


def test_names_and_shapes_are_those_of_the_published_weights(network) -> None:
    # Of pytorch-fid's and torch-fidelity's networks, which load the published file with strict=True: 94 convolutions
    # with five tensors of batch normalisation each, and the classes' layer. Built with the same weights, theirs and
    # this one gave the same features to the last bit.
    shapes = {name: tuple(values.shape) for name, values in network.state_dict().items()}
    assert len(shapes) == 94 * 6 + 2
    assert sum(weights.numel() for weights in network.parameters()) == 23_850_960
    assert shapes["Conv2d_1a_3x3.conv.weight"] == (32, 3, 3, 3)
    assert shapes["Mixed_5b.branch_pool.bn.running_var"] == (32,)
    assert shapes["Mixed_6c.branch7x7dbl_4.conv.weight"] == (160, 160, 7, 1)
    assert shapes["Mixed_7c.branch3x3dbl_3b.conv.weight"] == (384, 384, 3, 1)
    assert shapes["fc.weight"] == (1008, 2048)
    told = "\n".join(f"{name} {list(shape)}" for name, shape in sorted(shapes.items()))
    assert hashlib.sha256(told.encode()).hexdigest() == (
        "8cdd2faeb41211e17f0fb47e66168d0cb1f981aa773b5f44e5b9cc93857fe492"
    )


def test_features_are_of_stretched_pictures_with_256_levels(network) -> None:
    grey = np.random.default_rng(0).uniform(-1.2, 1.2, (2, 1, 8, 8)).astype(np.float32)
    found = network.features(grey)
    assert found.shape == (2, 2048)
    assert np.isfinite(found).all()
    assert found.std() > 0
    levels = torch.from_numpy(np.rint((np.clip(grey, -1, 1) + 1) * 127.5).astype(np.float32) / 127.5 - 1)
    stretched = interpolate(levels.repeat(1, 3, 1, 1), (299, 299), mode="bilinear", align_corners=False)
    np.testing.assert_allclose(network(stretched).numpy(), found, rtol=1e-5, atol=1e-6)


def test_the_distance_is_the_closed_form_of_gaussians() -> None:
    # Of covariances that share their directions: |shift|^2 + sum (sqrt(c) - sqrt(d))^2.
    random = np.random.default_rng(0)
    turn, _ = np.linalg.qr(random.standard_normal((12, 12)))
    c, d, shift = random.uniform(0, 3, 12), random.uniform(0, 3, 12), random.standard_normal(12)
    c[:3] = 0  # flat in some directions, as with fewer samples than features
    found = frechet_of_gaussians(np.zeros(12), turn @ np.diag(c) @ turn.T, shift, turn @ np.diag(d) @ turn.T)
    assert found == pytest.approx((shift**2).sum() + ((np.sqrt(c) - np.sqrt(d)) ** 2).sum(), rel=1e-6)


def test_a_set_is_at_no_distance_from_itself_with_few_samples_too() -> None:
    features = np.random.default_rng(1).standard_normal((40, 128)).astype(np.float32)
    assert frechet_inception(features, features) == pytest.approx(0, abs=1e-4)
    assert frechet_inception(features, features + 1) == pytest.approx(128, rel=1e-4)
    with pytest.raises(EstimationError, match="2 images a side"):
        frechet_inception(features[:1], features)


def test_only_the_published_file_is_taken(home, tmp_path, network) -> None:
    with pytest.raises(EstimationError, match="not on this computer; ganstudio datasets get inception"):
        load_inception()
    torch.save(network.state_dict(), tmp_path / "mine.pth")
    with pytest.raises(EstimationError, match=r"mine\.pth: not the published Inception weights: its SHA-256 begins"):
        load_inception(tmp_path / "mine.pth")
    folder_of(INCEPTION).mkdir(parents=True)
    (folder_of(INCEPTION) / INCEPTION.files[0].name).write_bytes(b"broken off")
    with pytest.raises(EstimationError, match="not the published"):
        load_inception()


def test_a_file_with_the_right_bytes_is_loaded_without_running_it(tmp_path, network, monkeypatch) -> None:
    path = tmp_path / "weights.pth"
    torch.save(network.state_dict(), path)
    published = INCEPTION.files[0]
    mine = type(published)(name="x", size=1, sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    monkeypatch.setattr(
        "ganstudio.measurements.inception.INCEPTION", type(INCEPTION)(**{**vars(INCEPTION), "files": (mine,)})
    )
    loaded = load_inception(path)
    assert not loaded.training
    torch.testing.assert_close(loaded.fc.bias, network.fc.bias, rtol=0, atol=0)
    torch.save({"fc.weight": torch.zeros(1)}, path)
    mine = type(published)(name="x", size=1, sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    monkeypatch.setattr(
        "ganstudio.measurements.inception.INCEPTION", type(INCEPTION)(**{**vars(INCEPTION), "files": (mine,)})
    )
    with pytest.raises(EstimationError, match="can't be read"):
        load_inception(path)
