"""Ways to damage a run's folder: any file by its bytes, each kind of file by what it says."""

# ruff: noqa: E501 (tables)

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import sqlite3
import struct
import zlib

DEEP = 3_000
OUTSIDE = "outside"
"""A folder beside the run, that links in it lead to."""
HUGE = [0, -1, 2**31, 2**53 + 1, 2**63 - 1, 2**63, 2**64, 10**400, 1e308, -0.0, True, 1.5]
ODD = [None, "", "\0", "\u2028", "../../x", "a" * 5_000, [], {}, [[]], {"a": 1}, [None] * 50]


# --- any file ---------------------------------------------------------------------------------------------------------


def flip(path, rng):
    data = bytearray(path.read_bytes())
    for place in rng.integers(0, 8 * len(data), rng.integers(1, 4)).tolist() if data else ():
        data[place // 8] ^= 1 << place % 8
    path.write_bytes(data)


def cut(path, rng):
    data = path.read_bytes()
    path.write_bytes(data[: rng.integers(len(data) + 1)])


def zero(path, rng):
    data = bytearray(path.read_bytes())
    start, end = sorted(rng.integers(0, len(data) + 1, 2).tolist())
    data[start:end] = bytes(end - start)
    path.write_bytes(data)


def empty(path, _rng):
    path.write_bytes(b"")


def noise(path, rng):
    path.write_bytes(rng.bytes(int(rng.integers(1, 5_000))))


def remove(path, _rng):
    path.unlink()


def grow(path, _rng):
    os.truncate(path, 20 << 30)


def pipe(path, _rng):
    path.unlink()
    os.mkfifo(path)


def folder(path, _rng):
    path.unlink()
    path.mkdir()


def link(path, rng):
    run = next(each for each in path.parents if each.name.startswith("run") or each.parent.name == "runs")
    (run.parent / OUTSIDE / "file").parent.mkdir(exist_ok=True)
    (run.parent / OUTSIDE / "file").write_bytes(b"")
    ours = [str(run.parent / OUTSIDE / name) for name in ("file", "nothing", "copy")]
    shutil.copyfile(path, ours[2])
    target = rng.choice(["/dev/zero", "/dev/urandom", "/dev/full", "/dev/tty", *ours, path.name, "/proc/self/mem"])
    path.unlink()
    path.symlink_to(str(target))


def written_through(run, before):
    """What of the files that links of a run led to was changed or made; before: as ``outside`` told them."""
    now = outside(run)
    return [name for name in {**before, **now} if before.get(name) != now.get(name)]


def outside(run):
    """What lies where links lead to."""
    folder = run.parent / OUTSIDE
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.is_dir() else {}


def bar(path, _rng):
    path.chmod(0)


ANY = (flip, flip, cut, zero, empty, noise, remove, grow, pipe, folder, link, bar)


# --- by what they say -------------------------------------------------------------------------------------------------


def text(path, rng):
    """A TOML text: a value replaced, a line taken away, doubled or added."""
    lines = path.read_text().splitlines()
    valued = [index for index, line in enumerate(lines) if " = " in line]
    place = int(rng.choice(valued)) if valued else 0
    key = lines[place].partition(" = ")[0] if lines else "name"
    odd = [
        "[" * DEEP, "{a=" * DEEP, "nan", "inf", "-1", "0", "1e400", "9" * 5_000, "0x" + "f" * 5_000, "1979-05-27", "''",
        "[]", "{}", '"a\\u0000b"', '"\\u202e<b>x</b>"', "true", "1_000_000_000_000", "9223372036854775808", '"' + "x" * 9_000 + '"',
        "[" + "1," * 50_000 + "]", '"/dev/zero"', '"~"', "0.1", "4096", "64",
    ]  # fmt: skip
    match int(rng.integers(6)):
        case 0 | 1 | 2:
            lines[place : place + 1] = [f"{key} = {odd[rng.integers(len(odd))]}"]
        case 3:
            del lines[place]
        case 4:
            lines.insert(place, lines[place])
        case _:
            added = [
                "a." * 9_000 + "a = 1",
                '"a".' * 9_000 + "a = 1",
                "[" + "a." * 9_000 + "a]",
                "x = 1",
                "[[dataset]]",
            ]
            lines.insert(place, added[rng.integers(len(added))])
    path.write_text("\n".join(lines))


def lines(path, rng):
    """A file of changes: odd lines among the others."""
    odd = [
        b"[" * 50_000, b'{"step": Infinity, "path": "seed", "value": 1}', b'{"step": 1e999, "path": "seed", "value": 1}',
        b'{"step": 1, "path": "nothing.like.it", "value": 1}', b'{"step": 1, "path": "objective", "value": {"kind": 3}}',
        b'{"step": 4, "path": "optimisers.generator.learning_rate", "value": "x"}', b"\xff\xfe", b"\x00" * 100, b"",
        b'{"step": 4, "path": "step", "value": [[[]]]}', b'{"step": 99999999999999, "path": "seed", "value": 1}', b"null",
        b'{"step": 6, "path": "schedule.steps", "value": 1e300}', b'{"step": 7, "path": "threads", "value": -3}',
    ]  # fmt: skip
    data = path.read_bytes() if path.exists() else b""
    chosen = b"\n".join(odd[index] for index in rng.integers(0, len(odd), rng.integers(1, 4)))
    path.write_bytes(chosen + b"\n" + data if rng.random() < 0.5 else data + chosen + b"\n" * int(rng.integers(2)))


def values(path, rng):
    """A JSON file: one of its values, or what it is as a whole."""
    if rng.random() < 0.15:
        whole = [
            "[" * 100_000,
            "{}",
            "[]",
            "null",
            "1e999",
            "NaN",
            '{"a": ' * DEEP,
            "9" * 9_000,
            '"' + "x" * 100_000 + '"',
        ]
        path.write_text(whole[rng.integers(len(whole))])
        return
    found = json.loads(path.read_text())
    path.write_text(json.dumps(_changed(found, rng)))


def _changed(tree, rng):
    """The tree with one node replaced, removed or renamed."""
    options = [*HUGE, *ODD]
    if not isinstance(tree, dict | list) or not tree or rng.random() < 0.1:
        return options[rng.integers(len(options))]
    key = list(tree)[rng.integers(len(tree))] if isinstance(tree, dict) else int(rng.integers(len(tree)))
    match int(rng.integers(6)):
        case 0:
            del tree[key]
        case 1 if isinstance(tree, dict):
            tree[str(key) + "x"] = tree.pop(key)
        case _:
            tree[key] = _changed(tree[key], rng)
    return tree


ENDLESS = (
    "AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
    "SELECT i AS step, 1.0 AS seconds, 'd_loss' AS name, 1.0 AS value FROM n"
)
STATEMENTS = (
    "UPDATE scalars SET {c} = 'text' WHERE rowid % 3 = 0",
    "UPDATE scalars SET {c} = x'00ff' WHERE rowid % 3 = 0",
    "UPDATE scalars SET {c} = 1e400 WHERE rowid = 2",
    "UPDATE scalars SET {c} = 9223372036854775807 WHERE rowid = 2",
    "UPDATE scalars SET {c} = -9223372036854775808 WHERE rowid = 2",
    "UPDATE scalars SET name = char(0xd800) || 'x'",
    "UPDATE scalars SET name = CAST(x'ff' AS TEXT)",
    "UPDATE scalars SET name = zeroblob(2000000) WHERE rowid = 2",
    "UPDATE scalars SET rowid = 9223372036854775807 WHERE rowid = (SELECT max(rowid) FROM scalars)",
    "UPDATE scalars SET rowid = -rowid",
    "DELETE FROM scalars",
    "DELETE FROM scalars WHERE rowid % 2",
    "DROP TABLE scalars",
    "DROP TABLE blocks",
    "DROP TABLE scalars; CREATE VIEW scalars " + ENDLESS,
    "DROP TABLE blocks; CREATE VIEW blocks AS SELECT 1 AS first, 2 AS last, 3 AS checksum",
    "DROP TABLE scalars; CREATE TABLE scalars (step, seconds, name, value); INSERT INTO scalars VALUES (NULL, NULL, NULL, NULL)",
    "DROP TABLE scalars; CREATE TABLE scalars (step INTEGER PRIMARY KEY, seconds REAL, name TEXT, value REAL) WITHOUT ROWID",
    "DROP TABLE scalars; CREATE VIRTUAL TABLE scalars USING fts5(step, seconds, name, value)",
    "DROP TABLE scalars; CREATE TABLE scalars (step INTEGER, seconds REAL, name TEXT, value REAL AS (hex(zeroblob(99999999))))",
    "CREATE TRIGGER t AFTER INSERT ON scalars BEGIN SELECT RAISE(ABORT, 'no'); END",
    "CREATE TRIGGER t AFTER DELETE ON scalars BEGIN INSERT INTO scalars VALUES (99, 1, 'x', 1); END",
    "CREATE UNIQUE INDEX i ON scalars (name)",
    "CREATE INDEX i ON scalars (hex(zeroblob(step * 100000)))",
    "UPDATE blocks SET checksum = checksum + 1",
    "UPDATE blocks SET checksum = -1",
    "UPDATE blocks SET last = 9223372036854775807",
    "UPDATE blocks SET first = -9223372036854775808",
    "UPDATE blocks SET checksum = 'x'",
    "PRAGMA application_id = 3",
    "PRAGMA application_id = 0",
    "PRAGMA user_version = 77",
    "PRAGMA journal_mode = WAL",
    "PRAGMA auto_vacuum = FULL; VACUUM",
    "PRAGMA page_size = 512; VACUUM",
    "PRAGMA encoding = 'UTF-16'; VACUUM",
    "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = 1",
    "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = 99999",
    "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'CREATE TABLE scalars (x)'",
    "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, 'NOT NULL', 'CHECK (0)')",
    "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = '(((' ",
)  # fmt: skip


PACKED = (
    "UPDATE {t} SET numbers = 'text' WHERE rowid % 2",
    "UPDATE {t} SET numbers = x'00ff' WHERE rowid % 2",
    "UPDATE {t} SET numbers = sealed(step, x'')",
    "UPDATE {t} SET numbers = sealed(step, x'00ff')",
    "UPDATE {t} SET numbers = sealed(step, substr(numbers, 5))",
    "UPDATE {t} SET numbers = sealed(step, zeroblob(length(numbers) - 4))",
    "UPDATE {t} SET numbers = sealed(step, CAST(replace(hex(numbers), '0', 'F') AS BLOB))",
    "UPDATE {t} SET numbers = sealed(step, repeated(x'ff', length(numbers) - 4))",
    "UPDATE {t} SET numbers = sealed(step, repeated(x'7f', length(numbers) - 4))",
    "UPDATE {t} SET numbers = sealed(step, repeated(x'5b', 100000))",
    "UPDATE {t} SET numbers = sealed(step, CAST(replace(CAST(substr(numbers, 1, length(numbers) - 4) AS TEXT), '\"member\": ', '\"member\": 9') AS BLOB))",
    "UPDATE {t} SET numbers = sealed(step, CAST(replace(CAST(substr(numbers, 1, length(numbers) - 4) AS TEXT), '0.1', '1e999') AS BLOB))",
    "UPDATE {t} SET step = 9223372036854775807 WHERE rowid = (SELECT max(rowid) FROM {t})",
    "UPDATE {t} SET step = -step",
    "UPDATE {t} SET numbers = sealed(-step, substr(numbers, 1, length(numbers) - 4)), step = -step",
    "UPDATE {t} SET step = 'x' WHERE rowid = (SELECT max(rowid) FROM {t})",
    "INSERT INTO {t} SELECT step + 1000000, sealed(step + 1000000, substr(numbers, 1, length(numbers) - 4)) FROM {t}",
    "DELETE FROM {t}",
    "DROP TABLE {t}",
    "DROP TABLE {t}; CREATE TABLE {t} (x)",
    "DROP TABLE {t}; CREATE TABLE {t} (step, numbers); INSERT INTO {t} VALUES (NULL, NULL)",
    "DROP TABLE {t}; CREATE VIEW {t} AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS step, x'00' AS numbers FROM n",
    "DROP TABLE {t}; CREATE TABLE {t} (step INTEGER, numbers BLOB AS (zeroblob(99999999)))",
    "CREATE TRIGGER t AFTER INSERT ON {t} BEGIN SELECT RAISE(ABORT, 'no'); END",
    "PRAGMA user_version = 0",
    "PRAGMA user_version = -8",
    "PRAGMA user_version = 2147483647",
)  # fmt: skip
"""Of games side by side, whose rows are packed numbers with a checksum behind them."""


def rows(path, rng):
    """A database: its rows, its tables, what hangs on them."""
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(path)) as connection:
        connection.create_function("sealed", 2, lambda step, numbers: numbers + _checksum(step, numbers))
        connection.create_function("repeated", 2, lambda numbers, count: numbers * count)
        packed = connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'steps'").fetchone()
        if packed and rng.random() < 0.7:
            statement = PACKED[rng.integers(len(PACKED))].format(t=rng.choice(["steps", "looks", "estimates"]))
        else:
            column = rng.choice(["step", "seconds", "name", "value"])
            statement = STATEMENTS[rng.integers(len(STATEMENTS))].format(c=column)
        connection.executescript(f"PRAGMA ignore_check_constraints = ON; {statement}")


def _checksum(step, numbers):
    return zlib.crc32(numbers, step & 0xFFFFFFFF).to_bytes(4, "little")


def page(path, rng):
    """A database: a page that is another, or whose numbers lead elsewhere, also in circles."""
    data = bytearray(path.read_bytes())
    size = 4096
    first, second = rng.integers(0, max(1, len(data) // size), 2).tolist()
    if rng.random() < 0.3:
        data[first * size : (first + 1) * size] = data[second * size : (second + 1) * size]
    else:
        at = first * size + int(rng.integers(0, 64)) + (100 if first == 0 and rng.random() < 0.5 else 0)
        data[at : at + 4] = struct.pack(">I", int(rng.choice([0, 1, 2, 3, 5, 13, 2**16, 2**31 - 1, 2**32 - 1])))
    path.write_bytes(data)


def header_of_array(path, rng):
    data = path.read_bytes()
    odd = [
        (rb"\(\d+", b"(1000000000000"), (rb"\(\d+", b"(-5"), (rb"\([^)]*\)", b"(" + b"9" * 300 + b",)"), (rb"<f4|\|u1", b"|O"),
        (rb"<f4|\|u1", b"<f8"), (rb"<f4|\|u1", b"<M8"), (rb"False", b"True"), (rb"\([^)]*\)", b"()"), (rb"\([^)]*\)", b"(" * 500),
        (rb"'shape'", b"'shap'"), (rb"\([^)]*\)", b"(1, 2, 3, 4, 5, 6, 7, 8, 9)"), (rb"^.NUMPY", b"\x93NUMPX"), (rb"\{", b"__import__('os')"),
    ]  # fmt: skip
    pattern, by = odd[rng.integers(len(odd))]
    path.write_bytes(re.sub(pattern, lambda _match: by, data, count=1))


def header_of_tensors(path, rng):
    """A safetensors file: its header's keys, shapes, types, places, and how long it says that it is."""
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    body = data[8 + length :]
    if rng.random() < 0.2:
        claimed = int(rng.choice([0, 1, 2**20, 2**32, 2**63 - 1], p=[0.2] * 5))
        path.write_bytes(struct.pack("<Q", claimed) + data[8:])
        return
    header = json.loads(data[8 : 8 + length])
    name = list(header)[rng.integers(len(header))]
    entry = header[name]
    match int(rng.integers(9)):
        case 0:
            header[name + ".x"] = header.pop(name)
        case 1:
            del header[name]
        case 2:
            entry["dtype"] = str(rng.choice(["F64", "BF16", "I64", "BOOL", "U8", "F8_E4M3", "Q9"]))
        case 3:
            entry["shape"] = [[], [0], [2**40], [1, *entry["shape"]], entry["shape"][::-1]][rng.integers(5)]
        case 4:
            start, end = entry["data_offsets"]
            entry["data_offsets"] = [[end, start], [start, end + 4], [0, 2**62], [start - 4, end]][rng.integers(4)]
        case 5:
            header["other"] = dict(entry)
        case 6:
            header = _changed(header, rng)
        case 7:
            header["__metadata__"] = {"x" * 100_000: "y"}
        case _:
            start, end = entry["data_offsets"]
            odd = struct.pack("<f", rng.choice([float("nan"), float("inf"), 1e38, -1.0]))
            body = body[:start] + (odd * ((end - start) // 4 + 1))[: end - start] + body[end:]
    packed = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(packed)) + packed + body)


def pickled(path, rng):
    """The training state of version 0.1.0: its numbers and tensors, their shapes, types and strides."""
    import torch

    state = torch.load(path, weights_only=True)
    torch.save(_other(state, rng, torch), path)


def _other(tree, rng, torch):
    if isinstance(tree, dict) and tree and rng.random() < 0.95:
        key = list(tree)[rng.integers(len(tree))]
        if rng.random() < 0.1:
            del tree[key]
        else:
            tree[key] = _other(tree[key], rng, torch)
        return tree
    if isinstance(tree, list) and tree and rng.random() < 0.9:
        place = int(rng.integers(len(tree)))
        tree[place] = _other(tree[place], rng, torch)
        return tree
    if isinstance(tree, torch.Tensor) and rng.random() < 0.9:
        odd = [
            torch.zeros(1), torch.zeros(()), torch.zeros(0), tree.double() if tree.is_floating_point() else tree.float(),
            tree.flatten()[:1].expand(tree.shape) if tree.numel() and tree.dim() else tree, tree.t() if tree.dim() == 2 else tree[None],
            torch.zeros(1).expand(10**9), tree.to(torch.complex64), tree.to_sparse() if tree.dim() else tree,
            torch.full_like(tree, -1) if tree.dtype != torch.uint8 else torch.full_like(tree, 255),
            torch.full_like(tree, float("nan")) if tree.is_floating_point() else torch.empty_like(tree), tree.bool(),
            torch.quantize_per_tensor(tree.float(), 0.1, 0, torch.quint8) if tree.is_floating_point() else tree,
            torch.empty(3, 3, device="meta"), torch.nested.nested_tensor([torch.zeros(1), torch.zeros(2)]),
        ]  # fmt: skip
        return odd[rng.integers(len(odd))]
    options = [*HUGE, *ODD, torch.zeros(2), "{" * DEEP, "[1e999]", '{"bit_generator": "PCG64"}']
    return options[rng.integers(len(options))]


BY_KIND = {
    ".toml": (text,),
    ".jsonl": (lines,),
    ".json": (values,),
    ".sqlite": (rows, rows, rows, page),
    ".npy": (header_of_array,),
    ".safetensors": (header_of_tensors,),
    ".pt": (pickled,),
}


def damage(run, rng):
    """Damage one file of a run, a random one in a random way; which, and how."""
    files = sorted(path for path in run.rglob("*") if path.is_file())
    # As often as a kind of file is there, and each kind more than that: most files are weights.
    kinds = sorted({path.suffix or path.name for path in files})
    kind = kinds[rng.integers(len(kinds))]
    path = [path for path in files if (path.suffix or path.name) == kind][
        int(rng.integers(sum((path.suffix or path.name) == kind for path in files)))
    ]
    options = BY_KIND.get(path.suffix, ANY) if kind == ".jsonl" or rng.random() < 0.65 else ANY
    how = options[rng.integers(len(options))]
    how(path, rng)
    checkpoint = next((each for each in path.parents if each.parent.name == "checkpoints"), None)
    sealed = checkpoint is not None and path.name != "manifest.json" and rng.random() < 0.6 and reseal(checkpoint)
    return f"{path.relative_to(run)}: {how.__name__}{', sealed again' if sealed else ''}"


def reseal(checkpoint):
    """Have the manifest be of the damaged files, so that what is behind it is tried too; whether there is one."""
    from ganstudio.run import seal

    if not (checkpoint / "manifest.json").is_file():
        return False
    told = json.loads((checkpoint / "manifest.json").read_text())
    files = [path for path in checkpoint.rglob("*") if not path.is_dir()]
    if any(not path.is_file() or path.stat().st_size > 1 << 24 for path in files):
        return False
    with contextlib.suppress(OSError):
        seal(checkpoint, step=told["step"], seconds=told["seconds"])
    return True
