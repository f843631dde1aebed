"""What is said of two policies: signs of differences, and what a history narrows."""

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import pytest

from sim.oncall.load.defaults import default_load
from sim.oncall.load.model import Acknowledge, Load, Measured, Part
from sim.oncall.whatif.arrivals import demand
from sim.oncall.whatif.compare import _signs, compare, verdict
from sim.oncall.whatif.figures import FIGURES, NAMES, Floats
from sim.oncall.whatif.outcome import SETTINGS, Outcome, moved
from sim.oncall.whatif.parameters import Response
from sim.oncall.whatif.priors import parameters, priors_of
from sim.oncall.whatif.run import Job, play
from sim.oncall.whatif.table import compiled, year_of
from tests.oncall.whatif.years import policy_of

NEVER = float("inf")


@pytest.mark.parametrize(
    ("arm", "first", "sign"),
    [
        ([1, 1, 1, 1], [2, 2, 2, 2], -1),
        ([3, 3, 3, 3], [2, 2, 2, 2], 1),
        ([2.05, 2.05, 2.05, 2.05], [2, 2, 2, 2], 0),  # too little to name
        ([1, 9, 1, 9], [2, 2, 2, 2], 0),  # chance
        ([NEVER] * 4, [2, 2, 2, 2], 1),
        ([2, 2, 2, 2], [NEVER] * 4, -1),
        ([NEVER] * 4, [NEVER] * 4, 0),
        ([NEVER] * 6 + [2] * 6, [2] * 12, 1),  # six of a kind
        ([NEVER] * 5 + [2] * 7, [2] * 12, None),
        ([NEVER] * 7 + [2] * 5, [2] * 11 + [NEVER], None),
        ([NEVER, 2, 2, 2], [2, 2, 2, 2], None),  # once may be chance
        ([NEVER, 2, 2, 2], [2, NEVER, 2, 2], None),
        ([NEVER, NEVER, 2, 2], [2, 2, NEVER, NEVER], None),
    ],
)
@pytest.mark.filterwarnings("error")
def test_a_difference_counts_where_it_is_worth_naming_and_more_than_chance(
    arm: list[float], first: list[float], sign: int | None
) -> None:
    found = _signs(*(np.array(years, dtype=float).reshape(1, -1, 1) for years in (arm, first)))
    assert np.isnan(found[0, 0]) if sign is None else found.tolist() == [[sign]]


def test_what_is_not_known_is_no_difference_and_no_lack_of_one() -> None:
    known = np.array([0.0] * 8 + [np.nan] * 2)
    assert verdict(known) == "same"
    assert verdict(np.array([0.0] * 7 + [np.nan] * 3)) == "open"
    assert verdict(np.array([-1.0] * 7 + [np.nan] * 3)) == "open"


@pytest.mark.parametrize(("currencies", "compared"), [(("EUR", "EUR"), True), (("EUR", "JPY"), False)])
def test_costs_are_compared_in_one_currency(currencies: tuple[str, str], compared: bool) -> None:
    policies = [
        policy_of(
            ["a"], [{"targets": ["all"], "minutes": 5}], policy=f"p{n}", pay={"currency": one, "hour": n}
        )
        for n, one in enumerate(currencies, 1)
    ]
    found = compare(policies, default_load().model_copy(update={"per_week": 5.0}), 1, map, 10, 2)
    cost = NAMES.index("cost per week")
    assert bool(found.means[:, :, cost].any()) == compared
    assert found.verdict(1, FIGURES[cost]) == ("worse" if compared else "same")
    assert ("cost is not compared" in found.weeks[-1]) == (not compared)


def of_history(*measured: Measured) -> Load:
    times = Acknowledge(**{place: (Part(median=5, sigma=0.5),) for place in ("desk", "away", "asleep")})
    return default_load().model_copy(update={"acknowledge": times, "measured": measured})


def test_only_times_that_a_history_tells_are_narrow() -> None:
    by_day = {prior.name: prior for prior in priors_of(of_history("acknowledge at desk"))}
    assert (by_day["acknowledge at desk"].low, by_day["acknowledge at desk"].high) == (250, 360)
    assert (by_day["acknowledge asleep"].low, by_day["acknowledge asleep"].high) == (150, 600)
    own = {prior.name: prior for prior in priors_of(of_history())}
    assert own["acknowledge asleep"].high == 360


def stopping(after: int) -> Callable[[Callable[[Job], Floats], Iterable[Job]], Iterator[Floats]]:
    """Return a mapping that somebody stops after so many jobs."""

    def mapping(function: Callable[[Job], Floats], jobs: Iterable[Job]) -> Iterator[Floats]:
        for number, job in enumerate(jobs):
            if number == after:
                raise KeyboardInterrupt
            yield function(job)

    return mapping


def test_ctrl_c_gives_the_settings_that_there_are() -> None:
    policies = [
        policy_of(["a", "b"], [{"targets": ["all"], "minutes": 5}], policy=name, zone="UTC")
        for name in ("one", "other")
    ]
    load = default_load().model_copy(update={"per_week": 5.0})
    found = compare(policies, load, 1, stopping(11 * 3 + 1), 20, 2)
    assert (found.settings, found.means.shape) == (11, (3, 11, len(FIGURES)))
    assert len(found.parameters) == 11
    with pytest.raises(KeyboardInterrupt):
        compare(policies, load, 1, stopping(9 * 3), 20, 2)


def test_what_moves_a_figure_is_found_and_what_does_not_is_left_out() -> None:
    load, policy = default_load(), policy_of(["a"], [{"targets": ["all"], "minutes": 5}])
    table = compiled(policy, year_of([policy]))
    values = parameters(load, SETTINGS, 3)
    means = np.ones((SETTINGS, len(FIGURES)))
    names = [prior.name for prior in priors_of(load)]
    means[:, 0] = 10 * values[:, names.index("help")]
    means[:, 1] = np.where(values[:, names.index("pages")] > 1.0, NEVER, 5.0)
    sums = play(Job(table, demand(load.model_copy(update={"per_week": 1.0}), table), Response(), 1, 0, 1))
    outcome = Outcome("p", (), table, load, 3, sums, means, values)
    (helped,) = moved(outcome, FIGURES[0])
    assert helped.parameter == "help" and 5 < helped.low < 7 and 8 < helped.high < 10
    (paged,) = moved(outcome, FIGURES[1])
    assert (paged.parameter, paged.low, paged.high) == ("pages", 5.0, NEVER)
    means[:, 3] = np.where(values[:, names.index("pages")] > 0.9, NEVER, 5.0)  # the middle is endless
    assert [one.parameter for one in moved(outcome, FIGURES[3])] == ["pages"]
    assert moved(outcome, FIGURES[2]) == ()
