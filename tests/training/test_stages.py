"""A step taken apart: it is the step that it would have been, and the stages tell it truly."""

import pickle

import numpy as np
import pytest
import torch

from ganstudio.data import build_dataset
from ganstudio.experiment import HingeSpec, LeastSquaresSpec, MinimaxSpec, RelativisticSpec, WassersteinSpec
from ganstudio.modalities import Points
from ganstudio.networks import Inputs
from ganstudio.presets import with_setting
from ganstudio.training.messages import SCALARS
from ganstudio.training.pictures.slow_motion import SHOWN, slow_step
from ganstudio.training.step.trainer import Trainer

CPU = torch.device("cpu")
BOUNDS = (-1.5, 1.5, -1.5, 1.5)
OF_D = ["draw_z", "generate", "draw_x", "judge", "discriminator_loss", "discriminator_gradient", "discriminator_moves"]
OF_G = ["g_draw_z", "g_generate", "g_judge", "generator_loss", "generator_gradient", "generator_moves"]
OBJECTIVES = [
    MinimaxSpec(),
    MinimaxSpec(gamma=0.5),
    LeastSquaresSpec(),
    HingeSpec(),
    WassersteinSpec(),
    RelativisticSpec(),
]


def trainer_of(experiment):
    return Trainer(experiment, build_dataset(experiment.dataset), CPU)


def slow(trainer):
    return slow_step(trainer, BOUNDS if isinstance(trainer.dataset.modality, Points) else None)


def everything(trainer):
    """All that the next steps depend on, and the networks, without the clock."""
    tensors = [
        tensor.clone()
        for network in (trainer.generator, trainer.discriminator, trainer.average.module)
        for tensor in network.state_dict().values()
    ]
    state = trainer.state() | {"seconds": 0}
    return tensors, state


def assert_same(left, right):
    if isinstance(left, torch.Tensor):
        assert torch.equal(left, right)
    elif isinstance(left, dict):
        assert left.keys() == right.keys()
        for key in left:
            assert_same(left[key], right[key])
    elif isinstance(left, list | tuple):
        assert len(left) == len(right)
        for a, b in zip(left, right, strict=True):
            assert_same(a, b)
    else:
        assert left == right


def stage_of(stages, name, *, round=1):
    (found,) = [stage for stage in stages.stages if (stage.name, stage.round) == (name, round)]
    return found


@pytest.mark.parametrize("objective", OBJECTIVES, ids=lambda spec: f"{spec.kind}-{getattr(spec, 'gamma', '')}")
@pytest.mark.parametrize("kind", ["plane", "images"])
def test_a_slow_step_is_the_step_that_it_would_have_been(objective, kind, request):
    """Bit by bit: weights, running statistics, optimisers, every random generator, and the steps after it."""
    experiment = request.getfixturevalue(kind).model_copy(update={"objective": objective})
    for path, value in (("schedule.discriminator_steps", 2), ("schedule.instance_noise", 0.3)):
        experiment = with_setting(experiment, path, value)
    if kind == "images" and objective.kind in ("wasserstein", "relativistic"):
        experiment = with_setting(experiment, "discriminator.normalisation", "none")
    states, rows = [], []
    for watched in (False, True):
        trainer = trainer_of(experiment)  # which seeds torch's own generator, that a penalty draws from
        trainer.step()
        (slow if watched else Trainer.step)(trainer)
        trainer.step()
        states.append(everything(trainer))
        rows.append(trainer.drain())
    assert_same(*states)
    np.testing.assert_array_equal(rows[0][:, 2:], rows[1][:, 2:])


def test_the_stages_come_in_the_order_of_the_step(plane):
    trainer = trainer_of(with_setting(plane, "schedule.discriminator_steps", 3))
    stages = slow(trainer)
    assert stages.step == trainer.step_count == 1
    assert stages.bounds == BOUNDS
    assert stages.experiment is trainer.experiment
    assert [stage.name for stage in stages.stages] == 3 * OF_D + OF_G
    assert [stage.round for stage in stages.stages] == [1] * 7 + [2] * 7 + [3] * 7 + [1] * 6
    assert [stage.player for stage in stages.stages] == ["discriminator"] * 21 + ["generator"] * 6


def test_the_numbers_are_the_steps_own(plane):
    trainer = trainer_of(plane)
    stages = slow(trainer)
    row = dict(zip(SCALARS, trainer.drain()[0, 2:], strict=True))
    for_d, for_g = (stage_of(stages, f"{player}_moves").numbers for player in ("discriminator", "generator"))
    for name, mine in (("d_loss", "loss"), ("d_real", "d_real"), ("d_fake", "d_fake"), ("d_gradient", "gradient")):
        assert for_d[mine] == pytest.approx(row[name], rel=1e-5)
    for name, mine in (("g_loss", "loss"), ("g_gradient", "gradient")):
        assert for_g[mine] == pytest.approx(row[name], rel=1e-5)
    assert for_d["count"] == 16
    assert for_d["dimensions"] == 2
    assert for_d["noise"] == for_d["penalty"] == 0
    assert for_d["rate"] == plane.optimisers.discriminator.learning_rate


def test_a_stage_has_the_layers_that_it_concerns(plane):
    stages = slow(trainer_of(plane))
    seen = {stage.name: set(stage.layers) for stage in stages.stages}
    judged = {"generated", "real", "verdict_real", "verdict_fake", "landscape"}
    assert seen["draw_z"] == {"latents"}
    assert seen["generate"] == {"latents", "generated"}
    assert seen["draw_x"] == {"generated", "real"}
    assert seen["judge"] == seen["discriminator_loss"] == judged
    assert seen["discriminator_gradient"] == judged | {"pull_real", "pull_fake", "gradient_norms"}
    assert seen["discriminator_moves"] == judged | {"landscape_before"}
    assert seen["g_judge"] == {"generated", "verdict_fake", "landscape"}
    assert seen["generator_gradient"] == seen["g_judge"] | {"arrows", "gradient_norms"}
    assert seen["generator_moves"] == seen["g_judge"] | {"moved"}


def test_the_landscape_is_ds_before_and_after_its_move(plane):
    trainer = trainer_of(plane)
    dataset = trainer.dataset
    place = np.array([[-1.5 + 60.5 / 32, -1.5 + 20.5 / 32]])  # the middle of the cell in row 20, column 60 of 96
    model = torch.from_numpy(((place - dataset.modality.middle) / dataset.modality.scale).astype(np.float32))
    before = trainer.discriminator(model).sigmoid().item()
    stages = slow(trainer)
    after = trainer.discriminator(model).sigmoid().item()
    move = stage_of(stages, "discriminator_moves").layers
    assert move["landscape_before"][20, 60] == pytest.approx(before, abs=1e-5)
    assert move["landscape"][20, 60] == pytest.approx(after, abs=1e-5)
    assert abs(after - before) > 1e-4
    assert np.array_equal(stage_of(stages, "judge").layers["landscape"], move["landscape_before"])
    assert np.array_equal(stage_of(stages, "g_judge").layers["landscape"], move["landscape"])


def test_the_landscape_has_ds_verdict_at_the_points(plane):
    stages = slow(trainer_of(with_setting(plane, "schedule.batch_size", 256)))
    layers = stage_of(stages, "judge").layers
    low, width = BOUNDS[0], BOUNDS[1] - BOUNDS[0]
    cells = ((layers["real"] - low) / width * 96).astype(int)
    there = layers["landscape"][cells[:, 1], cells[:, 0]]
    np.testing.assert_allclose(there, layers["verdict_real"], atol=0.03)


def test_the_pull_of_a_sample_is_how_wrong_d_is_about_it(plane):
    """Minimax: minus the derivative of sp(-l(x)) + sp(l(G(z))) in the logits is 1 - D(x), and -D(G(z))."""
    layers = stage_of(slow(trainer_of(plane)), "discriminator_gradient").layers
    np.testing.assert_allclose(layers["pull_real"], 1 - layers["verdict_real"], atol=1e-5)
    np.testing.assert_allclose(layers["pull_fake"], -layers["verdict_fake"], atol=1e-5)


def test_arrows_are_minus_the_gradient_of_each_points_own_loss(plane):
    trainer = trainer_of(plane)
    stages = slow(trainer)
    points, arrows = stage_of(stages, "generator_gradient").layers["arrows"]
    dataset = trainer.dataset
    model = torch.from_numpy((points - dataset.modality.middle) / np.float32(dataset.modality.scale)).requires_grad_()
    losses = torch.nn.functional.softplus(-trainer.discriminator(model))  # D has not moved since
    (slope,) = torch.autograd.grad(losses.sum(), model)
    np.testing.assert_allclose(arrows, -slope.numpy() / dataset.modality.scale, rtol=1e-3, atol=1e-5)


def test_the_same_z_land_where_the_moved_generator_sends_them(plane):
    trainer = trainer_of(plane)
    stages = slow(trainer)
    latents = torch.from_numpy(stage_of(stages, "g_draw_z").layers["latents"])
    move = stage_of(stages, "generator_moves")
    expected = trainer.dataset.modality.to_people(trainer.generator(Inputs(latents)).detach().numpy())
    np.testing.assert_allclose(move.layers["moved"], expected, atol=1e-5)
    ways = move.layers["moved"] - move.layers["generated"]
    assert move.numbers["distance"] == pytest.approx(np.sqrt((ways**2).sum(1).mean()), rel=1e-3)
    assert move.numbers["distance"] > 0


def test_each_player_improves_its_own_verdict(plane):
    """A small step down the gradient lowers the loss of the samples that it was taken on."""
    numbers = {}
    for seed in range(5):
        stages = slow(trainer_of(with_setting(plane, "seed", seed)))
        numbers = stage_of(stages, "discriminator_moves").numbers
        assert numbers["d_real_after"] - numbers["d_fake_after"] > numbers["d_real"] - numbers["d_fake"]
        numbers = stage_of(stages, "generator_moves").numbers
        assert numbers["d_fake_after"] > numbers["d_fake"]


def test_norms_of_the_layers_make_up_the_gradients(plane):
    stages = slow(trainer_of(plane))
    for player in ("discriminator", "generator"):
        stage = stage_of(stages, f"{player}_gradient")
        assert stage.layers["gradient_norms"].shape == (2,)  # one hidden layer and the output
        assert stage.numbers["gradient"] == pytest.approx(np.linalg.norm(stage.layers["gradient_norms"]), rel=1e-6)


def test_a_penalty_is_told_apart_from_the_loss(plane):
    trainer = trainer_of(plane.model_copy(update={"objective": RelativisticSpec(gamma=1.0)}))
    stages = slow(trainer)
    numbers = stage_of(stages, "discriminator_loss").numbers
    assert numbers["loss"] == pytest.approx(trainer.drain()[0, 2 + SCALARS.index("d_loss")], rel=1e-5)
    assert numbers["penalty"] > 1e-3
    assert "real" in stage_of(stages, "g_judge").layers  # G's loss compares with real points here
    assert "d_real_after" in stage_of(stages, "generator_moves").numbers


def test_images_come_as_pictures_and_few(images):
    stages = slow(trainer_of(with_setting(images, "schedule.batch_size", 64)))
    assert stages.bounds is None
    layers = stage_of(stages, "generator_gradient").layers
    for name in ("generated", "wanted"):
        assert layers[name].shape == (SHOWN["images"], *layers["generated"].shape[1:3], 1)
        assert layers[name].dtype == np.uint8
    assert abs(int(layers["wanted"].max()) - 128) > 100 or abs(int(layers["wanted"].min()) - 128) > 100
    assert "landscape" not in layers
    assert stage_of(stages, "judge").layers["real"].shape == layers["generated"].shape
    assert stage_of(stages, "generator_moves").numbers["distance"] > 0
    assert stage_of(stages, "judge").numbers["count"] == 64


def test_looking_on_is_not_training_time(plane, monkeypatch):
    from ganstudio.training.pictures import slow_motion as module

    trainer = trainer_of(plane)
    now = [0.0]
    look = module._landscape

    def takes_ten_seconds(*arguments):
        now[0] += 10
        return look(*arguments)

    monkeypatch.setattr("time.perf_counter", lambda: now[0])
    monkeypatch.setattr(module, "_landscape", takes_ten_seconds)
    slow(trainer)
    assert trainer.seconds == 0


def test_the_stages_travel_to_another_process_whole_and_small(plane):
    stages = slow(trainer_of(with_setting(plane, "schedule.batch_size", 1024)))
    packed = pickle.dumps(stages)
    assert 50_000 < len(packed) < 400_000
    again = pickle.loads(packed)
    assert again.experiment == stages.experiment
    assert np.array_equal(again.stages[3].layers["landscape"], stages.stages[3].layers["landscape"])
    assert len(again.stages[0].layers["latents"]) == SHOWN["points"]
