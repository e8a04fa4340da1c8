"""A run of sentences on the command line: written at a temperature, gone on with from a beginning, measured."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image

from ganstudio import cli


@pytest.fixture(scope="module", params=["english", "chinese"])
def trained(request, tmp_path_factory):
    """A small game of sentences."""
    run = tmp_path_factory.mktemp("runs") / request.param
    changed = (
        f"dataset.language={request.param}", "dataset.count=300", "dataset.held_out=60", "schedule.batch_size=32",
        "stages.0.steps=40", "stages.1.steps=2", "generator.state=8", "discriminator.state=8",
    )  # fmt: skip
    settings = [word for one in changed for word in ("--set", one)]
    words = ["train", "text_small", *settings, "--steps", "45", "--out", str(run), "--threads", "1", "--quiet"]
    assert cli.main(words) == 0
    return run, request.param


def test_sentences_are_written(trained, tmp_path) -> None:
    run, language = trained

    def sample(name: str, *more: str):
        assert cli.main(["sample", str(run), "--out", str(tmp_path / name), *more]) == 0
        return tmp_path / name

    def lines(name: str, *more: str) -> list[str]:
        return sample(name, *more).read_text(encoding="utf-8").splitlines()

    some = lines("some.txt", "--count", "20")
    assert len(some) == 20
    assert lines("again.txt", "--count", "20") == some
    assert lines("warm.txt", "--count", "20", "--temperature", "1.0") == some
    assert lines("cold.txt", "--count", "20", "--temperature", "0.05") != some
    beginning = "perhaps two" if language == "english" else "也许两只"
    begun = lines("begun.txt", "--count", "20", "--prefix", beginning)
    assert all(line.startswith(beginning) for line in begun)
    assert len(set(begun)) > 5
    tokens = np.load(sample("some.npy", "--count", "20"))
    assert (tokens.dtype, tokens.shape) == (np.int32, (20, 15))
    with np.load(sample("some.npz", "--count", "3")) as packed:
        np.testing.assert_array_equal(packed["samples"], tokens[:3])
    with Image.open(sample("some.png", "--count", "1")) as picture:
        assert picture.size == (52, 16)


def test_what_is_not_known_is_told(trained, tmp_path, capsys) -> None:
    run, language = trained
    if language == "chinese":
        pytest.skip("the words are those of English")

    def told(*more: str) -> str:
        assert cli.main(["sample", str(run), "--out", str(tmp_path / "a.txt"), *more]) == 2
        return capsys.readouterr().err

    assert "--prefix: 'prehaps' is not among the 46 words that this run knows (did you mean 'perhaps'?)" in told(
        "--prefix", "prehaps two"
    )
    assert "found 15 words, and a sentence has at most 15: leave room for one" in told("--prefix", "the " * 15)
    assert cli.main(["sample", str(run), "--out", str(tmp_path / "a.wav")]) == 2
    assert "sentences are written as .txt, .png, .npy, .npz" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        cli.main(["sample", str(run), "--out", str(tmp_path / "a.txt"), "--temperature", "0"])
    assert "expected a number from 0.01 to 100" in capsys.readouterr().err


def test_measure_prints_each_figure_next_to_its_floor_and_controls(trained, capsys) -> None:
    run, language = trained
    assert cli.main(["measure", str(run), "--estimator", "neighbours", "--quiet", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    before, shuffled = "likelihood alone, before the game", "words shuffled"
    controls = figures["measures"]["exact_jsd"]["controls"]
    assert controls.keys() == {before}
    assert 0.3 < figures["exact_jsd"] < 0.6932
    assert figures["exact_jsd_floor"] == 0
    assert figures["nll_floor"] == pytest.approx(figures["entropy_floor"], rel=1e-6)
    assert figures["entropy_floor"] == pytest.approx(13.9, abs=1)
    assert figures["nll"] > figures["nll_floor"]
    likelihood = figures["measures"]["nll"]["controls"]
    assert likelihood.keys() == {before, "each word by its frequency alone", "sentences that it was trained on"}
    assert likelihood["each word by its frequency alone"] > figures["nll_floor"] + 3
    assert figures["measures"]["bleu_4"]["controls"].keys() == {before, shuffled}
    for length in (2, 3, 4, 5):
        assert 0 < figures[f"bleu_{length}"] < figures[f"bleu_{length}_floor"] + 0.05
        assert 0 < figures[f"self_bleu_{length}"] < 1
    assert figures["unseen_2"] > figures["unseen_2_floor"]
    assert 0 <= figures["copies"] <= 1
    assert figures["exact_reverse"] is None  # infinite: some sentences can't be
    if language == "english":
        assert cli.main(["measure", str(run), "--estimator", "neighbours", "--quiet"]) == 0
        said = capsys.readouterr().out
        assert "Sentences that can be: " in said
        assert f"{before}: " in said


def test_a_temperature_is_for_words_alone(tmp_path, capsys) -> None:
    run = tmp_path / "ring"
    small = ["--set", "generator.width=4", "--set", "discriminator.width=4", "--threads", "1", "--quiet"]
    assert cli.main(["train", "ring", "--steps", "2", "--out", str(run), *small]) == 0
    capsys.readouterr()
    assert cli.main(["sample", str(run), "--out", str(tmp_path / "a.npy"), "--temperature", "0.8"]) == 2
    assert "are for a G that writes word by word, and this one's is of kind 'mlp'" in capsys.readouterr().err


def test_own_sentences_with_words_that_were_never_seen_are_left_out(tmp_path, capsys) -> None:
    lines = [f"the {one} cat of w{place} sees it." for place in range(40) for one in "abcdefghijklmno"]
    lines += [f"only once u{place}." for place in range(60)]  # of which about six are kept aside
    (tmp_path / "own.txt").write_text("\n".join(lines))
    run = tmp_path / "own"
    changed = ("schedule.batch_size=32", "stages.0.steps=30", "stages.1.steps=2", "generator.state=8")
    settings = [word for one in changed for word in ("--set", one)]
    words = ["train", "text_small", "--data", str(tmp_path / "own.txt"), *settings, "--steps", "33"]
    assert cli.main([*words, "--out", str(run), "--threads", "1", "--quiet"]) == 0
    capsys.readouterr()
    assert cli.main(["measure", str(run), "--estimator", "neighbours", "--quiet", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    told = figures["measures"]["nll"]
    assert "with words that no training sentence has are left out" in told["help"]
    assert figures["nll_floor"] is None
    alone = told["controls"]["each word by its frequency alone"]
    # Of eight words and the end seven are in all sentences, one is one of 15 and one of 40.
    assert alone == pytest.approx(9 * np.log(9) + np.log(15) + np.log(40), abs=1.5)
    assert 2 < figures["nll"] < 60
    assert 0 < figures["bleu_4_floor"] <= 1
