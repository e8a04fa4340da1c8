"""What can be done in the window, as data: menus, toolbars and keys all come from these tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class ActionSpec:
    """One thing that can be done. ``tip`` says in a sentence what it does; the key is added to it for display.

    also: other keys for the same. repeats: holding the key down repeats it. checkable: a switch, which starts switched
    on.
    """

    id: str
    text: str
    tip: str
    shortcut: str = ""
    icon: str = ""
    also: tuple[str, ...] = ()
    repeats: bool = False
    checkable: bool = False


SEPARATOR = "-"


ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec(
        id="new", text="New from Preset…", shortcut="Ctrl+N", icon="new", tip="Choose one of the ready-made games"
    ),
    ActionSpec(
        id="open",
        text="Open Data or Run…",
        shortcut="Ctrl+O",
        icon="folder",
        tip="Train on images, an array or a table of points, or go on with an earlier run",
    ),
    ActionSpec(
        id="open_folder",
        text="Open Folder…",
        shortcut="Ctrl+Shift+O",
        icon="folder",
        tip="Train on a folder of images, whose subfolders are classes, or go on with a run",
    ),
    ActionSpec(
        id="undo",
        text="Undo",
        shortcut="Ctrl+Z",
        icon="undo",
        tip="Turn the setting or the slider back that was turned last",
        repeats=True,
    ),
    ActionSpec(
        id="redo",
        text="Redo",
        shortcut="Ctrl+Shift+Z",
        also=("Ctrl+Y",),
        tip="Turn again what was turned back last",
        repeats=True,
    ),
    ActionSpec(
        id="paste",
        text="Paste Data",
        shortcut="Ctrl+V",
        icon="paste",
        tip="Train on files, a picture or a table that was copied elsewhere",
    ),
    ActionSpec(
        id="copy",
        text="Copy Picture",
        shortcut="Ctrl+C",
        tip="Copy the picture or plot that the keyboard is in, else what G makes",
    ),
    ActionSpec(
        id="save_picture",
        text="Save Picture…",
        shortcut="Ctrl+Shift+S",
        tip="Write the picture or plot that the keyboard is in as a PNG, else what G makes; its menu has other sizes",
    ),
    ActionSpec(
        id="export",
        text="Export…",
        shortcut="Ctrl+E",
        tip="Write samples, a walk, the curves, G itself or the picture that the keyboard is in to a file",
    ),
    ActionSpec(
        id="save",
        text="Save Checkpoint",
        shortcut="Ctrl+S",
        icon="save",
        tip="Write the networks, optimisers and random states to the run's folder now",
    ),
    ActionSpec(id="quit", text="Quit", shortcut="Ctrl+Q", icon="quit", tip="Close GAN Studio"),
    ActionSpec(id="play", text="Play", shortcut="Space", icon="play", tip="Train, or pause after the step in progress"),
    ActionSpec(
        id="step_both",
        text="Step Both",
        shortcut="S",
        icon="step-both",
        tip="One whole step: k updates of the discriminator, then one of the generator",
        repeats=True,
    ),
    ActionSpec(
        id="step_discriminator",
        text="Step Discriminator",
        shortcut="D",
        icon="step-discriminator",
        tip="One update of the discriminator; the generator stays as it is",
        repeats=True,
    ),
    ActionSpec(
        id="step_generator",
        text="Step Generator",
        shortcut="G",
        icon="step-generator",
        tip="One update of the generator; the discriminator stays as it is",
        repeats=True,
    ),
    ActionSpec(
        id="reset",
        text="Start Over",
        shortcut="Ctrl+R",
        icon="reset",
        tip="Begin again at step 0 with fresh networks; the run so far stays on disk",
    ),
    ActionSpec(
        id="slow_motion",
        text="Slow Motion",
        shortcut="W",
        icon="slow",
        tip="Walk through one step, stage by stage: what is drawn, what D says, how both move",
    ),
    ActionSpec(
        id="measures",
        text="Measures",
        shortcut="M",
        icon="measures",
        tip="How good G's samples are, whether it copies, and what its codes learned",
    ),
    ActionSpec(
        id="own_room",
        text="Room of the Game",
        shortcut="U",
        icon="enlarge",
        tip="What only such a game has: SRGAN enlarges a picture that is dropped, sentences are read word by word",
    ),
    ActionSpec(
        id="compare",
        text="Side by Side…",
        shortcut="Ctrl+D",
        icon="columns",
        tip="Train several games at once: a duel of settings, or one experiment with many seeds",
    ),
    ActionSpec(
        id="draw",
        text="Draw a Distribution…",
        shortcut="Ctrl+B",
        icon="brush",
        tip="Paint p_data with a brush, put Gaussians together, or take a picture as a density",
    ),
    ActionSpec(
        id="fit",
        text="Fit Views",
        shortcut="Shift+F",
        icon="fit",
        tip="Bring everything that there is to see into view",
    ),
    ActionSpec(
        id="stage",
        text="Full View",
        shortcut="F",
        tip="What G makes and nothing else, on the second screen if there is one; Esc leaves",
    ),
    ActionSpec(
        id="osc",
        text="Play by OSC…",
        tip="Let other programs move the sliders, the pins and the training over the network",
    ),
    ActionSpec(
        id="pin",
        text="Pin z",
        shortcut="P",
        tip="Keep the latent code with its picture on a strip, to walk from pin to pin",
    ),
    ActionSpec(
        id="find_picture",
        text="Find Picture or Sound in Latent Space…",
        tip="Look for the latents whose sample is nearest to a file; a file that is dropped with Alt held, too",
    ),
    ActionSpec(
        id="nudge",
        text="Nudge z",
        shortcut="N",
        tip="Move the latent code a little, at random; a slider that is locked (L) stays",
        repeats=True,
    ),
    ActionSpec(
        id="randomise",
        text="Randomise z",
        shortcut="R",
        icon="dice",
        tip="Draw a new latent code from its prior",
        repeats=True,
    ),
    ActionSpec(
        id="toggle_library",
        text="Library",
        shortcut="Ctrl+1",
        icon="panel-left",
        tip="Show or hide the presets and earlier runs",
        checkable=True,
    ),
    ActionSpec(
        id="toggle_settings",
        text="Settings",
        shortcut="Ctrl+2",
        icon="panel-right",
        tip="Show or hide the settings of the game",
        checkable=True,
    ),
    ActionSpec(
        id="toggle_latent",
        text="Latent Code",
        shortcut="Ctrl+3",
        icon="layers",
        tip="Show or hide the sliders of the latent code",
        checkable=True,
    ),
    ActionSpec(id="shortcuts", text="Keyboard Shortcuts", shortcut="F1", tip="All keys, and what they do"),
    ActionSpec(id="glossary", text="Glossary", tip="Every term and number that is shown"),
    ActionSpec(id="about", text="About GAN Studio", tip="Version, licence, where runs and the log are"),
    ActionSpec(
        id="next_pane",
        text="Next Pane",
        shortcut="F6",
        tip="Go on with the keyboard in the next part of the window: library, picture, latent code, curves, settings",
        repeats=True,
    ),
    ActionSpec(
        id="previous_pane",
        text="Previous Pane",
        shortcut="Shift+F6",
        tip="Go back with the keyboard to the part of the window before",
        repeats=True,
    ),
)


MENUS: Mapping[str, tuple[str, ...]] = {
    "&File": ("new", "open", "open_folder", "draw", SEPARATOR, "save", "save_picture", "export", SEPARATOR, "quit"),
    "&Edit": ("undo", "redo", SEPARATOR, "copy", "paste"),
    "&Train": (
        "play",
        SEPARATOR,
        "step_both",
        "step_discriminator",
        "step_generator",
        "slow_motion",
        SEPARATOR,
        "measures",
        "own_room",
        "compare",
        SEPARATOR,
        "reset",
    ),
    "&View": (
        "fit",
        "stage",
        "osc",
        SEPARATOR,
        "randomise",
        "nudge",
        "pin",
        "find_picture",
        SEPARATOR,
        "toggle_library",
        "toggle_settings",
        "toggle_latent",
        SEPARATOR,
        "next_pane",
        "previous_pane",
    ),
    "&Help": ("shortcuts", "glossary", SEPARATOR, "about"),
}
