"""What makes a fit doubtful is told, and nothing else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from sim.mistakes import FileError
from sim.oncall.fit import history as histories
from sim.oncall.fit.history import History, Incident, Tally, in_order
from sim.oncall.fit.load import fit
from sim.oncall.fit.warnings import warnings_of

MONDAY = datetime(2024, 1, 1, tzinfo=UTC)
RANDOM = np.random.default_rng(3)
WELL = np.exp(RANDOM.standard_normal(2_000))


def incidents(resolved: np.ndarray) -> list[Incident]:
    """Return an incident every three hours, each open for so many minutes."""
    return [
        Incident(n, MONDAY + timedelta(hours=3 * n), resolved=float(time)) for n, time in enumerate(resolved)
    ]


def doubts(of: list[Incident]) -> tuple[str, ...]:
    return warnings_of(fit(History("csv", None, tuple(of), ()), "x"))


def test_a_long_and_smooth_history_leaves_none():
    assert doubts(incidents(WELL)) == ()


@pytest.mark.parametrize(
    ("resolved", "told"),
    [
        (
            np.concatenate([WELL[:1_500], np.full(500, 7.0)]),
            "ties: 25% of the times of open ticket are 7 min",
        ),
        (np.repeat([1.1, 10.0, 95.0], [1_000, 500, 500]) * np.linspace(1, 1.1, 2_000), "shape: open ticket"),
    ],
)
def test_a_doubt_is_told(resolved: np.ndarray, told: str):
    found = doubts(incidents(resolved))
    assert any(one.startswith(told) for one in found), found


def test_a_thin_tail_is_told_with_where_it_begins():
    few = incidents(WELL[:1_000])
    some = [one if n < 50 else replace(one, resolved=None) for n, one in enumerate(few)]
    found = doubts(some)
    assert any(one.startswith("thin tail: open ticket has 50 times; percentiles beyond p80") for one in found)
    assert "cut times: 950 of 1,000 have no time resolved; long times may be missing" in found


def test_work_as_long_as_the_longest_is_let_through():
    long = [
        replace(one, hands_on=60.0 * 30 if n == 5 else 30.0) for n, one in enumerate(incidents(WELL[:100]))
    ]
    assert fit(History("csv", None, tuple(long), ()), "x").load.longest_hours == 30.0


def test_more_than_any_team_has_is_refused(monkeypatch: pytest.MonkeyPatch):
    many = [Incident(n, MONDAY + timedelta(seconds=n)) for n in range(1, 50_002)]
    with pytest.raises(FileError, match=r"x:1: holds over 50,000 incidents a week; give what pages people"):
        in_order(Path("x"), many, "csv", None, Tally())
    assert len(in_order(Path("x"), many[:50_000], "csv", None, Tally()).incidents) == 50_000
    monkeypatch.setattr(histories, "INCIDENTS_MAX", 30)
    with pytest.raises(FileError, match=r"x:1: holds over 30 incidents; export a shorter time"):
        in_order(Path("x"), many[:31], "csv", None, Tally())
