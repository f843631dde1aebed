"""The flow solver against the judge: what it claims it keeps, and what it does not claim can be seen.

The judge's figures are stored (`make judge UPDATE=1`); the model's are computed now.
"""

import numpy as np
import pytest

from tests.judge import table
from tests.judge.seen import Computed
from tests.judge.steady import STEADY

FOUND = table.rows(table.stored()) if table.STORED.exists() else []


def named(row):
    return f"{row.case.id}: {row.quantity.name}"


@pytest.mark.parametrize("row", [row for row in FOUND if not row.quantity.unclaimed], ids=named)
def test_what_the_model_claims_holds(row):
    assert row.within, f"judge {row.judge:.4g}, model {row.model:.4g}: off by {row.difference:+.3f}"


@pytest.mark.parametrize("row", [row for row in FOUND if not row.quantity.unclaimed], ids=named)
def test_the_judge_is_sure_enough_to_judge(row):
    assert row.error <= row.quantity.tolerance.by / 2, "more seeds, or longer runs"


@pytest.mark.parametrize("row", [row for row in FOUND if row.quantity.unclaimed], ids=named)
def test_what_is_not_claimed_does_not_hold(row):
    assert not row.within, "it holds now: claim it"


@pytest.mark.parametrize("case_id", table.CASES)
def test_the_stored_figures_are_what_the_judge_finds(case_id):
    found = table.played(case_id, seed=1)
    kept = {name: values[0] for name, values in table.stored()[case_id].items()}
    assert found == pytest.approx(kept, rel=1e-6)


def test_the_page_holds_the_table():
    text = table.PAGE.read_text(encoding="utf-8")
    assert table.from_page(text) == table.as_table(FOUND), "run make judge UPDATE=1"


@pytest.mark.parametrize("case", STEADY, ids=lambda case: case.id)
def test_same_fixed_point_at_every_tick_length(case):
    found = [Computed(case.play, dt_s) for dt_s in (1.0, 2.5, 5.0)]
    until_s = case.play.seconds
    last = [(seen.failed_share(until_s - 5, until_s), seen.mean_s(until_s - 5, until_s)) for seen in found]
    failed, mean_s = np.array(last).T
    assert np.ptp(failed) < 0.01
    assert np.ptp(mean_s) < 0.02 * mean_s.max()
