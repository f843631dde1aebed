"""The readable model against what is known in closed form: Erlang's waiting lines, chains of escalation."""

from math import erf, log, sqrt

import numpy as np
import pytest

from sim.oncall.whatif.draws import MODULUS
from sim.oncall.whatif.parameters import Delay
from sim.oncall.whatif.records import ACKNOWLEDGED, STEP, Alerts
from sim.oncall.whatif.reference import simulate
from sim.oncall.whatif.table import YEAR_MS
from tests.oncall.whatif.years import AT_ONCE, MINUTE, policy_of, table_of

YEARS = 12
T_99 = 3.106
"""Student's t for 11 degrees of freedom, 99.5 %."""


def erlang_c(servers: int, load: float) -> float:
    """Return the probability that a customer of M/M/c waits (Erlang 1917), by the recursion of Erlang B."""
    blocked = 1.0
    for count in range(1, servers + 1):
        blocked = load * blocked / (count + load * blocked)
    busy = load / servers
    return blocked / (1 - busy * (1 - blocked))


def random_year(seed: int, count: int, mean_work_ms: float) -> Alerts:
    random = np.random.default_rng(seed)
    at = np.cumsum(random.exponential(YEAR_MS / count, count)).astype(np.int64)
    work = random.exponential(mean_work_ms, count).astype(np.int64)
    same = np.full(count, 3)
    return Alerts(at, same, same * 0, same * 0 + 1, work, *random.integers(1, MODULUS, (2, count)))


@pytest.mark.parametrize(("servers", "busy"), [(1, 0.5), (1, 0.8), (2, 0.8), (3, 0.6), (5, 0.9)])
def test_a_team_without_sleep_is_a_waiting_line_of_erlang(servers: int, busy: float) -> None:
    people = [f"p{number}" for number in range(servers)]
    table = table_of(policy_of(people, [{"targets": ["all"], "minutes": 5}]))
    count = 2_500
    mean_work_ms = busy * servers * YEAR_MS / count
    waited, waits = [], []
    for year in range(YEARS):
        alerts = random_year(year, count, mean_work_ms)
        records = simulate(table, alerts, AT_ONCE)
        began = records.work[np.argsort(records.work[:, 0]), 2]
        wait = (began - alerts.at)[count // 5 :]  # the line is empty when a year begins
        waited.append((wait > 0).mean())
        waits.append(wait.mean())
    load = busy * servers
    for found, expected in (
        (waited, erlang_c(servers, load)),
        (waits, erlang_c(servers, load) * mean_work_ms / (servers * (1 - busy))),
    ):
        assert abs(np.mean(found) - expected) <= T_99 * np.std(found, ddof=1) / sqrt(YEARS)


def below(seconds: float, median_s: float, sigma: float) -> float:
    """Return the probability that a lognormal time is at most so long."""
    return 0.5 * (1 + erf(log(seconds / median_s) / sigma / sqrt(2)))


def test_a_chain_of_escalation_is_as_likely_as_its_closed_form_says() -> None:
    steps = [{"targets": ["a"], "minutes": 5}, {"targets": ["b"], "minutes": 10}]
    table = table_of(policy_of(["a", "b"], steps))
    how = AT_ONCE._replace(desk=Delay(240.0, 0.8), away=Delay(240.0, 0.8), longest_s=1e9)
    alerts = random_year(1, 20_000, 0)
    records = simulate(table, alerts, how)
    acknowledged = records.alerts[:, ACKNOWLEDGED] - alerts.at
    missed = records.alerts[:, ACKNOWLEDGED] < 0
    in_5, in_10, in_15 = (below(minutes * 60, 240, 0.8) for minutes in (5, 10, 15))
    for share, expected in (
        ((records.alerts[:, STEP] == 0) & (acknowledged <= 5 * MINUTE), in_5),
        (~missed & (acknowledged <= 10 * MINUTE), 1 - (1 - in_10) * (1 - in_5)),
        (~missed, 1 - (1 - in_15) * (1 - in_10)),
    ):
        assert abs(share.mean() - expected) < 4 * sqrt(expected * (1 - expected) / len(alerts.at))


def test_a_sleeper_hears_each_ring_with_the_same_probability() -> None:
    table = table_of(policy_of(["a"], [{"targets": ["a"], "minutes": 9_000}]))
    how = AT_ONCE._replace(
        asleep=Delay(60.0, 0.0), wakes=0.75, settle_ms=0, sleep_from_ms=1, sleep_until_ms=0
    )
    alerts = random_year(1, 20_000, 0)
    apart = np.diff(alerts.at, prepend=-YEAR_MS) > 60 * MINUTE  # who was just woken is awake
    minutes = (simulate(table, alerts, how).alerts[:, ACKNOWLEDGED] - alerts.at)[apart] // MINUTE
    for ring in range(4):
        expected = 0.75 * 0.25**ring
        share = (minutes == 5 * ring + 1).mean()
        assert abs(share - expected) < 4 * sqrt(expected * (1 - expected) / apart.sum())
