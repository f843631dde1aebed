"""Simulates years of a team, as many as are asked for or as a precision needs, in one process or in many."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from typing import Any, Protocol

import numpy as np

from sim.errors import PagerDrillError
from sim.oncall.whatif import arrivals, figures, reference
from sim.oncall.whatif.arrivals import Demand
from sim.oncall.whatif.figures import NAMES, Floats, Year
from sim.oncall.whatif.parameters import Response
from sim.oncall.whatif.records import Alerts, Records
from sim.oncall.whatif.table import Table
from sim.oncall.whatif.totals import Totals, total

CHUNK = 10
"""Years that one process plays at a time. Sums are made in this order, whatever the number of processes."""
YEARS_MIN, YEARS_MAX = 20, 100_000


class Engine(Protocol):
    """What plays a year: the reference or the kernel."""

    def __call__(self, table: Table, alerts: Alerts, how: Response) -> Records:
        """Return what happened."""
        ...


@dataclass(frozen=True, slots=True)
class Job:
    """Some years of a team under a policy, by their numbers."""

    table: Table
    demand: Demand
    how: Response
    seed: int
    first: int
    end: int


Mapping = Callable[[Callable[[Job], Any], Iterable[Job]], Iterator[Any]]
"""Applies a function to jobs and yields the results in their order."""


@lru_cache(maxsize=1)
def engine() -> Engine:
    """Return the compiled kernel where numba is installed, else the SimPy model."""
    if find_spec("numba") is None:
        return reference.simulate
    from sim.oncall.whatif import kernel  # noqa: PLC0415 - it takes half a second, and needs an extra

    return kernel.simulate


def years(job: Job) -> Iterator[Year]:
    """Yield the figures of a job's years."""
    simulate = engine()
    for number in range(job.first, job.end):
        alerts = arrivals.draw(job.demand, job.seed, number)
        yield figures.year(job.table, alerts, simulate(job.table, alerts, job.how))


def play(job: Job) -> Totals:
    """Return the sums over a job's years."""
    each = years(job)
    sums = total(next(each))
    for year in each:
        sums += total(year)
    return sums


def values(job: Job) -> Floats:
    """Return the figures of a job's years, one by one: (years, figures)."""
    return np.array([year.values for year in years(job)])


def jobs(like: Job) -> Iterator[Job]:
    """Yield a job in chunks."""
    for first in range(like.first, like.end, CHUNK):
        yield Job(like.table, like.demand, like.how, like.seed, first, min(first + CHUNK, like.end))


@dataclass(frozen=True, slots=True)
class Precision:
    """Go on until the 95 % interval of a figure's mean is at most this share of it on either side."""

    share: float
    figure: str = "interruptions per person-week"

    def reached(self, sums: Totals) -> bool:
        """Return whether it is."""
        place = NAMES.index(self.figure)
        mean = sums.means[place]
        known = np.isfinite(mean) and sums.halves[place] <= self.share * abs(mean)
        return bool(sums.years >= YEARS_MIN and (known or self.hopeless(sums)))

    def hopeless(self, sums: Totals) -> bool:
        """Return whether no number of years would do: the figure is endless in one of them."""
        return not np.isfinite(sums.means[NAMES.index(self.figure)])


def simulate(
    like: Job,
    mapping: Mapping,
    precision: Precision | None = None,
    told: Callable[[Totals], None] = lambda _: None,
) -> Totals:
    """Return the sums over the years of a job, or over as many as a precision needs.

    `told` is called after each chunk. Ctrl-C ends it with what there is, if there is anything.
    """
    sums: Totals | None = None
    try:
        for some in mapping(play, jobs(like)):
            sums = some if sums is None else sums + some
            told(sums)
            if precision is not None and precision.reached(sums):
                break
    except KeyboardInterrupt:
        if sums is None:
            raise
    assert sums is not None
    return sums


# --- where jobs are played --------------------------------------------------------------------------------


@contextmanager
def here() -> Iterator[Mapping]:
    """Play jobs in this process."""
    yield map


@contextmanager
def processes(count: int) -> Iterator[Mapping]:
    """Play jobs in so many processes of this machine."""
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415
    from multiprocessing import get_context  # noqa: PLC0415

    with ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_prepare) as pool:
        try:
            yield lambda function, some: _ahead(pool.submit, function, some, 3 * count)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


@contextmanager
def cluster(address: str) -> Iterator[Mapping]:
    """Play jobs on the workers of a Dask scheduler. Raises PagerDrillError if it cannot be reached."""
    from distributed import Client  # noqa: PLC0415

    try:
        reached = Client(address, timeout=10)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as problem:
        raise PagerDrillError(f"no Dask scheduler answers at {address}: {problem}") from None
    with reached as client:
        workers = max(1, len(client.ncores()))
        yield lambda function, some: _ahead(_submit_to(client), function, some, 3 * workers)


def _submit_to(client: Any) -> Callable[..., Any]:
    return lambda function, job: client.submit(function, job, pure=False)


def _ahead(
    submit: Callable[..., Any], function: Callable[[Job], Any], some: Iterable[Job], count: int
) -> Iterator[Any]:
    """Yield results in order, with so many jobs handed out ahead: what is not needed is not played."""
    waiting: list[Any] = []
    for job in some:
        waiting.append(submit(function, job))
        if len(waiting) >= count:
            yield waiting.pop(0).result()
    for future in waiting:
        yield future.result()


def _prepare() -> None:
    """Leave Ctrl-C to the parent, and load the engine."""
    import signal  # noqa: PLC0415

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    engine()
