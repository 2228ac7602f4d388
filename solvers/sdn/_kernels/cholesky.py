"""Cholesky factors of a symmetric matrix that is held in its upper half, in slices.

A library would do it as well, but with threads of its own, with digits that depend on the machine,
and in one call however large the matrix is.
"""

import numpy as np

from netroute.core.jit import kernel

BLOCK = 8
"""Rows that are eliminated together, which spares loads of the others."""


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _subtract(flat, size, i, k):
    """Subtract from row ``i`` what the `BLOCK` rows from ``k`` on have there."""
    at = i * size
    r0 = k * size
    r1 = r0 + size
    r2 = r1 + size
    r3 = r2 + size
    r4 = r3 + size
    r5 = r4 + size
    r6 = r5 + size
    r7 = r6 + size
    f0, f1, f2, f3 = flat[r0 + i], flat[r1 + i], flat[r2 + i], flat[r3 + i]
    f4, f5, f6, f7 = flat[r4 + i], flat[r5 + i], flat[r6 + i], flat[r7 + i]
    for j in range(i, size):
        flat[at + j] -= (
            (f0 * flat[r0 + j] + f1 * flat[r1 + j]) + (f2 * flat[r2 + j] + f3 * flat[r3 + j])
        ) + ((f4 * flat[r4 + j] + f5 * flat[r5 + j]) + (f6 * flat[r6 + j] + f7 * flat[r7 + j]))


@kernel(_nrt=False)
def factor(flat, size, first, last):
    """Eliminate the rows ``first`` to ``last - 1``; return whether their pivots were positive.

    ``flat`` is the matrix A row by row, of which the upper half counts; when all rows are
    eliminated it holds U with A = U' U. ``first`` is a multiple of `BLOCK`, ``size`` a uint64.
    """
    k = np.uint64(first)
    while k < np.uint64(last):
        end = min(k + np.uint64(BLOCK), np.uint64(last))
        for pivot in range(k, end):
            at = pivot * size
            square = flat[at + pivot]
            if not square > 0.0:
                return False
            scale = 1.0 / np.sqrt(square)
            for j in range(pivot, size):
                flat[at + j] *= scale
            for i in range(pivot + np.uint64(1), end):
                part = flat[at + i]
                row = i * size
                for j in range(i, size):
                    flat[row + j] -= part * flat[at + j]
        if end < size:
            # Only the last block of all may be shorter, and it leaves no rows behind.
            for i in range(end, size):
                _subtract(flat, size, i, k)
        k = end
    return True


@kernel(_nrt=False)
def solve(flat, size, right):
    """Solve U' U x = ``right`` in place."""
    for k in range(np.uint64(0), size):
        at = k * size
        value = right[k] / flat[at + k]
        right[k] = value
        for j in range(k + np.uint64(1), size):
            right[j] -= value * flat[at + j]
    for back in range(np.uint64(0), size):
        k = size - np.uint64(1) - back
        at = k * size
        total = right[k]
        for j in range(k + np.uint64(1), size):
            total -= flat[at + j] * right[j]
        right[k] = total / flat[at + k]
