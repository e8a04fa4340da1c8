"""Samples of a G that makes normals first: structures by styles, maps of one's own painted, surfaces lit anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ganstudio.cli._terminal import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

    from ganstudio.modalities import Modality, Samples
    from ganstudio.networks.chain import ChainedGenerator
    from ganstudio.training.checkpoints.loaded import LoadedGenerator

    Floats = npt.NDArray[np.float32]

_MOST = 10_000  # cells of a sheet
_AT_ONCE = 250
_READING = ("green", "near", "relief")  # which say how a map is read


def is_asked(arguments: argparse.Namespace) -> bool:
    """Whether structures, styles, maps or a light are named. Raises UsageError where it is said how to read no map."""
    for name in _READING:
        if getattr(arguments, name) is not None and arguments.normals is None:
            raise UsageError(f"--{name}: says how the map of --normals is read: add --normals FILE, or leave it out")
    return any(
        getattr(arguments, name) is not None for name in ("structure_seeds", "style_seeds", "normals", "relight")
    )


def write_surfaces(arguments: argparse.Namespace, generator: LoadedGenerator) -> None:
    """Write what was asked for: a row for each structure or map, a column for each style or light."""
    _check(arguments)
    network = chain_of(arguments, generator)
    rows = _rows(arguments, generator, network)
    if arguments.relight is not None:
        _relit(arguments, generator, network, rows)
        return
    styles = arguments.style_seeds or range(arguments.seed, arguments.seed + arguments.count)
    if len(rows) * len(styles) > _MOST:
        raise UsageError(f"{len(rows):,} structures by {len(styles):,} styles are more than {_MOST:,} pictures")
    cells = rows.crossed(_parts(generator, styles)[:, network.columns["second"]])
    steps = [(step, kind) for step, kind in zip(_painted(generator, network, cells), generator.kinds[-2:], strict=True)]
    _save(arguments, steps, len(styles))


@dataclass(frozen=True)
class Rows:
    """Structures: latents (n, width) of the first G, or maps (n, 3, h, w) in its place; styles: (n, ...) likewise."""

    latents: Floats
    maps: Floats | None
    styles: Floats | None = None

    def __len__(self) -> int:
        return len(self.latents)

    def crossed(self, styles: Floats) -> Rows:
        """Each structure with each of these styles, row by row."""
        import numpy as np

        latents = np.repeat(self.latents, len(styles), 0)
        maps = None if self.maps is None else np.repeat(self.maps, len(styles), 0)
        return Rows(latents, maps, np.tile(styles, (len(self), 1)))


def _check(arguments: argparse.Namespace) -> None:
    """Say which options contradict each other, before anything is loaded or drawn."""
    named = {"--structure-seeds": arguments.structure_seeds, "--normals": arguments.normals}
    if all(value is not None for value in named.values()):
        raise UsageError("--normals takes the place of structures that are drawn: leave --structure-seeds out")
    if arguments.relight is not None and arguments.style_seeds is not None:
        raise UsageError("--relight lights the surfaces, which have no style: leave --style-seeds out")
    if arguments.relight is not None and arguments.way:
        raise UsageError("--relight lights the surfaces, and no picture of them is made: leave --way out")
    others = {
        "--level": arguments.level,
        "--class": arguments.of_class,
        "--temperature": arguments.temperature,
        "--prefix": arguments.prefix is not None,
        "--played-by": arguments.played_by,
        "--coarse": arguments.coarse is not None,
        "--noise-seed": arguments.noise_seed is not None,
    }
    for option, given in others.items():
        if given:
            raise UsageError(f"{option} does not go together with structures and styles: leave it out")


def chain_of(arguments: argparse.Namespace, generator: LoadedGenerator) -> ChainedGenerator:
    """The two generators of the run. Raises UsageError where it has no such G."""
    from ganstudio.modalities import Normals
    from ganstudio.networks.chain import ChainedGenerator

    network = generator.network
    if not isinstance(network, ChainedGenerator) or not isinstance(generator.kinds[-2], Normals):
        raise UsageError(
            f"{arguments.run}: --structure-seeds, --style-seeds, --normals and --relight are for a G that makes "
            "normals first and paints them, as that of the preset style_structure does"
        )
    return network


def _parts(generator: LoadedGenerator, seeds: Sequence[int]) -> Floats:
    """The latents (n, width) of both, of each seed as ``sample --seed`` has them."""
    import numpy as np

    return np.concatenate([generator.draw_latents(1, seed) for seed in seeds])


def _rows(arguments: argparse.Namespace, generator: LoadedGenerator, network: ChainedGenerator) -> Rows:
    """The structures: drawn by their seeds, or the maps of a file."""
    import numpy as np

    from ganstudio.data.images.maps import read_map

    first = network.columns["first"]
    if arguments.normals is None:
        seeds = arguments.structure_seeds or [arguments.seed]
        return Rows(_parts(generator, seeds)[:, first], None)
    kind = generator.kinds[-2]
    _, height, width = kind.shape
    said = {name: value for name in _READING if (value := getattr(arguments, name)) is not None}
    found = read_map(arguments.normals)
    what, of_it = ("depth", ("near", "relief")) if found.is_depth else ("normals", ("green",))
    if other := next((name for name in said if name not in of_it), None):
        raise UsageError(
            f"--{other}: {arguments.normals} is a map of {what}, which it says nothing of: leave it out, or name "
            + " or ".join(f"--{name}" for name in of_it)
        )
    normals = found.normals(height, width, **said)
    return Rows(np.zeros((len(normals), first.stop), np.float32), kind.to_model(normals))


def _painted(generator: LoadedGenerator, network: ChainedGenerator, cells: Rows) -> list[Samples]:
    """Normals and pictures of all cells, in people's units."""
    import numpy as np
    import torch

    assert cells.styles is not None
    made: list[list[Floats]] = [[], []]
    for start in range(0, len(cells), _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        latents = torch.from_numpy(np.concatenate([cells.latents[some], cells.styles[some]], 1)).to(generator.device)
        given = None if cells.maps is None else torch.from_numpy(cells.maps[some]).to(generator.device)
        with torch.no_grad():
            for step, tensor in zip(made, network.way_from(latents, given), strict=True):
                step.append(tensor.cpu().numpy())
    return [kind.to_people(np.concatenate(step)) for kind, step in zip(generator.kinds[-2:], made, strict=True)]


def _relit(arguments: argparse.Namespace, generator: LoadedGenerator, network: ChainedGenerator, rows: Rows) -> None:
    """Write the surfaces as clay, a column for each light."""
    import numpy as np

    from ganstudio.export import check_suffix, save_samples
    from ganstudio.modalities import Images
    from ganstudio.modalities.light import Light, lit

    lights = [Light(*light) for light in arguments.relight]
    if (count := len(lights) * len(rows)) > _MOST:
        raise UsageError(f"--relight: {len(rows):,} surfaces under {len(lights):,} lights are {count:,}; {_MOST:,} fit")
    style = network.columns["second"]
    any_style = np.zeros((1, style.stop - style.start), np.float32)
    normals = _painted(generator, network, rows.crossed(any_style))[0]
    clay = np.stack([lit(normals, light) for light in lights], 1)
    kind = Images((3, *normals.shape[1:3]))
    check_suffix(arguments.out, kind)
    save_samples(arguments.out, clay.reshape(-1, *clay.shape[2:]), kind, columns=len(lights))


def _save(arguments: argparse.Namespace, steps: list[tuple[Samples, Modality]], columns: int) -> None:
    """Write the pictures, the normals, or both of each cell, as ``--way`` says."""
    from ganstudio.export import check_suffix, save_samples, save_way

    named = {"normals": steps[0], "picture": steps[1]}
    wanted = arguments.way or "picture"
    if wanted == "all":
        save_way(arguments.out, steps)
        return
    if wanted not in named:
        raise UsageError(f"--way {wanted}: is no step on this G's way; name {' or '.join(named)}, or nothing for both")
    samples, kind = named[wanted]
    check_suffix(arguments.out, kind)
    save_samples(arguments.out, samples, kind, columns=columns)
