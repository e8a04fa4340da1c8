"""Points from text files, however they are written."""

import numpy as np
import pytest

from ganstudio.data import DatasetError, build_dataset, skips
from ganstudio.data.files import lines
from ganstudio.experiment import TableSpec

POINTS = [(0.5, 1.25), (-2.0, 3.5), (4.0, -1e-3)]


def load(tmp_path, text, name="a.csv", encoding="utf-8", **options):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return build_dataset(TableSpec(path=str(path), **options))


def points(dataset):
    drawn = dataset.to_data(dataset.draw(400, np.random.default_rng(0))).astype(np.float64)
    return {tuple(point) for point in drawn.round(4)}


@pytest.mark.parametrize(
    "text",
    [
        "0.5,1.25\n-2,3.5\n4,-1e-3\n",
        "x,y\r\n0.5,1.25\r\n-2,3.5\r\n4,-1e-3",
        "0.5;1.25\n-2;3.5\n4;-1e-3\n",
        "x;y\n0,5;1,25\n-2;3,5\n4;-0,001\n",
        "0.5\t1.25\n-2\t3.5\n4\t-1e-3\n",
        "0,5\t1,25\n-2,0\t3,5\n4,0\t-0,001\n",
        "  0.5   1.25\n -2  3.5\n 4 -1e-3\n",
        "0,5 1,25\n-2,0 3,5\n4,0 -0,001\n",
        "0.5, 1.25\n-2, 3.5\n4, -1e-3\n",
        '"x","y"\n"0.5","1.25"\n"-2","3.5"\n"4","-1e-3"\n',
        "# made by hand\n\nx,y\n0.5,1.25\n\n-2,3.5\n4,-1e-3\n\n",
        ",x,y\n0,0.5,1.25\n1,-2,3.5\n2,4,-1e-3\n",
        'name,x,y\n"a, b",0.5,1.25\nc,-2,3.5\nd,4,-1e-3\n',
        "0.5,1.25,9\n-2,3.5,9\n4,-1e-3,9\n",
        "0.5 1.25\r-2 3.5\r4 -1e-3",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_ways_to_write_points(tmp_path, text, encoding):
    dataset = load(tmp_path, text, "点 集.csv", encoding)
    assert dataset.count == 3
    assert points(dataset) == set(POINTS)
    assert dataset.skipped == ()


def test_columns_can_be_chosen(tmp_path):
    text = "t,x,y\n9,0.5,1.25\n8,-2,3.5\n7,4,-1e-3\n"
    assert points(load(tmp_path, text, columns=(1, 2))) == set(POINTS)
    assert (9.0, 0.5) in points(load(tmp_path, text))
    with pytest.raises(DatasetError, match="has no column 7, only 3, counted from 0"):
        load(tmp_path, text, columns=(1, 7))


def test_header_in_another_encoding(tmp_path):
    assert points(load(tmp_path, "größe,länge\n0.5,1.25\n-2,3.5\n4,-1e-3\n", encoding="latin-1")) == set(POINTS)


def test_bad_lines_are_skipped_and_numbered(tmp_path):
    dataset = load(tmp_path, "x,y\n0.5,1.25\nnonsense\n-2,nan\n-2,\n1_0,2\n-2,3.5\ninf,1\n4,-1e-3,7\n")
    assert points(dataset) == set(POINTS)
    assert {one.name: one.reason for one in dataset.skipped} == {
        "line 3": 'has "nonsense" in column 0, "x", which is no number',
        "line 4": 'has nan in column 1, "y", which is not finite',
        "line 5": 'has "" in column 1, "y", which is no number',
        "line 6": 'has "1_0" in column 0, "x", which is no number',
        "line 8": 'has inf in column 0, "x", which is not finite',
    }


def test_many_bad_lines_are_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(skips, "NAMED", 10)
    dataset = load(tmp_path, "1,2\n3,4\n" + "bad,line\n" * 500)
    assert (len(dataset.skipped), dataset.skipped_more, dataset.skipped_count) == (10, 490, 500)
    assert dataset.skipped[0].reason == 'has "bad" in column 0, counted from 0, which is no number'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty; it should hold two columns"),
        ("\n\n", "is empty"),
        ("hello\nworld\n", "has no numbers; points of the plane need two columns"),
        ("1\n2\n3\n", "has one column of numbers; points of the plane need two"),
        ("x,y\n", "has no numbers"),
        ("x,y\nnan,1\ninf,2\n", "holds no point: 2 were skipped: line 2 has nan"),
        ("x,y\n1,2\n", "holds a single point; a GAN needs some that differ"),
        ("x,y\n1,2\n3,four\n", r'needs some that differ \(1 was skipped: line 3 has "four" in column 1, "y", which'),
        ("1,2\n1,2\n", "all \\(nearly\\) the same"),
        ("1e400,2\n1e300,3\n2e300,4", "too large"),
    ],
)
def test_tables_without_points(tmp_path, text, message):
    with pytest.raises(DatasetError, match=message):
        load(tmp_path, text)


def test_files_that_cannot_be_read(tmp_path, monkeypatch):
    with pytest.raises(DatasetError, match="there is nothing at"):
        build_dataset(TableSpec(path=str(tmp_path / "gone.csv")))
    with pytest.raises(DatasetError, match="is a folder, not a file"):
        build_dataset(TableSpec(path=str(tmp_path)))
    monkeypatch.setattr(lines, "MAX_BYTES", 3)
    with pytest.raises(DatasetError, match=r"save it as .npy"):
        load(tmp_path, "1,2\n3,4\n")


def test_a_field_without_end_does_not_stop_the_rest(tmp_path):
    dataset = load(tmp_path, "1,2\n" + '"' + "9" * 200_000 + '",3\n4,5\n')
    assert (dataset.count, dataset.skipped[0].name) == (2, "line 2")
