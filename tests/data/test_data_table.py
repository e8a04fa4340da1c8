"""Points from text files, however they are written."""

import re

import numpy as np
import pytest

from ganstudio.data import DatasetError, build_dataset, skips
from ganstudio.data.errors import Undecided
from ganstudio.data.files import lines, numerals
from ganstudio.experiment import TableSpec

POINTS = [(0.5, 1.25), (-2.0, 3.5), (4.0, -1e-3)]


def load(tmp_path, text, name="a.csv", encoding="utf-8", **options):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return build_dataset(TableSpec(path=str(path), **options))


def points(dataset):
    drawn = dataset.modality.to_people(dataset.draw(400, np.random.default_rng(0))).astype(np.float64)
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


def test_columns_are_told_by_their_names(tmp_path):
    text = "Länge;Höhe (m);Art\n" + "".join(f"{x},5;{x * x};{'süd' if x < 3 else 'nord'}\n" for x in range(8))
    source = load(tmp_path, text, "points.csv").source
    columns = 'column 0 "Länge" and column 1 "Höhe (m)", parted by semicolons, 2 classes by column 2 "Art"'
    assert source == f"8 points of points.csv, {columns}"


@pytest.mark.parametrize(
    ("fields", "numbers"),
    [
        ('"$1,234.50"', 1234.5), ("-$3", -3), ("$-3.5", -3.5), ("(£20.25)", -20.25), ("€ 0.5", 0.5), ("12 %", 12),
        ("12.5%", 12.5), ("USD 7", 7), ("7 EUR", 7), ("\u22124.5", -4.5), ("R$ 8.1", 8.1),
        ("9 kr", 9), ("(3.20)", -3.2), ("17.5\u00b0", 17.5),
    ],
)  # fmt: skip
def test_signs_of_currency_and_per_cent_are_no_part_of_a_number(tmp_path, fields, numbers):
    text = "price,other\n" + "".join(f"{fields},{index}.5\n" for index in (3, 7, 9))
    dataset = load(tmp_path, text)
    assert points(dataset) == {(numbers, index + 0.5) for index in (3, 7, 9)}
    assert any("signs of currency, per cent and degrees are left out" in note for note in dataset.notes)


def test_amounts_as_they_are_written_on_the_continent(tmp_path):
    text = "Preis;Anteil\n1.234,50 €;12,5 %\n22,00 €;0,5 %\n1.000.000,00 €;7 %\n"
    assert points(load(tmp_path, text)) == {(1234.5, 12.5), (22.0, 0.5), (1e6, 7.0)}


def test_fortrans_double_precision_is_read(tmp_path):
    assert points(load(tmp_path, "  0.5D+01  1.25D-02\n -2.0d0 35D-1\n 4.D0 -1d1\n")) == {
        (5.0, 0.0125),
        (-2.0, 3.5),
        (4.0, -10.0),
    }


@pytest.mark.parametrize("word", ["$", "%", "($5", "5$6", "a5%", "--5%", "(-5%)x", "$ USD", "1-2"])
def test_words_with_such_signs_are_no_numbers(word):
    assert numerals.ANY.number(word) is None


def test_columns_can_be_chosen(tmp_path):
    text = "t,x,y\n9,0.5,1.25\n8,-2,3.5\n7,4,-1e-3\n"
    assert points(load(tmp_path, text)) == points(load(tmp_path, text, columns=(1, 2))) == set(POINTS)
    assert (9.0, 0.5) in points(load(tmp_path, text, columns=(0, 1)))
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


# --- which columns, and how they are written --------------------------------------------------------------------------

ROWS = [(round(float(x), 3), round(float(y), 3)) for x, y in np.random.default_rng(0).normal(size=(60, 2))]


def rows(form, header=""):
    """A table of the points: form is asked for each of them, with its number."""
    return "\n".join([*([header] if header else []), *(form(i, x, y) for i, (x, y) in enumerate(ROWS))])


def is_read(dataset, wanted=None):
    found = dataset.modality.to_people(dataset.at(np.arange(dataset.count)))
    return np.allclose(found, ROWS if wanted is None else wanted, atol=1e-4, rtol=1e-5)


def told(dataset):
    return " | ".join(dataset.notes)


@pytest.mark.parametrize(
    ("header", "note"),
    [
        ("0,1", "its first line, 0, 1, is taken for a header, as it alone is of whole numbers; header=no takes it"),
        ("60,2,ash,birch", "as words stand where no column is"),
        ("1,length", "as words stand where numbers follow"),
        ("2019,2020", "as it alone is of whole numbers"),
        ("x,y", ""),
        ("", ""),
    ],
)
def test_a_header_may_begin_with_a_number_or_be_of_numbers(tmp_path, header, note):
    text = rows(lambda i, x, y: f"{x},{y}", header)
    dataset = load(tmp_path, text)
    assert is_read(dataset)
    assert note in told(dataset)
    if header == "0,1":
        assert load(tmp_path, text, header="no").count == 61
    assert load(tmp_path, text, header="yes").count == (60 if header else 59)


def test_a_first_line_of_0_and_1_may_be_data_and_is_told(tmp_path):
    dataset = load(tmp_path, "0,1\n" + "\n".join(f"{i % 7},{i % 5}" for i in range(40)))
    assert dataset.count == 41
    assert "its first line, 0, 1, is taken for data like the others; header=yes" in told(dataset)


@pytest.mark.parametrize(
    ("header", "form"),
    [
        ("Id,length,width", "{i},{x},{y}"),
        ("Unnamed: 0,x,y", "{i},{x},{y}"),
        (",length,width", "{i},{x},{y}"),
        ("", "{i},{x},{y}"),
        ("", "{next}\t{x}\t{y}"),
        ("length width", "{next} {x} {y}"),  # as R writes it
        ("patient_id,a,b", "{shuffled},{x},{y}"),
        ("a,b,No.", "{x},{y},{next}"),
        ("step,a,b", "{half},{x},{y}"),
        ("t,weight,x,y", "{half},{few},{x},{y}"),
        ("y,z,x", "{y},{few},{x}"),
        ("lat,lon,height", "{y},{x},{few}"),
        ("pos_y,pos_z,pos_x", "{y},{few},{x}"),
        ("posY,posZ,posX", "{y},{few},{x}"),
        ("h,ymin,xmin", "{few},{y},{x}"),
        ("高度,y坐标,x坐标", "{few},{y},{x}"),
        ('"x" "y"', '"{next}" {x} {y}'),
        ("date,a,b", "2020-01-0{one},{x},{y}"),
    ],
)
def test_which_columns_are_the_points(tmp_path, header, form):
    def line(i, x, y):
        fields = {"next": i + 1, "shuffled": i * 37 % 1000 + 5, "half": i * 0.5, "few": i % 7 + 0.25, "one": i % 9 + 1}
        return form.format(i=i, x=x, y=y, **fields)

    dataset = load(tmp_path, rows(line, header))
    assert is_read(dataset)
    assert "left out: " in told(dataset)


@pytest.mark.parametrize(
    ("before", "passed_over"),
    [
        ("Measurements of 2020\nx,y\n", "1 line before the table is passed over"),
        ("Measurements of 2020,\n,\nx,y\n", "2 lines before the table are passed over"),
        ("60\n", "1 line before the table is passed over"),
        ("sep=,\nx,y\n", "1 line before the table is passed over"),
        ("# y,x\n", ""),
        ("% made by hand\n", ""),
    ],
)
def test_lines_before_the_table(tmp_path, before, passed_over):
    dataset = load(tmp_path, before + rows(lambda i, x, y: f"{x},{y}"))
    wanted = [(y, x) for x, y in ROWS] if "y,x" in before else ROWS  # the comment names the columns
    assert is_read(dataset, wanted)
    assert dataset.skipped == ()
    assert passed_over in told(dataset)


def test_a_column_of_one_value_is_no_coordinate(tmp_path):
    dataset = load(tmp_path, rows(lambda i, x, y: f"7,{x},{y}"))
    assert is_read(dataset)
    assert "left out: column 0 of one value" in told(dataset)


def test_a_column_that_counts_the_lines_beside_one_other_is_asked(tmp_path):
    with pytest.raises(
        Undecided, match=r"column 1 \"y\", beside column 0 \"x\", which only numbers the lines"
    ) as asked:
        load(tmp_path, rows(lambda i, x, y: f"{i},{y}", "x,y"))
    assert asked.value.options == ({"columns": (0, 1)},)
    assert load(tmp_path, rows(lambda i, x, y: f"{i},{y}", "x,y"), columns=(0, 1)).count == 60


def test_two_of_many_columns_are_asked_for(tmp_path):
    text = rows(lambda i, x, y: ",".join(f"{x * k + y:.3f}" for k in range(30)))
    with pytest.raises(
        Undecided, match=r"has 30 columns of numbers, and nothing tells which two.*dataset.columns=\[0,1\]"
    ):
        load(tmp_path, text)
    assert load(tmp_path, text, columns=(3, 7)).count == 60


@pytest.mark.parametrize(
    ("header", "form", "classes"),
    [
        ("", "{x},{y},{k}", "012"),
        ("", "{k},{x},{y}", "012"),
        ("a,b,c", "{x},{y},{k}", "012"),
        ("60,2,ash,birch,cedar", "{x},{y},{k}", "012"),
        ("f0,f1,class_label", "{x},{y},{k}.0", "012"),
        ("a,label,b", "{x},{word},{y}", "abc"),
        ("name,a,b,group", "n{i},{x},{y},{word}", "abc"),
        ("x,y,label", "{x},{y},{some}", "ab"),
    ],
)
def test_which_column_is_the_class(tmp_path, header, form, classes):
    def line(i, x, y):
        some = ("", "NA", "a", "b", "a", "b")[i % 6]
        return form.format(i=i, x=x, y=y, k=i % 3, word="abc"[i % 3], some=some)

    dataset = load(tmp_path, rows(line, header))
    assert dataset.classes == tuple(classes)
    if classes == "ab":
        assert (dataset.count, dataset.skipped_count) == (40, 20)
        assert dataset.skipped[0].reason == "has no label in column 2"
        assert is_read(dataset, [one for i, one in enumerate(ROWS) if i % 6 > 1])
        assert load(tmp_path, rows(line, header), labels=-1).count == 60
    else:
        assert is_read(dataset)
        assert dataset.labels.tolist() == [i % 3 for i in range(60)]


def test_no_two_labels_become_one(tmp_path):
    long = "a" * 200
    for words in (("1", "01"), ("1", "1.0"), (long + "b", long + "c"), ("A", "a"), ("\u00e9", "e\u0301")):
        dataset = load(tmp_path, rows(lambda i, x, y, words=words: f"{x},{y},{words[i % 2]}", "x,y,label"))
        assert np.bincount(dataset.labels).tolist() == [30, 30]


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("gbk", "猫 狗 鸟 鱼"),
        ("gbk", "苹果 香蕉 梨"),
        ("shift_jis", "ねこ いぬ とり"),
        ("shift_jis", "ネコ イヌ"),
        ("cp1252", "Größe Grüße klein"),
        ("cp1252", "café thé"),
        ("cp1251", "кошка собака"),
        ("cp1250", "żółty błękitny"),
        ("euc-kr", "고양이 강아지 새"),
        ("big5", "貓 狗 鳥 魚"),
        ("utf-8", "猫 Größe"),
        ("utf-16", "猫 Größe"),
        ("utf-16-le", "猫 Größe"),
        ("utf-16-be", "猫 Größe"),
    ],
)
def test_labels_in_any_encoding(tmp_path, encoding, words):
    words = words.split()
    text = rows(lambda i, x, y: f"{x};{y};{words[i % len(words)]}", "x;y;label")
    dataset = load(tmp_path, text, encoding=encoding)
    assert [dataset.classes[label] for label in dataset.labels] == [words[i % len(words)] for i in range(60)]
    assert ("is no UTF-8" in told(dataset)) == (not encoding.startswith("utf"))


def test_a_damaged_byte_makes_no_other_encoding(tmp_path):
    text = rows(lambda i, x, y: f"{x},{y},{'éè'[i % 2]}", "x,y,label").encode()
    (tmp_path / "a.csv").write_bytes(text.replace("è".encode(), b"\xc3", 1))
    dataset = build_dataset(TableSpec(path=str(tmp_path / "a.csv")))
    assert dict(zip(dataset.classes, np.bincount(dataset.labels), strict=True)) == {"é": 30, "è": 29, "\\xc3": 1}


def test_an_encoding_can_be_chosen_and_keeps_what_it_cannot_spell(tmp_path):
    text = rows(lambda i, x, y: f"{x},{y},{'猫狗鸟'[i % 3]}", "x,y,label")
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode("gbk"))
    for encoding in ("cp1252", "utf-8", "latin-1", "euc-kr", "shift_jis"):
        dataset = build_dataset(TableSpec(path=str(path), encoding=encoding))
        assert np.bincount(dataset.labels).tolist() == [20, 20, 20]
    assert "as was chosen" in told(dataset)


@pytest.mark.parametrize(
    ("form", "header", "scale"),
    [
        ('"{x:,.1f}","{y:,.1f}"', "x,y", 1e4),
        ('"{x:,.0f}","{y:,.0f}"', "x,y", 1e6),
        ("{x:,.2f};{y:,.2f}", "x;y", 1e4),
        ("{x:,.2f}\t{y:,.2f}", "", 1e4),
        ("{x:,.2f}|{y:,.2f}", "", 1e4),
    ],
)
@pytest.mark.parametrize("german", [False, True])
def test_thousands_may_be_parted(tmp_path, form, header, scale, german):
    wanted = [(round(x * scale + 5 * scale, 1), round(y * scale + 5 * scale, 1)) for x, y in ROWS]
    lines = [form.format(x=x, y=y) for x, y in wanted]
    if german:
        table = str.maketrans(",.", ".,")
        lines = [re.sub(r"\d[\d.,]*", lambda one: one[0].translate(table), line) for line in lines]
    dataset = load(tmp_path, "\n".join([*([header] if header else []), *lines]))
    wanted = np.rint(wanted) if ".0f" in form else wanted
    assert is_read(dataset, wanted)


def test_points_between_thousands_are_none_before_decimals(tmp_path):
    wanted = [(round(1e6 + x * 1e5), round(5e4 + 1e4 * y)) for x, y in ROWS]
    text = "\n".join(f"{x:,};{y:,}".replace(",", ".") for x, y in wanted)
    assert is_read(load(tmp_path, text), wanted)


def test_decimals_of_three_digits_are_told(tmp_path):
    form = "{x:.3f};{y:.3f}"
    text = rows(lambda i, x, y: form.format(x=x + 9, y=y + 9)).replace(".", ",")
    dataset = load(tmp_path, text)
    assert is_read(dataset, np.add(ROWS, 9))
    assert "could be thousands; decimal chooses so" in told(dataset)
    assert load(tmp_path, text, decimal="point").modality.centre[0] > 5_000


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "Date,Price\n2020-01-01,0.5\n2020-02-01,0.6\n",
            r'has one column of numbers, column 1 "Price" \(column 0 "Date" holds dates such as "2020-01-01"\); points',
        ),
        ("name,city\nann,rome\nbob,oslo\n", r'no numbers \(column 0 "name" holds words such as "ann"; column 1'),
        ("x\n1.5\n2.5\n", 'has one column of numbers, column 0 "x"; points of'),
    ],
)
def test_what_a_table_without_points_holds_is_told(tmp_path, text, message):
    with pytest.raises(DatasetError, match=message):
        load(tmp_path, text)
