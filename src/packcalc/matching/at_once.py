"""Doing one task for several items at once; the answers come in the order of the items."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")
WORTH_THREADS = 100_000  # cells; NumPy lets go of the interpreter while it works on many


def each(task: Callable[[Item], Answer], items: Sequence[Item], at_once: int) -> list[Answer]:
    """Do a task for each item, some at once; the answers in the order of the items."""
    if min(at_once, len(items)) < 2:
        return [task(item) for item in items]
    with ThreadPoolExecutor(min(at_once, len(items))) as pool:
        return list(pool.map(task, items))


def threads_for(count: int, threads: int | None) -> int:
    """How many threads are worth having for so many cells, of those that are allowed."""
    return 1 if count < WORTH_THREADS else threads or os.cpu_count() or 1
