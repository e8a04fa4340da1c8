import math
import queue

import numpy as np
import pytest
import torch

from ganstudio.data import build_dataset
from ganstudio.experiment import HingeSpec, LatentSpec, LeastSquaresSpec, RelativisticSpec, ScheduleSpec
from ganstudio.networks import Discriminator
from ganstudio.training.messages import Frame, Watch
from ganstudio.training.pictures.optimal import CELLS
from ganstudio.training.pictures.plane import ARROWS, GRID_LINES, PlaneLayers, grid_density, grid_masses, vanishing
from ganstudio.training.pictures.renderer import Renderer
from ganstudio.training.step.trainer import Trainer

BOUNDS = (-1.5, 1.5, -1.5, 1.5)


def trained(experiment, steps=30):
    trainer = Trainer(experiment, build_dataset(experiment.dataset), torch.device("cpu"))
    for _ in range(steps):
        trainer.step()
    return trainer


def made(layers, name):
    with torch.inference_mode():
        return layers.layers[name](BOUNDS)


def studied(work):
    with torch.inference_mode():
        while True:
            try:
                next(work)
            except StopIteration as end:
                return end.value


def slopes(trainer, points_model):
    """grad l at points (n, 2) in model units, by central differences, double precision; and l."""
    judge = trainer.discriminator.double()
    x = torch.as_tensor(points_model, dtype=torch.float64)
    with torch.no_grad():
        found = []
        for axis in range(2):
            step = torch.zeros(2, dtype=torch.float64)
            step[axis] = 1e-6
            found.append((judge(x + step) - judge(x - step)) / 2e-6)
        return torch.stack(found, 1).numpy(), judge(x).numpy()


def points_of(trainer):
    with torch.no_grad():
        return trainer.generator(trainer.fixed_inputs.rows(slice(ARROWS)))


def test_the_landscape_is_d_at_the_cells_centres(plane):
    """Against a discriminator whose answer is known: sigmoid of the first coordinate in model units."""
    trainer = trained(plane, 0)
    layers = PlaneLayers(trainer)

    class First(Discriminator):
        def read(self, x):
            return x[:, 0], x

    layers._discriminator = First()
    with torch.inference_mode():
        values = layers.layers["landscape"]((-1.0, 3.0, -2.0, 2.0))["landscape"]
    x = -1 + (np.arange(CELLS) + 0.5) / CELLS * 4
    model = (x - trainer.dataset.modality.middle[0]) / trainer.dataset.modality.scale
    np.testing.assert_allclose(values[10], 1 / (1 + np.exp(-model)), atol=1e-5)
    np.testing.assert_array_equal(values[0], values[-1])


def test_arrows_are_the_updates_gradients_at_the_points_of_the_raw_generator(plane):
    trainer = trained(plane)
    layers = made(PlaneLayers(trainer), "arrows")
    arrows = layers["arrows"]
    points = points_of(trainer)
    assert arrows.shape == (4, ARROWS, 2)
    assert arrows.dtype == np.float32
    np.testing.assert_allclose(arrows[0], trainer.dataset.modality.to_people(points.numpy()), atol=1e-6)
    gradient, logits = slopes(trainer, points)
    belief = 1 / (1 + np.exp(-logits))[:, None]
    per_unit = gradient / trainer.dataset.modality.scale
    for vectors, expected in zip(arrows[1:], (belief * per_unit, (1 - belief) * per_unit, per_unit), strict=True):
        np.testing.assert_allclose(vectors, expected, atol=1e-4)
    norms = [math.sqrt((weight**2 * gradient**2).sum(1).mean()) for weight in (belief, 1 - belief)]
    assert float(layers["vanishing"]) == pytest.approx(norms[0] / norms[1], rel=1e-4)


def test_the_gauge_is_the_ratio_of_the_first_two():
    vectors = np.array([[[0.03, 0.0]], [[0.0, 1.0]], [[5.0, 5.0]]])
    assert float(vanishing(vectors)) == pytest.approx(0.03, abs=1e-9)
    assert math.isnan(vanishing(np.zeros((3, 2, 2))))


def test_other_objectives_show_their_own_gradient_alone(plane):
    for objective in (HingeSpec(), LeastSquaresSpec(), RelativisticSpec()):
        trainer = trained(plane.model_copy(update={"objective": objective}))
        layers = made(PlaneLayers(trainer), "arrows")
        assert layers["arrows"].shape == (2, ARROWS, 2)
        assert "vanishing" not in layers
        gradient, logits = slopes(trainer, points_of(trainer))
        if objective.kind == "hinge":
            pull = np.ones_like(logits)
        elif objective.kind == "least_squares":
            pull = 1 - logits
        else:
            x = torch.from_numpy(trainer.dataset.draw(256, np.random.default_rng(0))).double()
            with torch.no_grad():
                real = trainer.discriminator(x).numpy()
            pull = (1 / (1 + np.exp(logits[:, None] - real[None]))).mean(1)
        expected = pull[:, None] * gradient / trainer.dataset.modality.scale
        np.testing.assert_allclose(layers["arrows"][1], expected, atol=1e-4)


def test_while_there_is_noise_arrows_are_those_of_blurred_points(plane):
    noisy = plane.model_copy(update={"schedule": ScheduleSpec(steps=1000, batch_size=16, instance_noise=0.5)})
    trainer = trained(noisy, 0)
    arrows = made(PlaneLayers(trainer), "arrows")["arrows"]
    points = points_of(trainer)
    np.testing.assert_allclose(arrows[0], trainer.dataset.modality.to_people(points.numpy()), atol=1e-6)
    gradient, _ = slopes(trainer, points)
    np.testing.assert_allclose(arrows[3], arrows[1] + arrows[2], atol=1e-5)
    assert not np.allclose(arrows[3], gradient / trainer.dataset.modality.scale, atol=1e-3)


def test_density_is_the_priors_mass_over_the_area():
    masses = grid_masses(LatentSpec(prior="uniform"))
    assert masses.shape == (GRID_LINES - 1, GRID_LINES - 1)
    assert masses.sum() == pytest.approx(0.98**2, abs=1e-9)
    axis = np.linspace(-0.98, 0.98, GRID_LINES)
    grid = np.stack(np.meshgrid(3 * axis, axis, indexing="ij"), -1)
    np.testing.assert_allclose(grid_density(grid, masses), 1 / 12, rtol=1e-5)  # a box of 6 x 2
    normal = grid_masses(LatentSpec())
    assert normal.sum() == pytest.approx(0.9545**2, abs=1e-3)
    assert normal[12, 12] > 5 * normal[0, 12]


def test_density_of_a_line_is_over_its_length():
    masses = grid_masses(LatentSpec(prior="uniform", dimensions=1))
    grid = np.stack([np.linspace(-0.98, 0.98, GRID_LINES)] * 2, -1)[:, None]
    assert masses.shape == (GRID_LINES - 1, 1)
    np.testing.assert_allclose(grid_density(grid, masses), 0.5 / math.sqrt(2), rtol=1e-5)


def test_a_fold_or_a_diverged_grid_has_a_density_still():
    masses = grid_masses(LatentSpec())
    flat = grid_density(np.zeros((GRID_LINES, GRID_LINES, 2)), masses)
    assert np.isfinite(flat).all()
    wild = grid_density(np.full((GRID_LINES, GRID_LINES, 2), np.nan), masses)
    assert np.isnan(wild).all()


def test_manifold_comes_with_its_density(plane):
    layers = made(PlaneLayers(trained(plane, 0)), "manifold")
    assert layers["manifold"].shape == (GRID_LINES, GRID_LINES, 2)
    assert layers["manifold_density"].shape == (GRID_LINES - 1, GRID_LINES - 1)
    assert (layers["manifold_density"] > 0).all()


def test_the_study_is_of_the_step_that_it_began_with(plane):
    trainer = trained(plane)
    layers = PlaneLayers(trainer)
    landscape = made(layers, "landscape")["landscape"]
    first = studied(layers.study(BOUNDS))
    work = layers.study(BOUNDS)
    with torch.inference_mode():
        next(work)
    for _ in range(30):
        trainer.step()
    layers.follow(trainer)
    again = studied(work)
    assert first["optimal"].shape == (CELLS, CELLS)
    assert int(again["optimal_step"]) == 30
    np.testing.assert_array_equal(again["optimal"], first["optimal"])
    np.testing.assert_allclose(first["difference"], landscape - first["optimal"], atol=1e-6)
    later = studied(layers.study(BOUNDS))
    assert int(later["optimal_step"]) == 60
    assert not np.array_equal(later["optimal"], first["optimal"], equal_nan=True)


def test_smoothed_labels_lower_the_optimum(plane):
    sharp = studied(PlaneLayers(trained(plane, 0)).study(BOUNDS))["optimal"]
    objective = plane.objective.model_copy(update={"real_label": 0.9})
    smooth = studied(PlaneLayers(trained(plane.model_copy(update={"objective": objective}), 0)).study(BOUNDS))
    np.testing.assert_allclose(smooth["optimal"], 0.9 * sharp, atol=1e-6)


def frame_with(events, name, accept=lambda frame: True):
    while True:
        event = events.get(timeout=60)
        if isinstance(event, Frame) and name in event.layers and accept(event):
            return event


@pytest.fixture
def renderer():
    events = queue.SimpleQueue()
    one = Renderer(events.put)
    one.events = events
    yield one
    one.close()


def test_frames_go_on_while_the_optimum_is_studied_and_then_carry_it(plane, renderer):
    trainer = trained(plane)
    renderer.open(trainer)
    renderer.watch(Watch(frozenset({"generated", "optimal"}), BOUNDS))
    assert set(frame_with(renderer.events, "generated").layers) == {"generated"}
    frame = frame_with(renderer.events, "optimal")
    assert set(frame.layers) == {"generated", "optimal", "difference", "optimal_step"}
    assert frame.bounds == BOUNDS
    trainer.step()
    assert renderer.publish(trainer, wait=True)
    # The last one stays until the next is there, which a quick machine has before a frame is due again.
    frames = [frame_with(renderer.events, "optimal")]
    while int(frames[-1].layers["optimal_step"]) != 31:
        frames.append(frame_with(renderer.events, "optimal"))
    assert {frame.step for frame in frames} == {31}
    assert {int(frame.layers["optimal_step"]) for frame in frames[:-1]} <= {30}


def test_another_view_or_game_drops_what_was_studied(plane, renderer):
    trainer = trained(plane)
    renderer.open(trainer)
    renderer.watch(Watch(frozenset({"optimal"}), BOUNDS))
    frame_with(renderer.events, "optimal")
    smaller = (-0.5, 0.5, -0.5, 0.5)
    renderer.watch(Watch(frozenset({"optimal"}), smaller))
    assert frame_with(renderer.events, "optimal").bounds == smaller
    renderer.watch(Watch(frozenset({"generated"}), smaller))
    assert set(frame_with(renderer.events, "generated").layers) == {"generated"}


def test_a_diverged_generator_is_survived(plane):
    trainer = trained(plane, 0)
    with torch.no_grad():
        for parameter in trainer.generator.parameters():
            parameter.fill_(float("nan"))
    layers = PlaneLayers(trainer)
    assert np.isnan(made(layers, "arrows")["arrows"][0]).all()
    optimal = studied(layers.study(BOUNDS))["optimal"]
    assert np.nanmin(optimal) == 1
