"""What is worked out of frozen snapshots, kept as long as they are the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Derived(Generic[Value]):
    """The value last worked out; it holds while it is asked for with the same objects."""

    def __init__(self) -> None:
        self._kept: tuple[tuple[object, ...], Value] | None = None

    def of(self, snapshots: tuple[object, ...], work_out: Callable[[], Value]) -> Value:
        """The value of ``snapshots``. They are told apart as objects: comparing them would cost more than is saved."""
        if self._kept is not None:
            former, value = self._kept
            if len(former) == len(snapshots) and all(map(lambda one, other: one is other, former, snapshots)):
                return value
        value = work_out()
        self._kept = snapshots, value
        return value
