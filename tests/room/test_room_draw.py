import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from sim.answer import Chart, Line, Table
from sim.room.draw import colour_wanted, drawn, figure, sparkline, wrapped

ALERTS = Table(
    ("#", "severity", "rule", "component", "since", "value", "summary"),
    (
        ("1", "critical", "CheckoutErrorsHigh", "checkout", "2 min", "12.4 %", "12 % of checkouts fail"),
        (
            "12",
            "warning",
            "ReplicationLagHigh",
            "orders-db",
            "14 min",
            "31 s",
            "the replica is 31 s behind its primary",
        ),
    ),
    ("bad", "warn"),
)
RISING = tuple(0.001 if i < 40 else 0.001 + 0.01 * (i - 40) for i in range(60))
ERRORS = Chart("checkout errors", "%", 15, RISING, 0.191, 0.001, 0.0012)
LATENCY = Chart("p99", "ms", 15, (180.0, 176.0, None, 300.0, 412.0), 412.0, 180.0, 176.0)


def rows(blocks, width):
    return drawn(blocks, width, colour=False).splitlines()


def test_a_table_at_80_columns_breaks_sentences_not_names():
    assert rows([ALERTS], 80) == [
        " #  severity  rule                component   since   value  summary",
        " 1  critical  CheckoutErrorsHigh  checkout    2 min  12.4 %  12 % of checkouts",
        "                                                             fail",
        "12  warning   ReplicationLagHigh  orders-db  14 min    31 s  the replica is 31 s",
        "                                                             behind its primary",
    ]


def test_a_table_at_120_columns():
    assert rows([ALERTS], 120) == [
        " #  severity  rule                component   since   value  summary",
        " 1  critical  CheckoutErrorsHigh  checkout    2 min  12.4 %  12 % of checkouts fail",
        "12  warning   ReplicationLagHigh  orders-db  14 min    31 s  the replica is 31 s behind its primary",
    ]


def test_charts_at_80_columns_stand_under_each_other():
    assert rows([ERRORS, LATENCY], 80) == [
        "checkout errors  ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▂▂▃▄▅▅▆▇██  0.1 to 19 %, 15 min",
        "                 now 19 % · an hour ago 0.1 · yesterday 0.12",
        "p99              ▁▁ ▅█  176 to 412 ms, 75 s",
        "                 now 412 ms · an hour ago 180 · yesterday 176",
    ]


def test_a_chart_at_120_columns():
    assert rows([ERRORS], 120) == [
        "checkout errors  ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▂▂▃▃▃▄▄▅▅▆▆▆▇▇███  0.1 to 19 %, 15 min",
        "                 now 19 % · an hour ago 0.1 · yesterday 0.12",
    ]


def test_the_day_before_is_drawn_on_the_same_scale():
    today = Chart("p95", "ms", 15, (40.0, 40.0, 200.0, 200.0), 200.0, day_before=(40.0, 40.0, None, 42.0))
    assert rows([today], 80) == [
        "p95         ▁▁██  40 to 200 ms, 60 s",
        "day before  ▁▁ ▁  40 to 42 ms",
        "            now 200 ms",
    ]


def test_brief_charts_take_a_row_each():
    charts = [Chart(f"web-a-{n}", "%", 15, (0.1, 0.1 * n), 0.1 * n, brief=True) for n in (1, 4)]
    assert rows(charts, 80) == [
        "web-a-1  ▁▁  now 10 %; 10 %",
        "web-a-4  ▁█  now 40 %; 10 to 40 %",
    ]


def test_a_chart_without_data_says_so():
    assert rows([Chart("lag", "", 15, (None, None), None)], 80) == [
        "lag      no data, 30 s",
        "     now no data",
    ]


def test_long_lines_go_on_under_their_text():
    text = (
        "14:32:05 MESSAGE  Ana (support): customers write that the cart empties itself when they pay by card"
    )
    assert rows([Line(text)], 80) == [
        "14:32:05 MESSAGE  Ana (support): customers write that the cart empties itself",
        "                  when they pay by card",
    ]
    assert rows([Line("  - one two three four")], 20) == ["  - one two three", "    four"]


@pytest.mark.parametrize(
    ("values", "width", "expected"),
    [
        ((0, 1, 2, 3, 4, 5, 6, 7), 8, "▁▂▃▄▅▆▇█"),
        ((5.0, 5.0, 5.0), 8, "▅▅▅"),
        ((1.0, None, 3.0), 8, "▁ █"),
        ((None, None), 8, "  "),
        ((), 8, ""),
        ((0, 2, 10, 12), 2, "▁█"),
        ((1.0, float("nan"), float("inf"), 2.0), 8, "▁  █"),
    ],
)
def test_sparklines(values, width, expected):
    assert sparkline(values, width) == expected


def test_averaging_leaves_gaps_out():
    assert sparkline((None, 0.0, None, None, 7.0, 7.0), 3) == "▁ █"


def test_ordinary_noise_in_a_share_is_no_mountain():
    noise = (0.0001, 0.0003, 0.0002, 0.0004)
    assert sparkline(noise, 8) == "▁▆▃█"
    assert rows([Chart("errors", "%", 15, noise, 0.0004)], 80)[0] == "errors  ▁▁▁▁  0.01 to 0.04 %, 60 s"


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.0, "%", "0"),
        (0.124, "%", "12"),
        (0.0124, "%", "1.2"),
        (0.00012, "%", "0.012"),
        (1.0, "%", "100"),
        (1240.4, "ms", "1,240"),
        (9.96, "ms", "10"),
        (0.996, "ms", "1"),
        (3.04, "/s", "3"),
        (None, "", "?"),
    ],
)
def test_figures_have_the_digits_a_reader_needs(value, unit, text):
    assert figure(value, unit) == text


def test_colour_is_added_and_takes_nothing_away():
    blocks = [Line("PAGE checkout", "bad"), ALERTS, Line("fine")]
    coloured = drawn(blocks, 80, colour=True)
    assert coloured.startswith("\x1b[1;31mPAGE checkout\x1b[0m\n")
    assert coloured.endswith("fine\n")
    for code in ("1", "1;31", "33"):
        coloured = coloured.replace(f"\x1b[{code}m", "")
    assert coloured.replace("\x1b[0m", "") == drawn(blocks, 80, colour=False)


def test_colour_follows_the_environment():
    wanted = [colour_wanted(e) for e in ({}, {"NO_COLOR": "1"}, {"NO_COLOR": ""}, {"TERM": "dumb"})]
    assert wanted == [True, False, True, False]


def test_text_cannot_steer_the_terminal():
    assert rows([Line("a\x1b[2Jb\rc\td\ud800")], 80) == ["a\ufffd[2Jb\ufffdc  d\ufffd"]


texts = st.text(st.characters(codec=None), max_size=120)
wide_texts = st.text(st.sampled_from("ab -本🚒é\u0301\u200d\t\n"), max_size=120)


@given(st.one_of(texts, wide_texts), st.integers(20, 120))
def test_no_row_of_text_is_too_wide_and_no_word_is_lost(text, width):
    drawn_rows = drawn([Line(text)], width, colour=False).split("\n")
    assert all(cell_len(row) <= width for row in drawn_rows)
    if text.isascii() and text.isprintable():
        assert "".join(drawn_rows).replace(" ", "") == text.replace(" ", "")


@given(
    st.integers(1, 14).flatmap(
        lambda n: st.lists(st.tuples(*[st.one_of(texts, wide_texts)] * n), min_size=1, max_size=4)
    ),
    st.integers(20, 120),
)
def test_no_row_of_a_table_is_too_wide(cells, width):
    table = Table(cells[0], tuple(cells[1:]))
    assert all(cell_len(row) <= width for row in drawn([table], width, colour=False).split("\n"))


@given(texts, st.lists(st.one_of(st.none(), st.floats())), st.floats() | st.none(), st.integers(20, 120))
def test_no_row_of_a_chart_is_too_wide(label, values, now, width):
    series = tuple(values)
    charts = [
        Chart(label, "ms", 15, series, now, now, now),
        Chart("p50", "%", 15, series, now),
        Chart(label, "s", 15, series, now, day_before=series[::-1]),
        Chart(label, "/s", 15, series, now, brief=True),
    ]
    assert all(cell_len(row) <= width for row in drawn(charts, width, colour=False).split("\n"))


def test_an_empty_line_stays_a_line():
    assert wrapped("", 80) == [""]
    assert wrapped("a\n\nb", 80) == ["a", "", "b"]
