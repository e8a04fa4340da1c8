"""Reading for a window: errands in, answers out, the newest wins, and what was forgotten ends."""

import threading

import numpy as np
import pytest
from PIL import Image

from ganstudio.data.reading import host as hosts
from ganstudio.data.reading import reading
from ganstudio.data.reading.errands import (
    Carded,
    Forget,
    Pictured,
    Preview,
    Previewed,
    Progressed,
    Quit,
    Read,
    Refused,
    Show,
)
from ganstudio.data.reading.errands import Source as From
from ganstudio.experiment import GlyphsSpec, ImagesSpec, RingSpec


class Answers:
    """A host in a thread, and what it answers."""

    def __init__(self):
        self.all = []
        self._gate = threading.Condition()
        self.host = hosts.Host(self._take)
        self._thread = threading.Thread(target=self.host.run)
        self._thread.start()

    def _take(self, answer):
        with self._gate:
            self.all.append(answer)
            self._gate.notify()

    def next(self, kind, **fields):
        """The first answer of a kind, with these values, that has come or comes."""

        return self._wait(
            lambda one: isinstance(one, kind) and all(getattr(one, key) == value for key, value in fields.items())
        )

    def _wait(self, wanted):
        def found():
            return next((one for one in self.all if wanted(one)), None)

        with self._gate:
            assert self._gate.wait_for(lambda: found() is not None, 20), f"it did not come: {self.all}"
            return found()

    def complete(self, request=1):
        """The card of a source that was read to its end."""
        return self._wait(lambda one: isinstance(one, Carded) and one.request == request and one.card.complete).card

    def close(self):
        self.host.send(Quit())
        self._thread.join(20)
        assert not self._thread.is_alive()


@pytest.fixture
def answers():
    made = Answers()
    yield made
    made.close()


@pytest.fixture
def pictures(tmp_path):
    """Grey images of 8 x 8, each of the shade that its name tells."""
    folder = tmp_path / "shades"
    folder.mkdir()
    for shade in range(30):
        pixels = np.full((8, 8), 8 * shade, np.uint8)
        pixels[0, 0] = 255
        Image.fromarray(pixels).save(folder / f"{shade:02d}.png")
    return folder


def test_a_source_is_read_with_pictures_and_a_card(answers, pictures):
    answers.host.send(Read(request=1, source=From(paths=(pictures,))))
    card = answers.complete()
    assert (card.name, card.count, card.complete) == ("shades", 30, True)
    told = [one for one in answers.all if isinstance(one, Pictured)]
    assert sum(len(one.images) for one in told) == 30
    assert told[0].names[:2] == ("00.png", "01.png")
    assert told[0].images[3, 40, 40].tolist() == [24, 24, 24]
    last = max(index for index, one in enumerate(answers.all) if isinstance(one, Carded))
    assert answers.all.index(told[-1]) < last
    assert any(isinstance(one, Progressed) for one in answers.all)


def test_pictures_are_shown_in_the_order_that_they_were_read_in(answers, pictures):
    """Also where those that are held out stand behind the others."""
    spec = ImagesSpec(path=str(pictures), size=8, held_out=10)
    answers.host.send(Read(request=1, source=From(paths=(pictures,)), spec=spec))
    answers.complete()
    answers.host.send(Show(request=1, first=5, count=100))
    shown = answers.next(Pictured)
    assert shown.first == 5
    assert shown.images[:, 40, 40, 0].tolist() == [8 * shade for shade in range(5, 30)]


def test_what_was_read_before_is_not_shown(answers, pictures):
    answers.host.send(Read(request=1, source=From(paths=(pictures,))))
    answers.complete()
    answers.host.send(Read(request=2, source=From(spec=GlyphsSpec(count=20, held_out=0))))
    answers.complete(2)
    answers.host.send(Show(request=1, first=0, count=5))
    answers.host.send(Show(request=2, first=0, count=5))
    assert answers.next(Pictured, request=2).images.shape == (5, 48, 48, 3)
    assert not [one for one in answers.all if isinstance(one, Pictured) and one.request == 1 and not one.names]


@pytest.mark.parametrize("newer", [Forget(), Read(request=2, source=From(spec=RingSpec()))])
def test_reading_ends_when_it_is_not_wanted_any_more(answers, pictures, monkeypatch, newer):
    begun, whole = threading.Event(), reading.read

    def forever(path, spec=None, *, watch):
        if spec is not None:
            return whole(path, spec, watch=watch)
        while True:
            watch.progress(1, 2)
            begun.set()

    monkeypatch.setattr(reading, "read", forever)
    answers.host.send(Read(request=1, source=From(paths=(pictures,))))
    assert begun.wait(20)
    answers.host.send(newer)
    if isinstance(newer, Read):
        assert answers.complete(2).kind == "density"
    answers.close()
    assert not [one for one in answers.all if isinstance(one, Carded | Refused) and one.request == 1]


def test_the_newest_preview_is_answered(answers, pictures, monkeypatch):
    held, whole, asked = threading.Event(), reading.preview, []

    def slowly(path, spec, count):
        asked.append(spec.size)
        assert held.wait(20)
        return whole(path, spec, count)

    monkeypatch.setattr(reading, "preview", slowly)
    source = From(paths=(pictures,))
    for request, size in enumerate((8, 9, 10, 11), start=1):
        answers.host.send(Preview(request=request, source=source, spec=ImagesSpec(path=str(pictures), size=size)))
    held.set()
    assert answers.next(Previewed, request=4).images.shape == (12, 11, 11, 1)
    assert asked[-1] == 11
    assert len(asked) <= 2


def test_why_nothing_can_be_made_of_it(answers, tmp_path):
    gone = tmp_path / "gone.png"
    answers.host.send(Read(request=1, source=From(paths=(gone,))))
    assert "gone.png" in answers.next(Refused, request=1).why
    spec = ImagesSpec(path=str(gone))
    answers.host.send(Preview(request=2, source=From(paths=(gone,)), spec=spec))
    previewed = answers.next(Previewed, request=2)
    assert previewed.images is None
    assert "gone.png" in previewed.why


def test_no_more_glyphs_are_drawn_than_are_previewed(answers):
    spec = GlyphsSpec(size=12, count=200_000)
    answers.host.send(Preview(request=1, source=From(spec=spec), spec=spec))
    assert answers.next(Previewed).images.shape == (12, 12, 12, 1)


def test_a_table_tells_what_its_columns_are_called(answers, tmp_path):
    path = tmp_path / "walk.csv"
    path.write_text("time, x,y\n1,2,3\n4,5,6\n", encoding="utf-8")
    answers.host.send(Read(request=1, source=From(paths=(path,))))
    assert answers.next(Carded).columns == ("time", "x", "y")
    path.write_text("1,2,3\n4,5,6\n", encoding="utf-8")
    answers.host.send(Read(request=2, source=From(paths=(path,))))
    assert answers.next(Carded, request=2).columns == ("", "", "")
