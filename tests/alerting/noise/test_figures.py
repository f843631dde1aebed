"""The figures of a stretch of noise, on alerts written by hand: (minute, minutes, rule, zone)."""

from sim.alerting.noise.background import Misfire
from sim.alerting.noise.blips import lifting
from sim.alerting.noise.figures import figures_of, storm_minutes
from sim.alerting.noise.firings import Firing, firings
from tests.alerting.noise.small import alerts_of, rule


def fired(*alerts: tuple[float, float, str, str], kind: str = "flapping", real: bool = False) -> list[Firing]:
    return [
        Firing(name, f"{name} {zone}", kind, round(60_000 * at), round(60_000 * (at + lasts)), real)
        for at, lasts, name, zone in alerts
    ]


def test_a_flap_is_the_same_alert_again_within_15_minutes():
    alerts = fired((0, 5, "Slow", "a"), (20, 1, "Slow", "a"), (25, 1, "Slow", "b"), (37, 1, "Slow", "a"))
    figures = figures_of(alerts, 1, 12)
    assert (figures.flaps, figures.duplicates) == (1, 2)  # at 20 a flap; at 25 and 37 its rule fired before


def test_a_duplicate_is_of_a_rule_that_fired_in_the_hour_before():
    alerts = fired((0, 1, "Slow", "a"), (60, 1, "Slow", "a"), (121, 1, "Slow", "b"), (130, 1, "Other", "a"))
    assert figures_of(alerts, 3, 12).duplicates == 1


def test_shares_and_how_many_rules_make_half():
    alerts = fired(*((100.0 * n, 1, "Worst", "a") for n in range(5))) + fired(
        (700, 1, "B", "a"), (800, 1, "C", "a"), kind="unrelated", real=True
    )
    figures = figures_of(alerts + fired((900, 1, "D", "a"), kind="storm"), 4, 12)
    assert (figures.alerts, figures.storm_alerts, figures.actionable) == (8, 1, 2)
    assert figures.by_rule == (("Worst", 5), ("B", 1), ("C", 1), ("D", 1))
    assert figures.by_kind == (("flapping", 5), ("unrelated", 2), ("storm", 1))
    assert (figures.alerts_per_h, figures.actionable_share, figures.rules_making_half) == (1.75, 0.25, 1)


def test_nothing_makes_no_figures():
    figures = figures_of([], 24, 12)
    assert (figures.alerts, figures.actionable_share, figures.rules_making_half) == (0, 0.0, 0)


def test_twenty_rules_in_two_minutes_are_a_storm():
    rules = [(5 + n / 10, 1.0, f"Rule{n}", "a") for n in range(20)]
    assert storm_minutes(fired(*rules)) == {5, 6}
    assert storm_minutes(fired(*rules[:19])) == set()
    assert storm_minutes(fired(*rules[:19], (8, 1, "Rule19", "a"))) == set()
    assert storm_minutes(fired(*((5.5, 1.0, "Rule0", str(n)) for n in range(30)))) == set()


def test_more_than_fifty_a_minute_for_five_minutes_are_a_storm():
    alerts = fired(*((minute, 0.1, "Rule", str(n)) for minute in range(10, 15) for n in range(51)))
    assert storm_minutes(alerts) == {10, 11, 12, 13, 14}
    assert storm_minutes(alerts[:-1]) == set()


def test_misfires_that_touch_are_one_alert_and_short_ones_none():
    one = rule("Slow", for_s=60, keep_firing_for_s=30)
    (alert,) = alerts_of(one)
    spans = [(0, 50), (200, 300), (330, 400), (500, 600)]
    misfires = [
        Misfire("flapping", lifting(alert, 1000 * from_s, 1000 * to_s, 0.5, "so")) for from_s, to_s in spans
    ]
    found = [(one.from_ms // 1000, one.to_ms // 1000) for one in firings([alert], misfires)]
    assert found == [(260, 430), (560, 630)]
