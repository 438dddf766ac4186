"""What a condition does not mention it borrows from the conditions most like it.

Nobody writes down all that an illness can show: 1,230 conditions mention some 30 of 2,725 findings each. What is not
mentioned was as common as in anybody, so that one forgotten number could rule an illness out against its neighbour.
Conditions that share much of what they do mention share much of the rest too (shrinkage towards neighbours, as in
k-nearest-neighbour smoothing of sparse tables; Good 1965, The Estimation of Probabilities).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.float64]
NEIGHBOURS = 8
"""Conditions that are borrowed from."""
LEAST_SIMILAR = 0.2
"""Cosine of the weights of evidence from which a condition is a neighbour."""
BORROWED = 0.7
"""Exponent of the neighbours' mean ratio over the base rate. All of these are measured in docs/benchmarks.md."""
MOST = 0.3
"""P(finding | condition) that is borrowed at most."""
TELLING, STRONGEST = 0.26, 4.0
"""Log ratios over the base rate that count, and where they are cut."""


def borrowed(
    likelihood: Table, base: Table, parent: NDArray[np.int32], mentioned: NDArray[np.bool_]
) -> Table:
    """`likelihood` (D, F) with more where `mentioned` (D, F) is False; nothing is lowered and no child above its parent."""
    weights = np.log(np.maximum(likelihood, 1e-6) / np.maximum(base, 1e-5))
    weights = np.where(weights < TELLING, 0.0, np.minimum(weights, STRONGEST))
    mean = _of_neighbours(weights) @ weights
    lent = np.minimum(base * np.exp(BORROWED * mean), MOST)
    out = np.where(mentioned | (weights > 0), likelihood, np.maximum(likelihood, lent))
    for finding in _parents_first(parent):
        above = parent[finding]
        out[:, finding] = np.minimum(out[:, finding], np.maximum(out[:, above], likelihood[:, finding]))
    return out


def _of_neighbours(weights: Table) -> Table:
    """(D, D): the share of each condition in what another borrows; rows sum to at most 1, less for distant neighbours."""
    length = np.maximum(np.linalg.norm(weights, axis=1, keepdims=True), 1e-9)
    alike = (weights / length) @ (weights / length).T
    np.fill_diagonal(alike, 0.0)
    alike[alike < LEAST_SIMILAR] = 0.0
    if len(alike) > NEIGHBOURS:
        alike[alike < np.partition(alike, -NEIGHBOURS, axis=1)[:, [-NEIGHBOURS]]] = 0.0
    total = alike.sum(axis=1, keepdims=True)
    near = np.minimum(1.5 * alike.max(axis=1, keepdims=True), 1.0)
    return np.asarray(np.where(total > 0, alike / np.maximum(total, 1e-9) * near, 0.0))


def _parents_first(parent: NDArray[np.int32]) -> list[int]:
    """Findings that have a parent, each after its own."""
    depth = np.zeros(len(parent), int)
    for finding in range(len(parent)):
        above = parent[finding]
        while above >= 0:
            depth[finding] += 1
            above = parent[above]
    return [int(f) for f in np.argsort(depth, kind="stable") if parent[f] >= 0]
