"""Players that are told the classes: (x, y) pairs, G's y from the data's shares, and samples of the class asked for."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from ganstudio import cli
from ganstudio.data import DatasetError, build_dataset
from ganstudio.experiment import (
    CategoricalCodeSpec,
    ConditioningSpec,
    ContinuousCodeSpec,
    DigitsSpec,
    DisjointSpec,
    Experiment,
    GaussianSpec,
    GlyphsSpec,
    GridSpec,
    LabelSpec,
    LatentSpec,
    LineSpec,
    MixtureSpec,
    MLPDiscriminatorSpec,
    MLPGeneratorSpec,
    RingSpec,
    ScheduleSpec,
)
from ganstudio.latent import class_columns, draw_latents, fixed_latents, latent_space
from ganstudio.networks import Inputs
from ganstudio.presets import ExperimentError, check_game, with_setting
from ganstudio.run import RunError
from ganstudio.training.checkpoints.checkpoint import load_checkpoint, save_checkpoint
from ganstudio.training.checkpoints.loaded import load_generator
from ganstudio.training.messages import Opened, Play, Quit, Start, StateChanged
from ganstudio.training.pictures.plane import PlaneLayers
from ganstudio.training.pictures.real_samples import shown_real
from ganstudio.training.session.session import Session
from ganstudio.training.step.onlooking import Observer
from ganstudio.training.step.trainer import Trainer

CPU = torch.device("cpu")
TOLD = ConditioningSpec(labels="projection")
RING = RingSpec(modes=6, sigma=0.05)
UNEQUAL = MixtureSpec(
    components=(GaussianSpec(x=-1, weight=1), GaussianSpec(x=1, weight=3), GaussianSpec(y=2, sigma=0.3, weight=4))
)


def told(experiment, **changes):
    return experiment.model_copy(update={"conditioning": TOLD, **changes})


def trainer_of(experiment):
    return Trainer(experiment, build_dataset(experiment.dataset), CPU)


class Watcher(Observer):
    """Keeps what each move had before it."""

    def __init__(self):
        self.seen = {}

    def judged(self, player, sight):
        self.seen[player] = sight


# --- the data ---


@pytest.mark.parametrize(
    "spec", [RingSpec(), GridSpec(side=3), DisjointSpec(), UNEQUAL, DigitsSpec(held_out=100), GlyphsSpec(count=200)]
)
def test_samples_with_their_class_are_those_drawn_without(spec):
    dataset = build_dataset(spec)
    one, other = np.random.default_rng(3), np.random.default_rng(3)
    samples, labels = dataset.draw_labelled(500, one)
    np.testing.assert_array_equal(samples, dataset.draw(500, other))
    assert one.random() == other.random()
    assert labels.shape == (500,)
    assert dataset.shares().sum() == pytest.approx(1, abs=1e-12)
    found = np.bincount(labels, minlength=len(dataset.classes)) / 500
    np.testing.assert_allclose(found, dataset.shares(), atol=0.08)
    if dataset.at is not None:
        every = dataset.at(np.arange(dataset.count)).reshape(dataset.count, -1)
        found = [int(np.abs(every - each.ravel()).max(1).argmin()) for each in samples[:50]]
        assert (dataset.labels[found] == labels[:50]).all()
        np.testing.assert_array_equal(every[found], samples[:50].reshape(50, -1))
    if dataset.modes is not None:
        near = np.linalg.norm(dataset.modality.to_people(samples)[:, None] - dataset.modes, axis=2).argmin(1)
        assert (near == labels).mean() > 0.999


def test_without_classes_it_is_said_where_they_could_come_from(plane):
    with pytest.raises(DatasetError, match=r"conditioning.labels: .*\"Line\" has no classes.*set it to \"off\""):
        trainer_of(told(plane, dataset=LineSpec()))
    with pytest.raises(DatasetError, match="no classes"):
        trainer_of(told(plane, dataset=RingSpec(modes=1)))


# --- the latent space ---


def test_the_class_stands_behind_z_and_the_codes():
    codes = (CategoricalCodeSpec(size=4), ContinuousCodeSpec())
    experiment = Experiment(dataset=UNEQUAL, latent=LatentSpec(dimensions=3, codes=codes), conditioning=TOLD)
    space = latent_space(experiment, build_dataset(UNEQUAL))
    assert (space.width, space.label_columns) == (3 + 4 + 1 + 3, slice(8, 11))
    assert space.label.names == ("0", "1", "2")
    latents = draw_latents(space, 4000, torch.Generator().manual_seed(0))
    assert latents.shape == (4000, 11)
    np.testing.assert_allclose(latents[:, 8:].mean(0), (1 / 8, 3 / 8, 4 / 8), atol=0.03)
    assert (latents[:, 8:].sum(1) == 1).all()
    off = experiment.model_copy(update={"conditioning": ConditioningSpec()})
    assert latent_space(off, build_dataset(UNEQUAL)) is experiment.latent


@pytest.mark.parametrize(("classes", "columns", "count"), [(10, 10, 60), (3, 6, 60), (2, 8, 64), (16, 16, 64)])
def test_fixed_images_stand_in_columns_of_a_class_with_the_same_z(classes, columns, count):
    label = LabelSpec(size=classes, names=tuple(map(str, range(classes))), shares=(1 / classes,) * classes)
    space = LatentSpec(dimensions=5).with_label(label)
    latents = fixed_latents(space, 64, torch.Generator().manual_seed(0))
    found, wide = class_columns(space, 64)
    assert (wide, len(found), len(latents)) == (columns, count, count)
    assert (latents[:, 5:].argmax(1).numpy() == found).all()
    grid, classes_of = latents[:, :5].view(-1, columns, 5), found.reshape(-1, columns)
    assert (classes_of == classes_of[0]).all()
    each = columns // classes
    assert all(torch.equal(grid[:, :each], grid[:, k * each : (k + 1) * each]) for k in range(classes))
    assert len(torch.unique(latents[:, 0])) == count // classes


def test_too_many_classes_stand_in_no_order():
    label = LabelSpec(size=40, names=tuple(map(str, range(40))), shares=(1 / 40,) * 40)
    space = LatentSpec(dimensions=2).with_label(label)
    assert class_columns(space, 64) is None
    assert fixed_latents(space, 64, torch.Generator()).shape == (64, 42)


# --- the step ---


@pytest.mark.parametrize("objective", ["minimax", "relativistic", "wasserstein"])
def test_what_is_held_against_each_other_has_the_same_class(plane, objective):
    trainer = trainer_of(with_setting(told(plane), "objective", {"kind": objective}))
    watcher = Watcher()
    trainer.step(observer=watcher)
    for sight in watcher.seen.values():
        assert torch.equal(sight.inputs.latents[:, trainer.latent.label_columns], sight.labels)
        if sight.x is not None:
            points = trainer.dataset.modality.to_people(sight.x.numpy())
            near = np.linalg.norm(points[:, None] - trainer.dataset.modes, axis=2).argmin(1)
            assert (near == sight.labels.argmax(1).numpy()).all()
    assert (watcher.seen["generator"].x is not None) == (objective == "relativistic")


def test_where_nothing_is_told_training_is_as_it_was(plane):
    """The draw of pairs takes the same random numbers: the real samples are the same, told or not."""
    plain, labelled = trainer_of(plane), trainer_of(told(plane))
    for _ in range(3):
        assert torch.equal(plain.sights.draw_real()[0], labelled.sights.draw_real()[0])
    assert plain.sights.draw_real()[1] is None


@pytest.mark.parametrize("kind", ["plane", "images"])
def test_resuming_equals_never_stopping(kind, request, tmp_path):
    codes = (CategoricalCodeSpec(size=3),)
    experiment = told(request.getfixturevalue(kind), latent=LatentSpec(dimensions=2, codes=codes))
    whole, begun, resumed = (trainer_of(experiment) for _ in range(3))
    for _ in range(6):
        whole.step()
    for _ in range(2):
        begun.step()
    torch.manual_seed(1)
    load_checkpoint(save_checkpoint(tmp_path, begun), resumed)
    for _ in range(4):
        resumed.step()
    for one, other in ((whole.generator, resumed.generator), (whole.discriminator, resumed.discriminator)):
        assert all(
            torch.equal(a, b) for a, b in zip(one.state_dict().values(), other.state_dict().values(), strict=True)
        )
    assert whole.drain().shape == (6, 2 + 7 + 1)  # L_I of the code; the class has none


def shares_of_the_class_asked_for(seed, dataset):
    """Train on the ring, ask for 2,000 points, and see how many lie nearest to the mode of their class."""
    experiment = Experiment(
        seed=seed,
        dataset=RING,
        generator=MLPGeneratorSpec(width=24, depth=2),
        discriminator=MLPDiscriminatorSpec(width=24, depth=2),
        conditioning=TOLD,
        schedule=ScheduleSpec(steps=400, batch_size=64),
    )
    trainer = Trainer(experiment, dataset, CPU)
    for _ in range(400):
        trainer.step()
    latents = draw_latents(trainer.latent, 2000, torch.Generator().manual_seed(1))
    with torch.no_grad():
        points = dataset.modality.to_people(trainer.average.module(Inputs(latents)).numpy())
    asked = latents[:, trainer.latent.label_columns].argmax(1).numpy()
    return (np.linalg.norm(points[:, None] - dataset.modes, axis=2).argmin(1) == asked).mean()


@pytest.mark.parametrize("seed", [0, 1])
def test_g_makes_the_class_that_is_asked_for(seed):
    """Seeds 0 to 9 came to .973 and more, seven of them to .99."""
    assert shares_of_the_class_asked_for(seed, build_dataset(RING)) > 0.95


def test_labels_that_were_shuffled_tell_g_nothing():
    """The control: one in six is met by chance."""
    dataset = build_dataset(RING)
    shuffle = np.random.default_rng(0).permutation

    def shuffled(count, rng):
        samples, labels = dataset.draw_classed(count, rng)
        return samples, shuffle(labels)

    assert shares_of_the_class_asked_for(0, replace(dataset, draw_classed=shuffled)) == pytest.approx(1 / 6, abs=0.12)


# --- what does not go together ---


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"discriminator": {"kind": "autoencoder"}, "objective": {"kind": "energy"}},
            "conditioning.labels: .*energies",
        ),
        ({"discriminator": {"kind": "mlp", "packing": 2}}, "discriminator.packing: found 2.*a pack has several"),
    ],
)
def test_what_can_not_be_told_is_said(plane, changes, words):
    experiment = told(plane)
    for path, value in changes.items():
        experiment = with_setting(experiment, path, value)
    with pytest.raises(ExperimentError, match=words):
        check_game(experiment)


# --- what is shown ---


def test_the_plane_shows_the_class_that_d_is_surest_with(plane):
    trainer = trainer_of(told(plane))
    layers = PlaneLayers(trainer)
    with torch.inference_mode():
        shown = layers.layers["landscape"]((-2.0, 2.0, -2.0, 2.0))["landscape"]
        x = torch.tensor([[-2 + 4 * 0.5 / 80] * 2]) - torch.from_numpy(trainer.dataset.modality.middle)
        corner = x / trainer.dataset.modality.scale
        said = [trainer.discriminator(corner, torch.eye(8)[[k]]).sigmoid().item() for k in range(8)]
        assert shown[0, 0] == pytest.approx(max(said), abs=1e-5)
        assert layers.layers["arrows"]((-2.0, 2.0, -2.0, 2.0))["arrows"].shape == (4, 200, 2)
        work = layers.study((-2.0, 2.0, -2.0, 2.0))
        next(work)
        with pytest.raises(StopIteration) as end:
            next(work)
    assert end.value.value == {}


def test_arrows_are_of_a_points_own_class(plane):
    trainer = trainer_of(told(plane))
    layers = PlaneLayers(trainer)
    with torch.inference_mode():
        arrows = layers.layers["arrows"]((-2.0, 2.0, -2.0, 2.0))["arrows"]
    inputs = trainer.fixed_inputs.rows(slice(200))
    points = trainer.generator(inputs).detach().requires_grad_()
    logits = trainer.discriminator(points, inputs.latents[:, trainer.latent.label_columns])
    (slopes,) = torch.autograd.grad(torch.nn.functional.softplus(-logits).sum(), points)
    np.testing.assert_allclose(arrows[2], -slopes / trainer.dataset.modality.scale, atol=1e-5)


def test_where_samples_are_paired_arrows_are_of_pairs_of_one_class(plane):
    """D's logits of different classes may lie apart by any constant: only pairs of a class are ever compared."""
    experiment = with_setting(told(plane), "objective", {"kind": "relativistic"})
    trainer = trainer_of(experiment)
    made = []
    for _ in range(2):
        layers = PlaneLayers(trainer)
        with torch.inference_mode():
            made.append(layers.layers["arrows"]((-2.0, 2.0, -2.0, 2.0))["arrows"][1])
        read = trainer.discriminator.read
        shift = torch.linspace(-5, 5, 8)

        def shifted(samples, labels=None, given=None, read=read, shift=shift, d=trainer.discriminator):
            outputs, features = read(samples)
            outputs = outputs + (d.embedding(labels) * features).sum(1) + labels @ shift
            return outputs, features

        trainer.discriminator.judge = shifted
    assert np.abs(made[0]).max() > 0
    np.testing.assert_allclose(made[0], made[1], atol=1e-5)


def test_real_images_stand_in_the_columns_of_their_class(images):
    trainer = trainer_of(told(images))
    real, columns = shown_real(trainer)
    classes, _ = class_columns(trainer.latent, 64)
    assert (columns, len(real)) == (10, 60)
    every = trainer.dataset.at(np.arange(trainer.dataset.count))
    shown = real.astype(np.float32).transpose(0, 3, 1, 2) / 127.5 - 1
    found = np.abs(every[None] - shown[:, None]).max(axis=(2, 3, 4)).argmin(1)
    assert (trainer.dataset.labels[found] == classes).all()
    assert shown_real(trainer_of(images))[1] == 0


def test_a_session_says_the_classes_and_its_run_samples_them(images, tmp_path, capsys):
    experiment = with_setting(told(images), "schedule.steps", 3)
    session = Session(Start(experiment=experiment, run=tmp_path / "r", measure=False))
    session.send(Play())
    for event in session.run():
        if isinstance(event, Opened):
            opened = event
        if isinstance(event, StateChanged) and event.state == "finished":
            session.send(Quit())
    assert opened.label.names == tuple("0123456789")
    assert opened.latent.width == opened.latents.shape[1] == 14
    assert opened.columns == 10
    generator = load_generator(tmp_path / "r")
    latents = generator.draw_latents(5, 0, "7")
    assert (latents[:, 4:] == np.eye(10)[7]).all()
    np.testing.assert_array_equal(latents[:, :4], generator.draw_latents(5, 0)[:, :4])
    shown, columns = generator.latents_in_columns(64, 0)
    assert (columns, shown[:, 4:].argmax(1).tolist()) == (10, [*range(10)] * 6)
    with pytest.raises(RunError, match=r"no class 'seven'.*'0', '1'"):
        generator.draw_latents(5, 0, "seven")
    command = ["sample", str(tmp_path / "r"), "--count", "5", "--out", str(tmp_path / "a.npy"), "--class"]
    assert cli.main([*command, "7"]) == 0
    np.testing.assert_array_equal(np.load(tmp_path / "a.npy"), generator.generate(latents))
    assert cli.main([*command, "x"]) == 2
    assert "there is no class 'x'" in capsys.readouterr().err


def test_a_run_without_classes_has_none_to_sample(images, tmp_path):
    trainer = trainer_of(images)
    trainer.step()
    save_checkpoint(tmp_path / "checkpoints", trainer)
    with pytest.raises(RunError, match=r"without classes: conditioning.labels is \"off\""):
        load_generator(tmp_path).draw_latents(1, 0, "7")
    assert load_generator(tmp_path).latents_in_columns(64, 0)[1] is None
