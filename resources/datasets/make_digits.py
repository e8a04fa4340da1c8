"""Makes digits.npz from the digits that scikit-learn bundles: python resources/datasets/make_digits.py."""

from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

if __name__ == "__main__":
    digits = load_digits()
    images = np.rint(digits.images * (255 / 16)).astype(np.uint8)
    labels = digits.target.astype(np.uint8)
    np.savez_compressed(Path(__file__).with_name("digits.npz"), images=images, labels=labels)
