from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from sim.room.toolbar import paused_toolbar, toolbar

from .countdown import Figures


def test_all_is_calm():
    assert toolbar(Figures("14:32:05", None, 0, 0, ""), 1, 80) == " 14:32:05 | no incident | 0 alerts"


def test_an_incident():
    status = Figures("14:32:05", "P1", 12, 2, "checkout 12 % errors")
    assert (
        toolbar(status, 5, 80) == " 14:32:05 | P1 | 12 alerts | 2 UNACKED PAGES | checkout 12 % errors | x5"
    )


def test_the_impact_is_cut_first():
    status = Figures("14:32:05", None, 1, 1, "checkout 12 % errors, search 4 % errors, login slow")
    expected = " 14:32:05 | no incident | 1 alert | 1 UNACKED PAGE | checkout 12 % error… | x0.5"
    assert toolbar(status, 0.5, 80) == expected


def test_while_paused_nothing_of_the_world_is_shown():
    row = paused_toolbar("14:32:05", 80)
    assert row == " 14:32:05 | PAUSED | resume or Ctrl-C goes on, Ctrl-D leaves and keeps the drill"


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.text(st.characters(exclude_categories=["Cs", "Cc"])),
       st.integers(1, 120))  # fmt: skip
def test_it_fits(alerts, pages, impact, width):
    assert cell_len(toolbar(Figures("14:32:05", "P1", alerts, pages, impact), 0.25, width)) <= width
    assert cell_len(paused_toolbar("14:32:05", width)) <= width
