"""Folders, or words of a table, that split a set into what is trained on and what is kept for tests.

``seg_train``, ``test_set``, ``val2017`` and ``trainA`` are such names. A ``train`` next to ``bus`` and ``car`` is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

Role = Literal["train", "test", "val"]

_ROLES: dict[str, Role] = {
    **dict.fromkeys(("train", "training", "trn", "trainval", "unlabeled", "unlabelled", "extra"), "train"),
    **dict.fromkeys(("test", "testing", "tst", "t10k", "holdout", "heldout"), "test"),
    **dict.fromkeys(("val", "valid", "validation", "validate", "dev", "eval", "evaluation"), "val"),
}
_PLAIN = frozenset({"set", "sets", "data", "dataset", "images", "image", "imgs", "img", "pictures", "photos", "split",
                    "folder", "files", "samples"})  # fmt: skip
"""Words next to which a role is as good as alone."""
_TOKENS = re.compile(r"t10k|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_]+|[0-9]+")
_JOINED = re.compile(rf"({'|'.join(sorted(_ROLES, key=len, reverse=True))})({'|'.join(sorted(_PLAIN))})")


@dataclass(frozen=True)
class Split:
    """role: what it is for. domain: the A of ``trainA``, of a set of two kinds of images, or empty.

    rest: what else the name says, in small letters: ``seg``.
    """

    role: Role
    domain: str
    rest: tuple[str, ...]


def told_by(name: str) -> Split | None:
    """What a folder's name says; None where it names no split, or several."""
    roles: set[Role] = set()
    domain, rest = "", []
    for token in _TOKENS.findall(name):
        word = token.lower()
        if joined := _JOINED.fullmatch(word):
            word = joined[1]
        if word in _ROLES:
            roles.add(_ROLES[word])
        elif token in ("A", "B"):
            domain = token
        elif word not in _PLAIN and not word.isdigit():
            rest.append(word)
    return Split(roles.pop(), domain, tuple(rest)) if len(roles) == 1 else None


_CALLED = frozenset({"split", "splits", "usage", "subset", "set", "partition", "phase", "part", "fold", "role"})


_BY_NUMBER = frozenset({"partition", "split", "subset", "set", "usage", "phase"})
_FOLDS = frozenset({"fold", "folds", "kfold", "cv"})
_SIGNS = frozenset({"is", "in", "for", "flag", "mask", "idx", "index"})
_YES, _NO = frozenset({"1", "1.0", "true", "t", "yes", "y"}), frozenset({"0", "0.0", "false", "f", "no", "n"})


def tests(words: Iterable[str], called: str) -> frozenset[str]:
    """Those of the words of a column, which is called so, that say that a line is for tests."""
    words = {word for word in words if word}
    if (role := _asks(called)) is not None and _are_answers(words):
        wanted = _NO if role == "train" else _YES
        return frozenset(word for word in words if word.lower() in wanted)
    if _numbers_splits(words, called):
        return frozenset(word for word in words if float(word) > 0)
    told = ((word, told_by(word)) for word in words)
    return frozenset(word for word, split in told if split is not None and split.role != "train")


def are_named(words: Collection[str], called: str = "") -> bool:
    """Whether the different words of a column, which is called so, tell training from tests.

    Each has to name a split, and both kinds to be named, or the column to be called so: ``PublicTest`` under ``Usage``.
    Numbers do under ``partition``, 0 being training as in CelebA, and yes and no, or 1 and 0, under ``is_train``.
    """
    if not words:
        return False
    if _asks(called) is not None and _are_answers(words):
        return True
    if _numbers_splits(words, called):
        return True
    if any(told_by(word) is None for word in words):
        return False
    is_called = bool(_CALLED & set(re.findall("[a-z]+", called.lower())))
    return is_called or 0 < len(tests(words, "")) < len(words)


def are_folds(words: Collection[str], called: str) -> bool:
    """Whether a column numbers the folds of a cross-validation, in which every line is for tests once."""
    parts = _words_of(called)
    return bool(_FOLDS & set(parts)) and all(re.fullmatch(r"\d{1,2}(\.0)?", word) for word in words)


def are_numbered(words: Sequence[str], called: str) -> bool:
    """Whether a column tells training from tests by numbers, 0 being training, as CelebA's partition does."""
    return _numbers_splits(words, called)


def _words_of(called: str) -> list[str]:
    return re.findall("[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", called).lower())


def _asks(called: str) -> Role | None:
    """The split that a column such as ``is_train`` asks for; None: it asks for none."""
    rest = [word for word in _words_of(called) if word not in _SIGNS and word not in _PLAIN]
    return _ROLES.get(rest[0]) if len(rest) == 1 else None


def _are_answers(words: Collection[str]) -> bool:
    said = {word.lower() for word in words}
    return len(said) == 2 and len(said & _YES) == len(said & _NO) == 1


def _numbers_splits(words: Collection[str], called: str) -> bool:
    """Whether these are 0 and 1, or 0, 1 and 2, in a column that is called as a split is."""
    numbers = sorted(words)
    plain = [word.removesuffix(".0") for word in numbers]
    return plain in (["0", "1"], ["0", "1", "2"]) and bool(_BY_NUMBER & set(_words_of(called)[-1:]))


def among(names: Collection[str], *, always: bool = False) -> dict[str, Split]:
    """Those of the folders side by side that split a set.

    A name that says more than that, such as ``test_tube``, splits only where all of them say the same besides. A plain
    ``train`` without a ``test`` is a class where others stand next to it. always: plain names split at any rate.
    """
    told = {name: found for name in names if (found := told_by(name)) is not None}
    rests, roles = {found.rest for found in told.values()}, {found.role for found in told.values()}
    if len(told) == len(names) and (len(rests) == 1 or (len(roles) > 1 and len(rests - {()}) == 1)):
        return told
    plain = {name: found for name, found in told.items() if not found.rest}
    roles = {found.role for found in plain.values()}
    return plain if always or roles - {"train"} else {}
