"""How many records a search finds, remembered until some record changes.

A client that pages asks the same again and again, and counting is the dear part of it.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

MOST = 512
"""Searches remembered."""


class Totals:
    """Remembers totals."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[Hashable, tuple[int, int]] = OrderedDict()

    def of(self, question: Hashable, generation: int, count: Callable[[], int]) -> int:
        """The total of a question as the records stand, counted when it is not known."""
        with self._lock:
            known = self._known.get(question)
        if known is not None and known[0] == generation:
            return known[1]
        total = count()
        with self._lock:
            self._known[question] = (generation, total)
            self._known.move_to_end(question)
            if len(self._known) > MOST:
                self._known.popitem(last=False)
        return total
