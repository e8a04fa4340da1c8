"""The verbs that look at something: ``sample``, ``presets``, ``doctor``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.cli._members import check_member, generator_of
from ganstudio.cli._sentences import compose, is_asked
from ganstudio.cli._terminal import UsageError, say, to_json, warn

if TYPE_CHECKING:
    import argparse

    from ganstudio.modalities import Modality, Samples

__all__ = ["doctor", "presets", "sample"]


def sample(arguments: argparse.Namespace) -> int:
    """Write samples to a file."""
    from ganstudio.export import check_place, check_suffix, save_samples

    check_suffix(arguments.out)
    from ganstudio.cli import _levels, _surfaces
    from ganstudio.cli._plan import asked_for

    if arguments.played_by is not None and arguments.out.suffix.lower() != ".wav":
        raise UsageError(f"--played-by {arguments.played_by}: what is played is written as .wav, not {arguments.out}")
    if arguments.way == "all" and arguments.level:
        raise UsageError("--way writes all steps, and --level one of them: leave one of the two out")
    of_surfaces = _surfaces.is_asked(arguments)
    run, at = asked_for(arguments.run, arguments.at)
    member = check_member(run, arguments.member, at)
    check_place(arguments.out)
    generator = generator_of(run, member, at=at, with_data=False)
    if generator.told:
        warn(generator.told)
    if of_surfaces:
        _surfaces.write_surfaces(arguments, generator)
        say(str(arguments.out))
        return 0
    latents = generator.draw_latents(arguments.count, arguments.seed, arguments.of_class)
    if _levels.is_asked(arguments):
        _steps(arguments, _levels.made_of(arguments, generator, latents))
    elif arguments.way or arguments.level:
        if len(generator.kinds) == 1:
            raise UsageError(f"{arguments.run}: its G makes a sample in one step: leave --way and --level out")
        _steps(arguments, list(zip(generator.way(latents), generator.kinds, strict=True)))
    else:
        check_suffix(arguments.out, generator.dataset.modality)
        modality = generator.dataset.modality
        if arguments.played_by is not None:
            from ganstudio.cli._notes import played_by

            modality = played_by(arguments.played_by, modality)
        made = compose(arguments, generator, latents) if is_asked(arguments) else generator.generate(latents)
        save_samples(arguments.out, made, modality)
    say(str(arguments.out))
    return 0


def _steps(arguments: argparse.Namespace, way: list[tuple[Samples, Modality]]) -> None:
    """Write the steps on G's way to the samples, or one of them. way: each with what it is, the samples last."""
    from ganstudio.export import check_suffix, save_samples, save_way

    kinds, steps = [kind for _, kind in way], len(way)
    if arguments.level >= steps:
        raise UsageError(f"--level {arguments.level}: there are {steps} steps: 0, the sample itself, to {steps - 1}")
    named = {kind.kind: kind for kind in kinds[:-1] if kind.kind != kinds[-1].kind}
    wanted, one_of = arguments.way, [*named, "picture"] if named else []
    if wanted not in (None, "all", *one_of):
        known = f"{' or '.join(one_of)}, or nothing for all steps" if one_of else "nothing: all steps are of one kind"
        raise UsageError(f"--way {wanted}: is no step on this G's way; name {known}")
    if wanted == "all":
        save_way(arguments.out, way)
        return
    samples, kind = way[-1 - arguments.level] if wanted is None else way[kinds.index(named.get(wanted, kinds[-1]))]
    check_suffix(arguments.out, kind)
    save_samples(arguments.out, samples, kind)


def presets(arguments: argparse.Namespace) -> int:
    """List the presets, a line each, or print all settings of one."""
    from ganstudio.presets import dumps, load_preset, preset_names

    if arguments.name is not None:
        say(dumps(load_preset(arguments.name)).rstrip())
        return 0
    names = preset_names()
    width = max(map(len, names))
    for name in names:
        say(f"{name:<{width}}  {load_preset(name).summary}")
    return 0


def doctor(arguments: argparse.Namespace) -> int:
    """Say what the machine has, or mend it."""
    from ganstudio import playing, system

    if arguments.fix:
        return system.fix()
    from ganstudio.data.abilities import abilities, described
    from ganstudio.run import default_runs

    found, data, sound = system.report(default_runs()), abilities(), playing.abilities()
    words = [*described(data), *playing.described(sound)]
    say(to_json(found | {"data": data, "sound": sound}) if arguments.json else system.describe(found, words))
    return 0
