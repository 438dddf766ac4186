"""Chance from a seed: uniform numbers of one stream, and what is made of them."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from math import exp, log
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

T = TypeVar("T")


class Dice:
    """Everything is made of uniform numbers, whose stream NumPy keeps from version to version."""

    def __init__(self, *key: object) -> None:
        digest = blake2b(":".join(map(str, key)).encode(), digest_size=16).digest()
        self._stream = np.random.Generator(np.random.PCG64(int.from_bytes(digest, "big")))

    def row(self, n: int) -> NDArray[np.float64]:
        """n numbers in [0, 1)."""
        return self._stream.random(n)

    def chance(self, p: float) -> bool:
        return bool(self._stream.random() < p)

    def between(self, low: float, high: float) -> float:
        """A number in [low, high), every one as likely."""
        return float(low + (high - low) * self._stream.random())

    def log_between(self, low: float, high: float) -> float:
        """A number in [low, high), every order of magnitude as likely."""
        return exp(self.between(log(low), log(high)))

    def pick(self, items: Sequence[T]) -> T:
        return items[int(self._stream.random() * len(items))]

    def index(self, weights: ArrayLike) -> int:
        """A position drawn by weight; the weights must not all be 0."""
        sums = np.cumsum(np.asarray(weights, dtype=np.float64))
        return int(min(np.searchsorted(sums, self._stream.random() * sums[-1], side="right"), len(sums) - 1))
