"""Actions, menus and buttons as Qt has them, made of the tables of what can be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QMenu, QMenuBar, QWidget

from ganstudio.gui.looks import icons, theme
from ganstudio.gui.window.action_table import ACTIONS, MENUS, SEPARATOR
from ganstudio.gui.window.shortcut_guard import ShortcutGuard

if TYPE_CHECKING:
    from collections.abc import Mapping


def build_actions(parent: QWidget) -> dict[str, QAction]:
    """Every action of the table by its id, added to ``parent`` so that its key works in the whole application.

    A key without Ctrl or Alt goes to a text field that is being typed in, to an open menu, and Space to a button that
    was reached by the keyboard; Ctrl+Z takes back what is typed, until it is taken. Else the key is the action's.
    """
    actions = {}
    for spec in ACTIONS:
        action = QAction(spec.text, parent)
        action.setObjectName(spec.id)
        if spec.icon:
            _set_icon(action, spec.icon)
        if spec.shortcut:
            action.setShortcuts([QKeySequence(key) for key in (spec.shortcut, *spec.also)])
        action.setShortcutContext(Qt.ShortcutContext.ApplicationShortcut)
        action.setAutoRepeat(spec.repeats)
        _set_tip(action, spec.tip)
        if spec.checkable:
            action.setCheckable(True)
            action.setChecked(True)
        if spec.id == "quit":
            action.setMenuRole(QAction.MenuRole.QuitRole)
        if spec.id == "about":
            action.setMenuRole(QAction.MenuRole.AboutRole)
        parent.addAction(action)
        actions[spec.id] = action
    ShortcutGuard(parent)
    return actions


def build_menus(bar: QMenuBar, actions: Mapping[str, QAction]) -> None:
    """Fill the menu bar with ``MENUS``: titles, each with the ids of its actions in order."""
    for title, ids in MENUS.items():
        menu = QMenu(title, bar)
        menu.setObjectName(title.replace("&", "").lower())
        for each in ids:
            if each == SEPARATOR:
                menu.addSeparator()
            else:
                menu.addAction(actions[each])
        menu.setToolTipsVisible(True)
        bar.addMenu(menu)


def show_playing(action: QAction, playing: bool) -> None:
    """Let the play action say what pressing it does: Pause while ``playing``, Play otherwise."""
    action.setText("Pause" if playing else "Play")
    _set_icon(action, "pause" if playing else "play")
    _set_tip(action, "Stand still after the step in progress" if playing else "Train until paused")


def show_primary(button: QAbstractButton, action: QAction) -> None:
    """Make the toolbar's ``button`` of ``action`` the main one: filled with the accent, its icon dark on it."""
    button.setProperty("primary", True)

    def follow() -> None:
        button.setIcon(icons.icon(action.property("drawing"), theme.ON_ACCENT))

    action.changed.connect(follow)
    follow()


def _set_icon(action: QAction, name: str) -> None:
    action.setProperty("drawing", name)
    action.setIcon(icons.icon(name))


def _set_tip(action: QAction, tip: str) -> None:
    key = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    action.setToolTip(f"{tip} ({key})" if key else tip)
    action.setStatusTip(tip)
