"""G as one file of Python: the operations of its graph as source, its weights as text, and a way to draw samples.

It needs torch and nothing else, so that it goes wherever torch runs. Its weights lie in it as safetensors, which the
file reads by itself.
"""

from __future__ import annotations

import base64
import json
import re
import textwrap
from typing import TYPE_CHECKING

from ganstudio.experiment import CategoricalCodeSpec, LabelSpec
from ganstudio.modalities import ByKind
from ganstudio.presets import dumps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor
    from torch.export import ExportedProgram

    from ganstudio.experiment import Experiment, LatentSpec
    from ganstudio.modalities import Modality

_WIDTH = 112  # characters of weights in a line
_EXAMPLES = 8
"""Examples of what G is given that go with it, where it is given something."""


ENDINGS: ByKind[str] = ByKind(".pt", points=".csv", images=".png", sentences=".txt")
"""What the file writes samples of a kind as: tensors, in model units, but for those that need no more than torch."""


def program_of(
    program: ExportedProgram,
    latent: LatentSpec,
    modality: Modality,
    experiment: Experiment,
    arguments: Sequence[Tensor],
) -> str:
    """The source of the file. arguments: what the program was traced with, latents and maybe what is given."""
    from safetensors.torch import save

    names, tensors = _tensors(program)
    given = arguments[1][:_EXAMPLES].contiguous() if len(arguments) > 1 else None
    if given is not None:
        tensors["given"] = given
    weights = base64.b64encode(save(tensors)).decode()
    forward = _forward(program, names)
    return _TEMPLATE.format(
        about=_about(latent, modality, experiment, given),
        latent=json.dumps(_described(latent)),
        shape=tuple(int(side) for side in modality.shape),
        default=f"out{ENDINGS[modality.kind]}",
        ending=ENDINGS[modality.kind],
        scale=float(modality.scale),
        centre=tuple(float(one) for one in getattr(modality, "centre", ())),
        vocabulary=_vocabulary(modality),
        spaced=getattr(modality, "spaced", True),
        is_given=given is not None,
        weights="\n".join(textwrap.wrap(weights, _WIDTH)),
        forward=forward,
    )


def _tensors(program: ExportedProgram) -> tuple[dict[str, str], dict[str, Tensor]]:
    """Which argument of the graph is which tensor, and the tensors by their names."""
    signature = program.graph_signature
    named = {**signature.inputs_to_parameters, **signature.inputs_to_buffers}
    constants = {**signature.inputs_to_lifted_tensor_constants}
    found = {name: program.state_dict[target] for name, target in named.items() if target in program.state_dict}
    found |= {name: program.constants[target] for name, target in {**named, **constants}.items() if name not in found}
    names = {name: re.sub(r"^(p|b|c)_generator_", "", name) for name in found}
    if len(set(names.values())) < len(names):
        names = {name: name for name in found}
    return names, {names[name]: value.detach().cpu().contiguous() for name, value in found.items()}


def _forward(program: ExportedProgram, names: dict[str, str]) -> str:
    """The graph as a function of the weights and the inputs."""
    code = program.graph_module.code.strip()
    head, _, body = code.partition(":\n")
    inputs = [word.strip() for word in head.partition("(")[2].rpartition(")")[0].split(",")][1:]
    takes = [name for name in inputs if name not in names]
    lines = [line.rstrip() for line in body.splitlines() if line.strip()]
    lines = [re.sub(r";  [\w ]+(?:= [\w ]+)*= None$", "", line) for line in lines]  # which frees what is used no more
    taken = [f"    {name} = weights[{names[name]!r}]" for name in inputs if name in names]
    last = re.sub(r"return \((\w+),\)", r"return \1", lines[-1])
    return "\n".join([f"def forward(weights, {', '.join(takes)}):", *taken, *lines[:-1], last])


def _described(latent: LatentSpec) -> dict[str, object]:
    codes = [
        {
            "name": code.name,
            "kind": code.kind,
            "size": code.width,
            "names": list(code.names) if isinstance(code, LabelSpec) else [],
            "shares": list(code.shares) if isinstance(code, LabelSpec) else [],
            "prior": "" if isinstance(code, CategoricalCodeSpec) else code.prior,
            "reach": 0.0 if isinstance(code, CategoricalCodeSpec) else code.reach,
        }
        for code in latent.codes
    ]
    return {"prior": latent.prior, "dimensions": latent.dimensions, "codes": codes}


def _vocabulary(modality: Modality) -> str:
    """The words of sentences as a list in source, a few a line; an empty one of what is not read."""
    words = getattr(modality, "vocabulary", ())
    if not words:
        return "[]"
    lines = [""]
    for word in map(ascii, words):  # one of them may be a space, at which no line may be parted
        if len(lines[-1]) + len(word) > _WIDTH:
            lines.append("")
        lines[-1] += f"{word}, "
    return "\n".join(["[", *(f"    {line.rstrip()}" for line in lines), "]"])


def _about(latent: LatentSpec, modality: Modality, experiment: Experiment, given: Tensor | None) -> str:
    lines = [f"It makes {modality.described}, of latents of {latent.width} numbers."]
    if given is not None:
        lines.append(
            f"It is given {' × '.join(map(str, given.shape[1:]))} numbers with each; {len(given)} examples are in it."
        )
    if ENDINGS[modality.kind] == ENDINGS.others:
        lines.append(
            f"Its samples are {modality.words.many} as networks see them, and are written as a tensor: what they sound "
            "or look like is made by 'ganstudio export RUN --what samples'."
        )
    lines += ["", "The experiment:", "", *dumps(experiment).strip().splitlines()]
    return "\n".join(lines).replace("\\", "\\\\").replace('"""', "'''")


_TEMPLATE = '''"""A generator of a GAN, trained with GAN Studio. This file needs torch, and nothing else.

    python THIS_FILE --count 16 --seed 0 --out {default}

Or, in a program: ``samples = draw(16, seed=0)``.

{about}
"""

import argparse
import base64
import json
import struct
import zlib

import torch
from torch import device, inf, nan  # noqa: F401  # as the operations may name them

LATENT = json.loads({latent!r})
SHAPE, ENDING, IS_GIVEN = {shape!r}, {ending!r}, {is_given!r}
SCALE, CENTRE = {scale!r}, {centre!r}
VOCABULARY = {vocabulary}


{forward}


def unpack(data):
    """Read safetensors: the length of a header of JSON, the header, and the numbers."""
    (length,) = struct.unpack("<Q", data[:8])
    header, start = json.loads(data[8 : 8 + length]), 8 + length
    types = {{"F32": torch.float32, "F64": torch.float64, "I64": torch.int64, "I32": torch.int32, "BOOL": torch.bool}}
    tensors = {{}}
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            part = bytearray(data[start + begin : start + end])
            empty = torch.empty(0, dtype=types[entry["dtype"]])
            flat = torch.frombuffer(part, dtype=types[entry["dtype"]]) if part else empty
            tensors[name] = flat.reshape(entry["shape"])
    return tensors


def draw_latents(count, seed=0, of_class=None):
    """Latents (count, d): z, the codes and the class, from their priors. of_class: a class by its name or number."""
    random = torch.Generator().manual_seed(seed)

    def draw(prior, size):
        if prior == "normal":
            return torch.randn(count, size, generator=random)
        return torch.rand(count, size, generator=random) * 2 - 1

    parts = [draw(LATENT["prior"], LATENT["dimensions"])]
    for code in LATENT["codes"]:
        if code["kind"] != "categorical":
            parts.append(code["reach"] * draw(code["prior"], 1))
            continue
        shares = torch.tensor(code["shares"] or [1.0] * code["size"])
        values = torch.multinomial(shares, count, replacement=True, generator=random)
        if of_class is not None and code["names"]:
            known = [*code["names"]]
            if of_class not in known and not (of_class.isdecimal() and int(of_class) < len(known)):
                raise SystemExit(f"there is no class {{of_class!r}}: the classes are {{', '.join(known)}}")
            values[:] = known.index(of_class) if of_class in known else int(of_class)
        parts.append(torch.nn.functional.one_hot(values, code["size"]).float())
    return torch.cat(parts, 1)


@torch.no_grad()
def generate(latents, given=None):
    """Samples (n, *SHAPE), float32, in model units, of latents (n, d), and what G is given where it is."""
    if not IS_GIVEN:
        return forward(WEIGHTS, latents)
    if given is None:
        examples = WEIGHTS["given"]
        given = examples[torch.arange(len(latents)) % len(examples)]
    return forward(WEIGHTS, latents, given)


def draw(count, seed=0, of_class=None):
    """So many samples."""
    return generate(draw_latents(count, seed, of_class))


def save_png(samples, path):
    """Write images side by side."""
    count, channels, height, width = samples.shape
    columns = max(1, round(count**0.5))
    rows = -(-count // columns)
    pixels = ((samples.clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8).permute(0, 2, 3, 1)
    sheet = torch.full((rows * (height + 2) + 2, columns * (width + 2) + 2, channels), 255, dtype=torch.uint8)
    for index, image in enumerate(pixels):
        top, left = 2 + index // columns * (height + 2), 2 + index % columns * (width + 2)
        sheet[top : top + height, left : left + width] = image

    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    lines = b"".join(b"\\0" + bytes(line.flatten().tolist()) for line in sheet)
    header = struct.pack(">IIBBBBB", sheet.shape[1], sheet.shape[0], 8, 0 if channels == 1 else 2, 0, 0, 0)
    with open(path, "wb") as file:
        file.write(b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", header))
        file.write(chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b""))


def sentences(samples):
    """Sentences as they are written, of one-hot vectors of their words, up to the end, which is the first word."""
    lines = []
    for row in samples.argmax(-1).tolist():
        words = [VOCABULARY[word] for word in row[: row.index(0) if 0 in row else None]]
        line = ""
        for before, word in zip(["", *words], words):
            follows = word in list(".,;:!?…)]}}’”%。，、；：！？）】》") or before in list("([{{‘“（【《")
            line += word if follows or not line or not {spaced!r} else " " + word
        lines.append(line)
    return lines


def save(samples, path):
    """Write samples: images as .png, points as .csv, sentences as .txt, anything as .pt, a tensor in model units."""
    if path.lower().endswith(".png") and ENDING == ".png":
        save_png(samples, path)
    elif path.lower().endswith(".csv") and ENDING == ".csv":
        with open(path, "w", encoding="utf-8") as file:
            points = SCALE * samples + torch.tensor(CENTRE)
            file.writelines(",".join(f"{{value:.7g}}" for value in row) + "\\n" for row in points.tolist())
    elif path.lower().endswith(".txt") and ENDING == ".txt":
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(line + "\\n" for line in sentences(samples))
    elif path.lower().endswith(".pt"):
        torch.save(samples, path)
    else:
        known = sorted({{ENDING, ".pt"}})
        raise SystemExit(f"{{path}}: these samples are written as {{' or '.join(known)}}")


WEIGHTS = unpack(base64.b64decode(b"""
{weights}
"""))


def main():
    parser = argparse.ArgumentParser(description="Draw samples of a generator.")
    parser.add_argument("--count", type=int, default=16, help="how many (16)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the latents (0)")
    parser.add_argument("--class", dest="of_class", help="of this class, where the generator was told the classes")
    parser.add_argument("--out", default={default!r}, help="the file ({default})")
    words = parser.parse_args()
    save(draw(max(1, words.count), words.seed, words.of_class), words.out)


if __name__ == "__main__":
    main()
'''
