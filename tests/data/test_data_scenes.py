"""Drawn scenes: the normals, colours and light of each pixel are known, and the pictures show them."""

from __future__ import annotations

import time

import numpy as np
import pytest

from ganstudio.data import DatasetError, build_dataset, build_sampler, given_alone
from ganstudio.data.images.scenes import light_of, look, mirrored
from ganstudio.data.reading.made import preview, read
from ganstudio.experiment import GlyphsSpec, NormalsSpec, ScenesSpec
from ganstudio.modalities import Normals


def small(**given: object) -> ScenesSpec:
    return ScenesSpec(**{"count": 500, "held_out": 100, **given})


def images_of(dataset) -> np.ndarray:
    return dataset.at(np.arange(dataset.count + dataset.held_out))


def normals_of(dataset) -> np.ndarray:
    return dataset.partners.at(np.arange(dataset.count + dataset.held_out))


def angles(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.rad2deg(np.arccos(np.clip((one * other).sum(1), -1, 1)))


@pytest.fixture(scope="module")
def scenes():
    return build_dataset(small())


def test_the_spec_decides_every_bit(scenes) -> None:
    again, other = build_dataset(small()), build_dataset(small(seed=1))
    assert np.array_equal(images_of(scenes), images_of(again))
    assert np.array_equal(normals_of(scenes), normals_of(again))
    assert not np.array_equal(normals_of(scenes), normals_of(other))
    assert (scenes.shape, scenes.count, scenes.held_out) == ((3, 32, 32), 500, 100)
    assert np.bincount(scenes.labels).tolist() == [300, 300]
    assert scenes.classes == ("sphere", "box")


def test_normals_are_unit_vectors_towards_the_viewer(scenes) -> None:
    normals = normals_of(scenes)
    assert scenes.partners.modality == Normals((3, 32, 32))
    assert np.abs(np.linalg.norm(normals, axis=1) - 1).max() < 1e-6
    assert normals[:, 2].min() > -0.01
    neighbours = angles(normals[..., 1:], normals[..., :-1])
    assert neighbours.mean() == pytest.approx(6.9, abs=0.6)
    assert (neighbours < 3).mean() == pytest.approx(0.87, abs=0.03)
    assert angles(normals, np.roll(normals, 1, 0)).mean() == pytest.approx(39, abs=3)


def test_what_is_seen_is_what_the_factors_say(scenes) -> None:
    factors = {name: values[:60] for name, values in scenes.factors.items()}
    seen = look(factors, scenes.labels[:60], 64)
    tilt, turn = np.deg2rad(factors["tilt"]), np.deg2rad(factors["turn"])
    up = np.stack([np.zeros(60), np.cos(tilt), np.sin(tilt)], 1)
    for k in range(60):
        floor, walls, thing = (seen.normals[k][:, seen.surface[k] == surface] for surface in range(3))
        np.testing.assert_allclose(floor, np.broadcast_to(up[k][:, None], floor.shape), atol=1e-5)
        for wall in np.unique(walls.T.round(4), axis=0):
            along = [turn[k] - np.pi / 4, turn[k] + np.pi / 4]
            known = [[np.sin(a), -np.cos(a) * np.sin(tilt[k]), np.cos(a) * np.cos(tilt[k])] for a in along]
            assert min(np.abs(wall - one).max() for one in known) < 1e-3
        # Faces of a box are as right-angled to each other as they are; of a sphere no two normals are the same.
        kinds = np.unique(thing.T.round(3), axis=0)
        assert len(kinds) <= 3 if scenes.labels[k] else len(kinds) > 20
        if scenes.labels[k]:
            assert np.abs(kinds @ kinds.T - np.eye(len(kinds))).max() < 0.01


def test_a_sphere_lies_where_its_factors_say() -> None:
    spec = small(things="spheres", count=40, held_out=0, tilt=30, tilt_to=30)
    dataset = build_dataset(spec)
    seen = look(dataset.factors, dataset.labels, 64)
    places = ((np.arange(64) + 0.5) / 64 * 2 - 1)[None, None, :]
    for k in range(40):
        across = (places[0] * np.ones((64, 1)))[seen.surface[k] == 2]
        reach = dataset.factors["size"][k]
        middle = dataset.factors["x"][k]
        assert across.max() == pytest.approx(min(middle + reach, 1), abs=0.05)
        assert across.min() == pytest.approx(max(middle - reach, -1), abs=0.05)


def test_things_stand_clear_of_the_walls(scenes) -> None:
    for side in (-45, 45):
        away = np.deg2rad(scenes.factors["turn"] + side)
        inside = np.sin(away) * scenes.factors["x"] + np.cos(away) * scenes.factors["z"] - scenes.factors["wall"]
        assert (inside >= 1.45 * scenes.factors["size"] - 1e-9).all()


def test_pictures_are_their_surfaces_in_their_colours_and_light(scenes) -> None:
    images = (images_of(scenes)[:40].astype(np.float64) + 1) / 2
    normals = normals_of(scenes)[:40]
    light = light_of(scenes.factors["azimuth"][:40], scenes.factors["elevation"][:40])
    shade = 0.25 + 0.75 * np.maximum(0, np.einsum("nchw,nc->nhw", normals, light))
    seen = look({name: values[:40] for name, values in scenes.factors.items()}, scenes.labels[:40], 32)
    for k in range(40):
        for surface in range(3):
            there = seen.surface[k] == surface
            if there.sum() > 5:
                colours = images[k][:, there] / shade[k][there]
                assert colours.std(axis=1).max() < 0.01
                assert 0.1 < colours.mean() < 0.9


def test_another_style_seed_keeps_the_surfaces_and_changes_the_look(scenes) -> None:
    other = build_dataset(small(style_seed=1))
    assert np.array_equal(normals_of(scenes), normals_of(other))
    assert np.abs(images_of(scenes) - images_of(other)).mean() == pytest.approx(0.34, abs=0.05)
    style = {"floor", "walls", "thing", "azimuth", "elevation"}
    for name, values in scenes.factors.items():
        assert np.array_equal(values, other.factors[name]) == (name not in style)


def test_options_are_heeded() -> None:
    empty = build_dataset(small(things="none", count=20, held_out=0))
    assert (empty.labels, empty.has_classes) == (None, False)
    assert len(np.unique(normals_of(empty)[0].reshape(3, -1).T.round(3), axis=0)) <= 3
    down = build_dataset(small(tilt=80, tilt_to=70, turn=0))
    assert 70 <= down.factors["tilt"].min() < down.factors["tilt"].max() <= 80
    assert not down.factors["turn"].any()
    lit = (images_of(build_dataset(small(ambient=1))) + 1) / 2
    assert len(np.unique(lit[0].reshape(3, -1).T.round(2), axis=0)) <= 3
    assert build_dataset(small(size=48)).shape == (3, 48, 48)


def test_pairs_are_drawn_from_the_same_random_numbers(scenes) -> None:
    sampler = build_sampler(NormalsSpec(), scenes)
    drawn = sampler.draw(20, np.random.default_rng(3), labelled=True)
    x, labels = scenes.draw_labelled(20, np.random.default_rng(3))
    np.testing.assert_array_equal(drawn.x, x)
    np.testing.assert_array_equal(drawn.labels, labels)
    indices = np.random.default_rng(3).integers(0, 500, 20)
    np.testing.assert_array_equal(drawn.given, scenes.partners.at(indices))
    alone = given_alone(scenes, sampler)
    np.testing.assert_array_equal(alone.at(np.arange(9)), scenes.partners.at(np.arange(9)))
    assert (alone.modality, alone.held_out, alone.classes) == (sampler.modality, 100, ("sphere", "box"))


def test_a_mirrored_map_points_the_other_way(scenes) -> None:
    normals = normals_of(scenes)[:3]
    turned = mirrored(normals)
    np.testing.assert_array_equal(turned[:, 0, :, 0], -normals[:, 0, :, -1])
    np.testing.assert_array_equal(turned[:, 1:, :, 0], normals[:, 1:, :, -1])
    np.testing.assert_array_equal(mirrored(turned), normals)


def test_images_alone_are_refused_with_what_is_needed() -> None:
    glyphs = build_dataset(GlyphsSpec(count=20, held_out=0))
    with pytest.raises(
        DatasetError, match=r'"Drawn digits" holds images alone: .* a folder of pictures and one of normal'
    ):
        build_sampler(NormalsSpec(), glyphs)


def test_ten_thousand_take_seconds() -> None:
    start = time.process_time()
    build_dataset(ScenesSpec(held_out=0))
    assert 0 < time.process_time() - start < 9


def test_too_many_say_how_many_would_fit(monkeypatch) -> None:
    monkeypatch.setenv("GANSTUDIO_MEMORY_GB", "0.001")
    with pytest.raises(DatasetError, match=r"dataset.count: 600 scenes of 32 × 32 .* 108 would fit"):
        build_dataset(small())


def test_the_card_tells_of_them_and_a_preview_draws_only_what_is_shown() -> None:
    card, _ = read(small())
    assert (card.name, card.count, card.held_out, card.complete, card.kind) == ("Scenes", 600, 100, True, "images")
    assert [one.name for one in card.classes] == ["sphere", "box"]
    start = time.process_time()
    assert preview(ScenesSpec(count=200_000), 12).shape == (12, 32, 64, 3)  # normals beside the picture
    assert 0 <= time.process_time() - start < 1
