"""How texts are written."""

from __future__ import annotations

from typing import Any, Literal

from ganstudio.experiment._base import knob

Encoding = Literal[
    "auto", "utf-8", "utf-16", "utf-16-le", "utf-16-be", "gbk", "big5", "shift_jis", "euc-jp", "euc-kr", "cp1252",
    "cp1250", "cp1251", "cp1253", "cp1254", "latin-1",
]  # fmt: skip


def encoding() -> Any:
    """The field that says which encoding a text is in."""
    return knob("auto", "Which encoding a text is in; auto: UTF-8 if it can be, else the likeliest")
