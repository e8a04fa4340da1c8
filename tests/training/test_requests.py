"""What waits to be seen out of turn: the newest of each kind, in order, and what is answered again."""

from pathlib import Path

import numpy as np
import pytest

from ganstudio.training.messages import Enlarge, FindDirections, FindLatents, Inspect, RenderLatent, Revisit, Walk
from ganstudio.training.pictures.requests import ANSWERS, FOLLOWING, REQUESTS, Requests

LATENTS = np.zeros((1, 2), np.float32)


@pytest.fixture
def requests() -> Requests:
    return Requests()


def render(number: int) -> RenderLatent:
    return RenderLatent(request=number, latents=LATENTS)


def test_the_newest_of_each_kind_waits_and_what_follows_a_hand_goes_first(requests: Requests) -> None:
    picture = np.zeros((2, 2, 1), np.uint8)
    inspect, walk = Inspect(request=1, samples=LATENTS), Walk(request=2, latents=LATENTS)
    for each in (Enlarge(request=3, picture=picture), inspect, walk, render(4), render(5)):
        requests.put(each)
    taken = [requests.take(*REQUESTS) for _ in range(5)]
    assert [type(each) for each in taken] == [RenderLatent, Walk, Inspect, Enlarge, type(None)]
    assert taken[0] is not None
    assert taken[0].request == 5


def test_one_kind_is_taken_past_the_others(requests: Requests) -> None:
    requests.put(Revisit(request=1, run=Path("run")))
    assert requests.take(RenderLatent) is None
    requests.put(walk := Walk(request=2, latents=LATENTS))
    assert requests.take(Walk) is walk
    assert isinstance(requests.take(*REQUESTS), Revisit)


def test_the_last_answered_is_answered_again_until_another_comes(requests: Requests) -> None:
    requests.put(first := render(1))
    assert requests.take(*REQUESTS) is first
    requests.answered(first)
    assert requests.again(RenderLatent) is first
    requests.put(second := render(2))
    assert requests.again(RenderLatent) is None
    requests.answered(first)  # its answer came while the second waits, which is to be answered next
    assert requests.again(RenderLatent) is None
    assert requests.take(*REQUESTS) is second
    requests.answered(second)
    requests.clear()
    assert (requests.again(RenderLatent), requests.take(*REQUESTS)) == (None, None)


def test_each_kind_has_its_turn_and_an_answer_or_work_of_its_own() -> None:
    assert set(REQUESTS) - ANSWERS.keys() == {Revisit, FindDirections, FindLatents}
    assert set(FOLLOWING) <= set(REQUESTS)
