from __future__ import annotations

import re
import tomllib

import numpy as np
import pytest

from ganstudio.experiment import (
    ArraySpec,
    Cifar10Spec,
    ClipsSpec,
    DCGANGeneratorSpec,
    DspritesSpec,
    Experiment,
    FashionMnistSpec,
    HingeSpec,
    ImagesSpec,
    LatentSpec,
    MLPGeneratorSpec,
    MnistSpec,
    RMSpropSpec,
    Spec,
    TableSpec,
    WassersteinSpec,
)
from ganstudio.modalities import Images, Points, Sound
from ganstudio.presets import (
    ExperimentError,
    dumps,
    experiment_for,
    find_experiment,
    is_live,
    live_paths,
    load_experiment,
    load_preset,
    loads,
    parse_setting,
    preset_names,
    read_table,
    skim_table,
    with_setting,
    with_settings,
)
from ganstudio.resources import resource
from tests.modalities.waves import Waves


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_loads_and_survives_being_written(name: str) -> None:
    preset = load_preset(name)
    assert preset.name == name
    assert preset.summary
    assert loads(dumps(preset)) == preset


def test_presets_begin_with_the_easiest() -> None:
    assert preset_names()[:2] == ["ring", "grid"]
    first = [resource("presets", f"{name}.toml").read_text().split("\n")[0] for name in preset_names()]
    places = [int(line.removeprefix("# place: ")) for line in first]
    assert places == sorted(set(places))  # each its own
    assert "digits" in preset_names()


def test_written_experiments_hold_the_defaults_too() -> None:
    written = tomllib.loads(dumps(Experiment(dataset=TableSpec(path="/points.csv"))))
    assert written["schedule"]["batch_size"] == 256
    found = {"header": "auto", "encoding": "auto", "decimal": "auto", "test_split": "keep_aside"}
    found["missing"] = "leave_out"
    assert written["dataset"] == {"kind": "table", "path": "/points.csv", **found}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '[objective]\nkind = "minimax"\ngenerator_update = "foo"',
            "x.toml: objective.generator_update: found 'foo', allowed: 'saturating', 'non_saturating', 'combined'",
        ),
        ('[objective]\nkind = "hinges"', "x.toml: objective.kind: found 'hinges' (did you mean 'hinge'?), allowed: "),
        ("[generator]\nwidth = 3", "x.toml: generator.kind: missing, needed: 'mlp', 'dcgan'"),
        ("[schedule]\nstep = 3", "x.toml: schedule.step: unknown field (did you mean 'steps'?), allowed: 'steps', "),
        ("sed = 3", "x.toml: sed: unknown field (did you mean 'seed'?), allowed: 'name', 'summary', 'seed', "),
        ("[schedule]\nsteps = 0", "x.toml: schedule.steps: found 0, allowed: a whole number of at least 1 and "),
        ("schedule = 3", "x.toml: schedule: found 3, allowed: a table of settings"),
        ("objective = 3", "x.toml: objective: found 3, allowed: a table with kind = 'minimax', 'least_squares', "),
        ('[dataset]\nkind = "images"', "x.toml: dataset.path: missing, needed: text of at least 1 character"),
        (
            '[dataset]\nkind = "images"\npath = "a"\nchannels = 2',
            "x.toml: dataset.channels: found 2, allowed: 'auto', 1, 3",
        ),
        (
            '[dataset]\nkind = "table"\npath = "a"\ncolumns = [0, "b"]',
            "x.toml: dataset.columns: found 'b', allowed: 2 whole numbers",
        ),
        (
            '[dataset]\nkind = "array"\npath = "a"\nsize = 4',
            "x.toml: dataset.size: found 4, allowed: a whole number of at least 8 and at most 256",
        ),
        (
            '[objective]\nkind = "minimax"\npenalty = 1',
            "x.toml: objective.penalty: unknown field (it belongs to objective.kind = 'wasserstein'), allowed: ",
        ),
        (
            '[optimisers.generator]\nkind = "adam"\nlearning_rate = inf',
            "x.toml: optimisers.generator.learning_rate: found inf, allowed: a number greater than 0 and at most 10",
        ),
        ("seed = -1\nsed = 1", "x.toml: seed: found -1, allowed: a whole number of at least 0 and at most "),
        ("seed = \n", "x.toml: not valid TOML: Invalid value (at line 1, column 8)"),
    ],
)
def test_an_error_is_one_line_that_says_where_what_and_what_is_allowed(text: str, message: str) -> None:
    with pytest.raises(ExperimentError) as caught:
        loads(text, "x.toml")
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_further_errors_are_counted() -> None:
    with pytest.raises(ExperimentError, match=r"seed: found -1.* \(and 1 more\)$"):
        loads("seed = -1\nsed = 1")


def test_long_values_are_cut() -> None:
    with pytest.raises(ExperimentError) as caught:
        loads(f'seed = "{"9x" * 500}"')
    assert len(str(caught.value)) < 200


def test_files_that_cannot_be_read_are_named(tmp_path) -> None:
    with pytest.raises(ExperimentError, match=r"none\.toml: cannot be read: No such file"):
        load_experiment(tmp_path / "none.toml")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ExperimentError, match=r"binary\.toml: not a text file"):
        load_experiment(tmp_path / "binary.toml")


def test_a_relative_path_to_data_starts_at_the_file(tmp_path) -> None:
    (tmp_path / "mine.toml").write_text('[dataset]\nkind = "images"\npath = "faces"')
    dataset = load_experiment(tmp_path / "mine.toml").dataset
    assert dataset == ImagesSpec(path=str((tmp_path / "faces").resolve()))


def test_an_experiment_is_found_by_preset_file_and_run(tmp_path) -> None:
    assert find_experiment("ring") == load_preset("ring")
    mine = tmp_path / "experiment.toml"
    mine.write_text(dumps(Experiment(name="mine")))
    assert find_experiment(str(mine)).name == "mine"
    assert find_experiment(str(tmp_path)).name == "mine"


@pytest.mark.parametrize(
    ("wanted", "message"),
    [("rnig", r"rnig: neither a preset nor a file \(did you mean 'ring'"), (".", r"\.: a folder without experiment")],
)
def test_what_is_no_experiment_is_said(wanted: str, message: str, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ExperimentError, match=message):
        find_experiment(wanted)


def test_an_unknown_preset_names_the_others() -> None:
    with pytest.raises(ExperimentError, match=r"spirals: no such preset \(did you mean 'spiral'\?\), allowed: ring, "):
        load_preset("spirals")


SPLICED = [
    "[a]\nx = 1\n",
    "[a.b]\ny = 2\n",
    "a.c = 3\n",
    "[[a]]\n",
    " [d]\n",
    "[a]\n",
    '"""\n',
    "z = [\n",
    "]\n",
    "b = {c = 1}\n",
    "\r\n",
]


@pytest.mark.parametrize("seed", range(8))
def test_tables_that_are_skimmed_say_what_they_say_when_they_are_read(tmp_path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    path = tmp_path / "some.toml"
    read = 0
    for _ in range(60):
        lines = dumps(load_preset("ring")).splitlines(keepends=True)
        if rng.random() < 0.5:
            lines = [SPLICED[place] for place in rng.integers(0, len(SPLICED), 5)]
        for _ in range(rng.integers(0, 3)):
            lines.insert(int(rng.integers(0, len(lines) + 1)), SPLICED[rng.integers(0, len(SPLICED))])
        path.write_bytes("".join(lines).encode())
        try:
            expected = read_table(path)
        except ExperimentError as error:
            with pytest.raises(ExperimentError, match=re.escape(str(error))):
                skim_table(path)
        else:
            assert skim_table(path) == expected
            read += 1
    assert 10 < read < 50


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ("schedule.steps=200", "schedule.steps", 200),
        ("optimisers.generator.learning_rate = 1e-3", "optimisers.generator.learning_rate", 1e-3),
        ("objective.kind=hinge", "objective.kind", "hinge"),
        ("name=a=b", "name", "a=b"),
        ("name=2026-01-01", "name", "2026-01-01"),
        ("name='1\nseed = 3'", "name", "'1\nseed = 3'"),
        ("name=1\nseed = 3", "name", "1\nseed = 3"),
        ("device.deterministic=true", "device.deterministic", True),
        ("dataset.columns=[0, 2]", "dataset.columns", [0, 2]),
        ('objective={kind = "hinge"}', "objective", {"kind": "hinge"}),
    ],
)
def test_settings_are_read_as_toml(text: str, path: str, value: object) -> None:
    assert parse_setting(text) == (path, value)


@pytest.mark.parametrize("text", ["schedule.steps", "=3", "schedule..steps=3"])
def test_a_setting_without_path_or_value_is_refused(text: str) -> None:
    with pytest.raises(ExperimentError, match=r"expected dotted\.key=value"):
        parse_setting(text)


def test_a_setting_changes_one_field_and_leaves_the_rest() -> None:
    before = load_preset("ring")
    after = with_setting(before, "optimisers.generator.learning_rate", 2e-4)
    assert after.optimisers.generator.learning_rate == 2e-4
    rate = before.optimisers.generator.learning_rate
    assert with_setting(after, "optimisers.generator.learning_rate", rate) == before


def test_a_new_kind_brings_its_defaults_and_the_same_kind_keeps_the_settings() -> None:
    experiment = with_setting(Experiment(), "optimisers.generator.learning_rate", 0.5)
    assert with_setting(experiment, "optimisers.generator.kind", "adam") == experiment
    assert with_setting(experiment, "optimisers.generator.kind", "rmsprop").optimisers.generator == RMSpropSpec()
    assert with_setting(experiment, "device.kind", "cpu").device.kind == "cpu"


@pytest.mark.parametrize("value", [{"kind": "wasserstein", "penalty": 2.0}, WassersteinSpec(penalty=2.0)])
def test_a_whole_sub_spec_may_be_given(value: object) -> None:
    assert with_setting(Experiment(), "objective", value).objective == WassersteinSpec(penalty=2.0)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (
            "learning_rate",
            1,
            r"mean 'optimisers\.generator\.learning_rate' or 'optimisers\.discriminator\.learning_rate'",
        ),
        ("batch_size", 1, r"^batch_size: unknown field \(did you mean 'schedule\.batch_size'\?\), allowed: 'name'"),
        ("steps", 1, r"^steps: unknown field \(did you mean 'schedule\.steps'\?\), allowed: 'name'"),
        ("kind", "ring", r"^kind: unknown field, allowed: 'name'"),
        ("nowhere", 1, r"^nowhere: unknown field, allowed: 'name'"),
        ("schedul.steps", 1, r"^schedul: unknown field \(did you mean 'schedule'\?\)"),
        ("seed.x", 1, r"seed\.x: unknown field, seed holds a single value"),
        ("schedule.stepz", 1, r"schedule\.stepz: unknown field \(did you mean 'steps'\?\)"),
        ("schedule.steps", "many", r"schedule\.steps: found 'many', allowed: a whole number"),
        ("objective.kind", "hings", r"objective\.kind: found 'hings' \(did you mean 'hinge'\?\)"),
        ("objective", "hinge", r"objective: found 'hinge', allowed: a table with kind = 'minimax'"),
        ("dataset.kind", "images", r"dataset\.path: missing"),
    ],
)
def test_a_wrong_setting_is_explained(path: str, value: object, message: str) -> None:
    with pytest.raises(ExperimentError, match=message):
        with_setting(Experiment(), path, value)


def test_live_fields_are_those_marked_and_the_swappable_specs() -> None:
    live = {"schedule.steps", "objective", "objective.kind", "objective.gamma", "optimisers.generator.momentum"}
    assert live <= live_paths()
    assert is_live("optimisers.discriminator")
    for path in ("generator.width", "seed", "optimisers", "dataset.kind", "device.kind", "nonsense"):
        assert not is_live(path)


def test_points_get_the_rings_networks_and_the_files_name(tmp_path) -> None:
    dataset = TableSpec(path=str(tmp_path / "my points (2).csv"))
    experiment = experiment_for(dataset, Points())
    assert (experiment.name, experiment.dataset) == ("my_points_2", dataset)
    assert experiment.generator == load_preset("ring").generator


@pytest.mark.parametrize(("side", "width"), [(8, 64), (32, 48), (64, 32), (128, 16)])
def test_images_get_the_dcgans_recipe(side: int, width: int) -> None:
    experiment = experiment_for(ImagesSpec(path="faces", size=side), Images((3, side, side)))
    assert experiment.generator == DCGANGeneratorSpec(width=width)
    assert experiment.latent.dimensions == 64
    assert experiment.schedule.batch_size == 64
    assert experiment.optimisers.generator.learning_rate == 2e-4


def test_a_base_is_kept_where_it_fits_and_gives_seed_and_device_where_not() -> None:
    base = load_preset("digits").model_copy(update={"seed": 7, "objective": HingeSpec()})
    images = experiment_for(ImagesSpec(path="faces"), Images((1, 32, 32)), base)
    assert images == base.model_copy(update={"name": "faces", "summary": "", "dataset": images.dataset})
    points = experiment_for(ArraySpec(path="p.npy"), Points(), base)
    assert points.generator == load_preset("ring").generator
    assert points.seed == 7


@pytest.mark.parametrize(
    "dataset",
    [MnistSpec(), FashionMnistSpec(), Cifar10Spec(), DspritesSpec(), ArraySpec(path="a.npy", layout="n,h,w")],
    ids=lambda spec: spec.kind,
)
def test_points_take_no_recipe_of_images_from_a_game_of_perceptrons(dataset) -> None:
    base = Experiment(dataset=dataset, latent=LatentSpec(dimensions=64), generator=MLPGeneratorSpec(width=512))
    points = experiment_for(TableSpec(path="p.csv"), Points(), base)
    assert (points.latent, points.generator) == (load_preset("ring").latent, load_preset("ring").generator)
    images = experiment_for(ImagesSpec(path="faces"), Images((1, 8, 8)), base)
    assert (images.latent, images.generator) == (base.latent, base.generator)


def test_a_kind_without_a_recipe_gets_networks_that_take_any_shape() -> None:
    experiment = experiment_for(TableSpec(path="p.csv"), Waves(), load_preset("digits"))
    assert (experiment.generator.kind, experiment.discriminator.kind) == ("mlp", "mlp")


def test_players_are_told_no_classes_of_data_that_have_none():
    base = load_preset("conditional")
    assert (
        experiment_for(ImagesSpec(path="a"), Images((1, 32, 32)), base, classes=True).conditioning.labels
        == "projection"
    )
    assert experiment_for(ImagesSpec(path="a"), Images((1, 32, 32)), base).conditioning.labels == "off"


def test_waves_get_a_small_wavegan_unless_the_players_take_any_samples():
    clips, waves = ClipsSpec(path="digits.zip", representation="wave"), Sound("wave", 8000, 5120)
    for base in (None, load_preset("ring"), load_preset("sound_notes")):
        experiment = experiment_for(clips, waves, base)
        assert (experiment.generator.kind, experiment.discriminator.kind) == ("wave", "wave")
        assert experiment.objective == load_preset("sound_wavegan").objective
    assert experiment_for(clips, waves, load_preset("sound_raw")).generator.kind == "mlp"
    assert experiment_for(clips, Sound(), load_preset("sound_wavegan")).generator.kind == "spectrum"


def test_speech_gets_a_recipe_of_its_own():
    clips, speech = ClipsSpec(path="digits.zip"), Sound("magnitude", 8000, 5120)
    for base in (None, load_preset("ring"), load_preset("sound_notes")):
        experiment = experiment_for(clips, speech, base, classes=True)
        assert (experiment.generator.kind, experiment.generator.components) == ("spectrum", 192)
        assert (experiment.discriminator.times, experiment.latent.dimensions) == ("each", 32)
        assert (experiment.conditioning.labels, experiment.name) == ("projection", "digits")
        assert experiment_for(clips, speech, base).conditioning.labels == "off"
    tones = experiment_for(clips, Sound(), load_preset("ring"), classes=True)
    assert (tones.generator.components, tones.discriminator.times) == (128, "mean")
    own = with_setting(load_preset("sound_notes"), "generator.width", 99)
    assert experiment_for(clips, Sound(), own).generator.width == 99


def test_the_specs_can_all_be_described() -> None:
    """Every field of every spec has an answer to 'what is allowed'."""
    from ganstudio.presets._fields import allowed, members

    def walk(spec: type[Spec]) -> None:
        for name, field in spec.model_fields.items():
            assert "a value" not in allowed(field), (spec, name)
            for member in members(field.annotation):
                walk(member)

    walk(Experiment)


def test_settings_need_only_be_right_together() -> None:
    wanted = [("dataset.path", "/points.csv"), ("dataset.labels", 2), ("dataset.kind", "table")]
    for settings in (wanted, wanted[::-1]):
        assert with_settings(Experiment(), settings).dataset == TableSpec(path="/points.csv", labels=2)
    with pytest.raises(ExperimentError, match=r"dataset\.path: missing"):
        with_settings(Experiment(), wanted[1:])
    assert with_settings(Experiment(), [("seed", 1), ("seed", 2)]).seed == 2


def test_data_with_classes_are_told_to_the_players_that_take_their_place() -> None:
    images, spec = load_preset("conditional"), TableSpec(path="/points.csv")
    assert experiment_for(spec, Points(), images, classes=True).conditioning.labels == "projection"
    assert experiment_for(spec, Points(), images, classes=False).conditioning.labels == "off"
