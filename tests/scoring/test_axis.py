"""The drawn axis: well-formed SVG, text as text, nothing on top of anything, the same bytes each time."""

from collections.abc import Sequence
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.axis.draw import axis_svg
from scoring.axis.layout import Flag, bar_lanes, clock_ticks, flag_lanes
from scoring.score import judge
from scoring.scorecard import Scorecard
from sim.events import DecisionTaken
from tests.scoring.drills_by_hand import FLAWLESS, drill, flawless, idle, impact, update
from tests.scoring.test_timeline import late_play

SVG = "{http://www.w3.org/2000/svg}"
START = datetime(2024, 3, 5, 14, 0, tzinfo=UTC)


def drawn(card: Scorecard, *, narrow: bool = False) -> str:
    words = {(entry.at.file, entry.at.seq): entry.at.what for entry in card.journal}
    return axis_svg(card.timeline, card.starts_at, words, narrow=narrow)


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_rows_phases_and_clock_times_are_text():
    found = texts(drawn(judge(flawless())))
    rows = ["Users hurt", "Severity", "Alerts firing", "Pages", "Looks", "Suspected", "Acts"]
    rows += ["To customers", "To executives", "To colleagues"]
    assert [text for text in found if text in rows] == rows
    assert {"impact began 14:05:00", "declared 14:06:20", "closed 14:20:00"} <= set(found)
    assert {"14:00", "14:10", "14:20"} <= set(found)
    assert {"rollback payments (worked)", "payments: deploy", "30%"} <= set(found)


def test_an_empty_play_says_none_in_its_rows():
    found = texts(drawn(judge(drill([], impact(None)))))
    assert found.count("none") == 7, "stated severity, pages, taken, looks, suspected, acts, colleagues"


@pytest.mark.parametrize("narrow", [False, True])
def test_the_same_card_gives_the_same_bytes(narrow: bool):
    assert drawn(judge(flawless()), narrow=narrow) == drawn(judge(flawless()), narrow=narrow)


def test_a_users_own_settings_of_matplotlib_change_nothing():
    import matplotlib as mpl

    plain = drawn(judge(flawless()))
    with mpl.rc_context({"lines.linewidth": 9, "font.size": 30, "svg.fonttype": "path"}):
        assert drawn(judge(flawless())) == plain


def test_colours_are_variables_of_the_page_and_nothing_reaches_out():
    svg = drawn(late_play())
    assert "#0101" not in svg
    assert "var(--hurt)" in svg
    for reaching in ("<style", "<script", "_blank", "font-family", "<metadata", "http://matplotlib"):
        assert reaching not in svg
    root = ElementTree.fromstring(svg)
    assert (root.get("role"), root.get("aria-labelledby")) == ("img", "axis-title")


def test_ids_are_unique_also_with_both_widths_in_one_page():
    card = judge(flawless())
    ids = [
        element.get("id")
        for narrow in (False, True)
        for element in ElementTree.fromstring(drawn(card, narrow=narrow)).iter()
        if element.get("id")
    ]
    assert len(ids) == len(set(ids))
    marks = {f"axis-{item.file}-{item.seq}" for item in card.timeline.marks}
    assert marks <= set(ids), "each record has its mark"


def test_marks_link_to_their_entry_and_tell_it():
    root = ElementTree.fromstring(drawn(judge(flawless())))
    update_group = next(
        group
        for group in root.iter(f"{SVG}g")
        if "Checkout fails for many" in (group.findtext(f"{SVG}title") or "")
    )
    link = next(update_group.iter(f"{SVG}a"))
    entry = update_group.get("id", "").removeprefix("axis-")
    assert link.get("{http://www.w3.org/1999/xlink}href") == f"#{entry}"


def test_words_of_people_are_neither_markup_nor_formulas():
    nasty = "</title><script>alert(1)</script> $\\frac{1}{0}$ \x00 \u65e5\u672c"
    kept = [*FLAWLESS, (500, update("customer", nasty)), (501, DecisionTaken(text=nasty))]
    svg = drawn(judge(drill(kept, impact(800))))
    assert "<script" not in svg
    told = [title.text or "" for title in ElementTree.fromstring(svg).iter(f"{SVG}title")]
    assert any("<script>alert(1)</script> $\\frac{1}{0}$ \ufffd \u65e5\u672c" in text for text in told)


def test_an_idle_drill_can_be_drawn():
    assert "could be seen 14:05:30" in texts(drawn(judge(idle()), narrow=True))


def test_clock_ticks_lie_on_round_times():
    start = START.replace(minute=3, second=20)
    assert clock_ticks(start, 30 * 60_000, 7) == (
        (100_000, "14:05"),
        (400_000, "14:10"),
        (700_000, "14:15"),
        (1_000_000, "14:20"),
        (1_300_000, "14:25"),
        (1_600_000, "14:30"),
    )


extents = st.lists(
    st.tuples(st.integers(0, 900), st.integers(1, 300)).map(lambda pair: (pair[0], pair[0] + pair[1])),
    max_size=12,
)


@given(extents)
def test_no_two_bars_of_a_lane_overlap(found: Sequence[tuple[int, int]]):
    lanes = bar_lanes(sorted(found))
    for n, (left, right) in enumerate(sorted(found)):
        for other, (its_left, its_right) in enumerate(sorted(found)):
            if other != n and lanes[other] == lanes[n]:
                assert right <= its_left or its_right <= left


@given(st.lists(st.integers(0, 900), max_size=6))
def test_no_label_of_a_phase_lies_on_another_or_on_its_line(xs: list[int]):
    flags = [Flag(x, x, x + 120) for x in sorted(xs)]
    lanes = flag_lanes(flags)
    for n, flag in enumerate(flags):
        for other, theirs in enumerate(flags):
            if other == n:
                continue
            apart = flag.right <= theirs.left or theirs.right <= flag.left
            assert apart or lanes[n] != lanes[other]
            crossed = flag.left < theirs.x < flag.right and lanes[other] > lanes[n]
            assert not crossed
