"""What is counted of images while they are read."""

import numpy as np
import pytest

from ganstudio.data.files.fingerprint import fingerprint
from ganstudio.data.images.statistics import Shades


@pytest.mark.parametrize("shape", [(1, 1, 1, 1), (3, 1, 5, 5), (4, 3, 8, 8), (7, 3, 3, 3)])
def test_shades_are_counted_one_by_one_whatever_their_number(shape):
    images = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    images.flat[0] = 255
    shades = Shades()
    for part in (images[:1], images[1:]):
        if len(part):
            shades.add(part)
    counted = [[int((images[:, channel] == shade).sum()) for shade in range(256)] for channel in range(shape[1])]
    np.testing.assert_array_equal(shades.histogram, counted)
    mean = np.rint(images.astype(np.float64).mean(axis=0)).astype(np.uint8).transpose(1, 2, 0)
    np.testing.assert_array_equal(shades.mean, mean)


@pytest.mark.parametrize("length", [0, 1, 2**18 - 1, 2**18, 3 * 2**18 + 5])
def test_every_byte_of_a_file_counts_where_it_is_short(tmp_path, length):
    data = bytearray(np.random.default_rng(0).integers(0, 256, length, np.uint8).tobytes())
    (tmp_path / "a").write_bytes(data)
    (tmp_path / "b").write_bytes(data)
    assert fingerprint(tmp_path / "a") == fingerprint(tmp_path / "b")
    for place in {0, length // 2, length - 1} if length else set():
        changed = data.copy()
        changed[place] ^= 1
        (tmp_path / "b").write_bytes(changed)
        assert fingerprint(tmp_path / "a") != fingerprint(tmp_path / "b")


def test_the_fingerprint_of_a_file_is_what_it_was(tmp_path):
    (tmp_path / "a").write_bytes(bytes(range(256)) * 2_000)
    assert fingerprint(tmp_path / "a") == "9ec202e3cee8fb9df2c2fc1213c7825776f1870d"
