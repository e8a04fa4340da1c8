"""Somebody else's training state: nothing of another shape, type or kind reaches an optimiser or a random stream."""

import io
import json
import pickle
import struct
import zipfile

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from ganstudio.data import build_dataset
from ganstudio.presets import with_setting
from ganstudio.run import RunError
from ganstudio.training.checkpoints.checkpoint import load_checkpoint, save_checkpoint
from ganstudio.training.step.optimisers import FAMILIES, STATES
from ganstudio.training.step.trainer import Trainer

KINDS = ("adam", "rmsprop", "sgd")


def trainer_of(experiment):
    return Trainer(experiment, build_dataset(experiment.dataset), torch.device("cpu"))


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


def game(plane, kind):
    spec = {"kind": kind, "learning_rate": 0.01} | ({"momentum": 0.5} if kind == "sgd" else {})
    trainer = trainer_of(
        with_setting(with_setting(plane, "optimisers.generator", spec), "optimisers.discriminator", spec)
    )
    for _ in range(3):
        trainer.step()
    return trainer


def as_older(saved, trainer, change=lambda state: None):
    """The checkpoint as programs before manifests wrote it, its state changed."""
    state = trainer.state()
    state["data_random"] = json.dumps(state["data_random"])
    change(state)
    for name in ("training.safetensors", "training.json", "manifest.json"):
        (saved / name).unlink()
    torch.save(state, saved / "training.pt")


def everything(trainer):
    networks = (trainer.generator, trainer.discriminator, trainer.average.module)
    return [tensor for network in networks for tensor in network.state_dict().values()]


def goes_on_alike(saved, trainer):
    resumed = trainer_of(trainer.experiment)
    load_checkpoint(saved, resumed)
    for each in (trainer, resumed):
        each.step()
    assert all(torch.equal(*pair) for pair in zip(everything(trainer), everything(resumed), strict=True))


def test_the_table_of_what_optimisers_keep_is_what_they_keep(plane, kind):
    kept = game(plane, kind).optimisers["generator"].state()[kind]["state"]
    assert set(STATES) == set(FAMILIES)
    names = game(plane, kind).optimisers["generator"].kinds_of_state()[kind]
    assert all(set(entries) == set(names) for entries in kept.values())


def test_runs_of_older_programs_go_on_to_the_bit(plane, kind, tmp_path):
    trainer = game(plane, kind)
    saved = save_checkpoint(tmp_path, trainer)
    as_older(saved, trainer)
    goes_on_alike(saved, trainer)


def test_so_do_those_of_now(plane, kind, tmp_path):
    trainer = game(plane, kind)
    goes_on_alike(save_checkpoint(tmp_path, trainer), trainer)


WRONG = {
    "one value": lambda tensor: torch.zeros(1),
    "another shape": lambda tensor: torch.zeros(*(size + 1 for size in tensor.shape)),
    "more": lambda tensor: tensor.new_zeros(1000, 1000),
    "double": lambda tensor: tensor.double(),
    "half": lambda tensor: tensor.half(),
    "whole numbers": lambda tensor: tensor.long(),
    "one number for many": lambda tensor: torch.zeros(1).expand(1000, 1000),
    "a number": lambda tensor: 1.5,
    "a text": lambda tensor: "weights",
    "a list": lambda tensor: [tensor],
}


NO_TENSORS = ("a number", "a text", "a list")  # of these a safetensors file has none


@pytest.mark.parametrize(
    ("wrong", "older"),
    [*((name, True) for name in WRONG), *((name, False) for name in WRONG if name not in NO_TENSORS)],
)
def test_an_optimisers_state_of_another_shape_or_type_is_refused(plane, kind, wrong, older, tmp_path):
    trainer = game(plane, kind)
    saved = save_checkpoint(tmp_path, trainer)
    name = STATES[next(spec for spec in STATES if spec().kind == kind)][-1]
    if older:

        def change(state):
            entries = state["optimisers"]["generator"][kind]["state"][0]
            entries[name] = WRONG[wrong](entries[name])

        as_older(saved, trainer, change)
    else:
        path, key = saved / "training.safetensors", f"generator/{kind}/0/{name}"
        tensors = load_file(path)
        save_file(tensors | {key: WRONG[wrong](tensors[key]).contiguous()}, path)
    with pytest.raises(RunError, match="training"):
        load_checkpoint(saved, trainer_of(trainer.experiment))


def test_a_transposed_state_of_an_older_run_is_taken_as_it_reads(plane, tmp_path):
    """Other strides are no fault: the values are copied into tensors that lie as the weights do."""
    trainer = game(plane, "adam")
    saved = save_checkpoint(tmp_path, trainer)

    def transpose(state):
        entries = state["optimisers"]["generator"]["adam"]["state"][0]
        entries["exp_avg"] = entries["exp_avg"].t().contiguous().t()
        shared = state["optimisers"]["discriminator"]["adam"]["state"][0]
        shared["exp_avg"] = (
            entries["exp_avg"].new_zeros(2 * shared["exp_avg"].numel())[::2].view(shared["exp_avg"].shape)
        )

    as_older(saved, trainer, transpose)
    resumed = trainer_of(trainer.experiment)
    load_checkpoint(saved, resumed)
    for player in ("generator", "discriminator"):
        for weight, entries in resumed.optimisers[player]._optimiser.state.items():
            assert entries["exp_avg"].stride() == weight.stride()
            assert entries["exp_avg"].untyped_storage().nbytes() == 4 * weight.numel()
    one, other = (each.optimisers["generator"].state()["adam"]["state"][0] for each in (trainer, resumed))
    assert torch.equal(one["exp_avg"], other["exp_avg"])


def drop(state):
    del state["optimisers"]["generator"]["adam"]["state"][1]


def rename(state):
    state["optimisers"]["generator"]["lion"] = state["optimisers"]["generator"].pop("adam")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (drop, "generator/adam/1/step' is missing"),
        (rename, "'generator/lion/0/step' is not among the tensors of this game"),
        (
            lambda state: state["optimisers"]["generator"]["adam"]["state"][0].update(step=torch.tensor(-1.0)),
            "count of",
        ),
        (
            lambda state: state["optimisers"]["generator"]["adam"]["state"][0].update(step=torch.tensor(float("nan"))),
            "cou",
        ),
        (lambda state: state["optimisers"]["generator"]["adam"]["state"][0].update(step=torch.ones(3)), "shape 3"),
        (lambda state: state.update(optimisers=3), "not a readable training state"),
        (lambda state: state["optimisers"].update(generator=[]), "not a readable training state"),
        (lambda state: state.update(step=-1), "'step' is -1"),
        (lambda state: state.update(step=2**70), "'step'"),
        (lambda state: state.update(step=1.5), "'step' is 1.5"),
        (lambda state: state.update(step=True), "'step' is True"),
        (lambda state: state.update(average_updates=10**15), "'average_updates'"),
        (lambda state: state.update(seconds=float("nan")), "'seconds' is nan"),
        (lambda state: state.update(seconds=-1.0), "'seconds' is -1.0"),
        (lambda state: state.update(data_random="{}"), "'data_random'"),
        (lambda state: state.update(data_random="[" * 100_000), "not a readable training state"),
        (lambda state: state.update(data_random=state["data_random"].replace("PCG64", "MT19937")), "'data_random'"),
        (lambda state: state.update(data_random=state["data_random"].replace('"inc": ', '"inc": -')), "'data_random'"),
        (
            lambda state: state.update(torch_random=torch.zeros(16, dtype=torch.uint8)),
            "'torch_random' has the shape 16",
        ),
        (
            lambda state: state.update(torch_random=torch.zeros(5056, dtype=torch.uint8)),
            "not the state of a random stream",
        ),
        (lambda state: state.update(latent_random=torch.zeros(16, dtype=torch.uint8)), "a device of another kind"),
        (lambda state: state.pop("latent_random"), "'latent_random' is missing"),
        (lambda state: state.pop("step"), "'step' is missing"),
    ],
)
def test_numbers_and_random_streams_are_held_to_their_ranges(plane, change, words, tmp_path):
    trainer = game(plane, "adam")
    saved = save_checkpoint(tmp_path, trainer)
    as_older(saved, trainer, change)
    with pytest.raises(RunError, match=words):
        load_checkpoint(saved, trainer_of(trainer.experiment))


def test_a_random_stream_that_stands_behind_its_table_is_refused(plane, tmp_path):
    """Torch would read there: its own check lets 624 words be left at the table's last place."""
    trainer = game(plane, "adam")
    saved = save_checkpoint(tmp_path, trainer)

    def move(state):
        raw = bytearray(state["latent_random"].numpy().tobytes())
        raw[8:12], raw[16:24] = struct.pack("=i", 624), struct.pack("=Q", 624)
        state["latent_random"] = torch.frombuffer(raw, dtype=torch.uint8)
        torch.Generator().set_state(state["latent_random"])  # it is taken

    as_older(saved, trainer, move)
    with pytest.raises(RunError, match="'latent_random' is not the state of a random stream"):
        load_checkpoint(saved, trainer_of(trainer.experiment))


def test_settings_in_a_state_do_not_count(plane, kind, tmp_path):
    """The optimisers' settings are the experiment's; param_groups of a file are not even looked at."""
    trainer = game(plane, kind)
    saved = save_checkpoint(tmp_path, trainer)

    def spoil(state):
        for player in state["optimisers"].values():
            player[kind]["param_groups"] = [{"lr": "much", "fused": None, "params": [99]}]

    as_older(saved, trainer, spoil)
    goes_on_alike(saved, trainer)


# --- the file itself --------------------------------------------------------------------------------------------------


def zipped(pickled, parts=None, compression=zipfile.ZIP_STORED):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression) as archive:
        archive.writestr("training/data.pkl", pickled)
        for name, data in (parts or {}).items():
            archive.writestr(f"training/data/{name}", data)
    return packed.getvalue()


def claimed(count, size, stride=(1,), offset=0, data=bytes(40)):
    """A pickle with one tensor that claims what it likes, and its zip."""

    class Tensor:
        def __reduce__(self):
            return torch._utils._rebuild_tensor_v2, (Storage(), offset, size, stride, False, {})

    class Storage:
        pass

    class Pickler(pickle.Pickler):
        def persistent_id(self, found):
            return ("storage", torch.FloatStorage, "0", "cpu", count) if isinstance(found, Storage) else None

    packed = io.BytesIO()
    Pickler(packed, protocol=2).dump({"step": Tensor()})
    return zipped(packed.getvalue(), {"0": data})


class Trap:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


HOSTILE = {
    "more numbers than bytes": lambda tmp_path: claimed(10**6, (10,)),
    "a stride of 0": lambda tmp_path: claimed(10, (10**6, 10**6), (0, 0)),
    "behind the end": lambda tmp_path: claimed(10, (10,), offset=5),
    "far apart": lambda tmp_path: claimed(10, (2,), (10**9,)),
    "before the start": lambda tmp_path: claimed(10, (2,), (-1,), 1),
    "a size below 0": lambda tmp_path: claimed(10, (-2,)),
    "a size that is no number": lambda tmp_path: claimed(10, ("a",)),
    "compressed": lambda tmp_path: zipped(pickle.dumps({}, 2), {"0": bytes(10**6)}, zipfile.ZIP_DEFLATED),
    "a program": lambda tmp_path: zipped(pickle.dumps(Trap(tmp_path / "sprung"), 2)),
    "a bare program": lambda tmp_path: pickle.dumps(Trap(tmp_path / "sprung"), 2),
    "much memory": lambda tmp_path: zipped(b"\x80\x02c__builtin__\nbytearray\n\x8a\x06\x00\x00\x00\x00\x00\x10\x85R."),
    "a cut word": lambda tmp_path: zipped(pickle.dumps({"step": 3}, 2)[:-4]),
    "an empty stack": lambda tmp_path: zipped(b"\x80\x02s."),
    "no mark": lambda tmp_path: zipped(b"\x80\x02}u."),
    "nothing": lambda tmp_path: b"",
    "no state": lambda tmp_path: zipped(pickle.dumps([1, 2], 2)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_words_and_runs_nothing(plane, tmp_path, name):
    trainer = game(plane, "adam")
    saved = save_checkpoint(tmp_path, trainer)
    as_older(saved, trainer)
    (saved / "training.pt").write_bytes(HOSTILE[name](tmp_path))
    with pytest.raises(RunError, match=r"training\.pt"):
        load_checkpoint(saved, trainer_of(plane))
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda tensors: {name: tensor.double() for name, tensor in tensors.items()},
            "is of type float64, expected float32",
        ),
        (lambda tensors: {name: tensor.bfloat16() for name, tensor in tensors.items()}, "is of type bfloat16"),
        (lambda tensors: dict(list(tensors.items())[1:]), "is missing"),
        (lambda tensors: tensors | {"more": torch.zeros(3)}, "'more' is not among"),
        (lambda tensors: {name: tensor[:1].contiguous() for name, tensor in tensors.items()}, "has the shape"),
        (lambda tensors: {name: tensor * np.nan for name, tensor in tensors.items()}, "no longer finite"),
        (lambda tensors: tensors | {"more": torch.zeros(10**6)}, "too large"),
    ],
)
@pytest.mark.parametrize("name", ["generator", "average", "discriminator"])
def test_weights_with_other_keys_shapes_or_types_are_refused(plane, name, change, words, tmp_path):
    saved = save_checkpoint(tmp_path, game(plane, "adam"))
    save_file(change(load_file(saved / f"{name}.safetensors")), saved / f"{name}.safetensors")
    with pytest.raises(RunError, match=f"{name}.*{words}"):
        load_checkpoint(saved, trainer_of(plane))
