"""The settings panel by itself: the test says which game stands beside it."""

from types import SimpleNamespace

from ganstudio.experiment import Experiment
from ganstudio.gui.settings.panel import SettingsPanel


class PanelOf(SettingsPanel):
    """The settings of an experiment that is not started yet."""

    def __init__(self, experiment: Experiment) -> None:
        super().__init__(SimpleNamespace(experiment=experiment, started=False))

    def set_experiment(self, experiment: Experiment, started: bool) -> None:
        """What the game says is in force now: the answer to an edit, or another experiment."""
        self._game.experiment, self._game.started = experiment, started
        sent = self.edits.on_their_way.settings
        if started and sent:
            self.answer(SimpleNamespace(path=sent[0][0]))
        else:
            self.open()
