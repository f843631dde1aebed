"""How much one query may read and hold: charged before the work is done, so that no query blocks a drill."""

from sim.bridge.promql.parse import QueryError

VALUES_MAX = 20_000_000
"""Values that a query may take from series and hand from one part of it to the next; an assumption: about a
second, and 200 MB."""
ELEMENT_VALUES = 300
"""What an element costs beside its values, for its labels, in values; an assumption from measuring."""


class Budget:
    """What is left for one query."""

    def __init__(self, values: int = VALUES_MAX) -> None:
        self._left = values

    def take(self, elements: int, steps: int) -> None:
        """Charge elements with a value at each step. Raises QueryError once there is no more."""
        self._left -= elements * (steps + ELEMENT_VALUES)
        if self._left < 0:
            raise QueryError(
                "query processing would load too many samples into memory in query execution", "execution"
            )
