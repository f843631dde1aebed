"""The router by hand: small configurations, as lists of (seconds, receiver, reason, alerts)."""

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from sim.alerting.routing.alerts import Push, fingerprint
from sim.alerting.routing.config import Config, config_of
from sim.alerting.routing.matchers import matcher
from sim.alerting.routing.router import Notification, Router
from sim.alerting.routing.silences import Silence
from sim.document import parsed

START = datetime(2026, 1, 5, 9, tzinfo=UTC)  # a Monday
HOUR_S = 3600

ONE = """
route: {receiver: r, group_by: [job], group_wait: 30s, group_interval: 5m, repeat_interval: 12m}
receivers:
  - {name: r, webhook_configs: [{url: "http://x/"}]}
"""
INHIBITING = (
    ONE
    + """
inhibit_rules:
  - {source_matchers: [sev=high], target_matchers: [sev=~"high|low"], equal: [job]}
"""
)


def config(text: str = ONE) -> Config:
    return config_of(parsed(Path("alertmanager.yml"), text))


class Scene:
    """A router that is driven in seconds and remembers what it told."""

    def __init__(self, text: str = ONE) -> None:
        self.router = Router(config(text), START)
        self.told: list[Notification] = []

    def at(self, at_s: float, *firing: str, over: tuple[str, ...] = ()) -> "Scene":
        """Push alerts named `job/name` or `job/name/sev` at a moment."""
        now_ms = round(at_s * 1000)
        self.told += self.router.due(now_ms - 1)
        pushes = [Push(labels(name), {}, now_ms, now_ms + 1000 * HOUR_S * 1000) for name in firing]
        pushes += [Push(labels(name), {}, None, now_ms) for name in over]
        assert self.router.push(now_ms, pushes) == []
        return self

    def until(self, at_s: float) -> list[tuple[float, str, tuple[str, ...], tuple[str, ...]]]:
        """Return what was told up to a moment: (seconds, reason, firing, resolved)."""
        self.told += self.router.due(round(at_s * 1000))
        return [
            (
                one.at_ms / 1000,
                one.reason,
                tuple(sorted(a.alert.labels["name"] for a in one.alerts if a.firing)),
                tuple(sorted(a.alert.labels["name"] for a in one.alerts if not a.firing)),
            )
            for one in self.told
        ]


def labels(text: str) -> dict[str, str]:
    job, name, *severity = text.split("/")
    return {"job": job, "name": name, "sev": severity[0] if severity else "low"}


def test_a_group_waits_then_tells_at_its_interval():
    scene = Scene().at(0, "j/a").at(10, "j/b").at(40, "j/c").at(400, over=("j/a",))
    assert scene.until(700) == [
        (30, "first notification", ("a", "b"), ()),
        (330, "new alerts added", ("a", "b", "c"), ()),
        (630, "some alerts resolved", ("b", "c"), ("a",)),
    ]


def test_what_comes_and_goes_within_the_wait_is_never_told():
    assert Scene().at(0, "j/a").at(20, over=("j/a",)).until(HOUR_S) == []


def test_a_repeat_waits_for_the_next_flush():
    assert Scene().at(0, "j/a").until(2000) == [
        (30, "first notification", ("a",), ()),
        (930, "repeat interval elapsed", ("a",), ()),  # 12 min are over at 750 s
        (1830, "repeat interval elapsed", ("a",), ()),
    ]


def test_a_repeat_at_an_exact_multiple_slips():
    exact = ONE.replace("12m", "10m")
    assert [at_s for at_s, *_ in Scene(exact).at(0, "j/a").until(2000)] == [30, 930, 1830]


def test_groups_are_apart():
    told = Scene().at(0, "j/a", "k/b").at(1, "k/c").until(60)
    assert told == [
        (30, "first notification", ("a",), ()),
        (30, "first notification", ("b", "c"), ()),
    ]


def test_an_alert_that_is_old_already_does_not_wait():
    router = Router(config(), START)
    router.push(60_000, [Push(labels("j/a"), {}, 0, 10**9)])
    assert [one.at_ms for one in router.due(60_000)] == [60_000]


def test_a_failed_notification_is_tried_at_the_next_flush():
    scene = Scene().at(0, "j/a")
    scene.until(30)
    scene.router.failed(scene.told[0])
    assert scene.until(400)[1] == (330, "first notification", ("a",), ())


def test_what_fires_again_before_it_was_told_as_over_goes_on():
    told = Scene().at(0, "j/a").at(60, over=("j/a",)).at(120, "j/a").until(400)
    assert told == [(30, "first notification", ("a",), ())]


def test_an_alert_times_out_where_nobody_says_that_it_is_over():
    router = Router(config(), START)
    router.push(0, [Push(labels("j/a"))])  # no end: five minutes from now
    assert [(one.at_ms, one.reason) for one in router.due(10**6)] == [
        (30_000, "first notification"),
        (330_000, "all alerts resolved"),
    ]
    assert router.groups() == ()


def test_inhibition_mutes_while_its_source_fires_and_never_itself():
    scene = Scene(INHIBITING).at(0, "j/bad/high", "j/worse/high", "j/small", "k/other")
    assert scene.until(31) == [
        (30, "first notification", ("bad", "worse"), ()),
        (30, "first notification", ("other",), ()),
    ]
    small = next(a for a in scene.router.alerts(31_000) if a.labels["name"] == "small")
    standing = scene.router.status(small, 31_000)
    assert standing.state == "suppressed"
    assert standing.inhibited_by == (fingerprint(labels("j/bad/high")),)
    scene.at(100, over=("j/bad/high", "j/worse/high"))
    assert scene.until(331)[2:] == [(330, "new alerts added", ("small",), ("bad", "worse"))]


def test_a_silence_and_its_end():
    scene = Scene()
    name = scene.router.silences.put(Silence("", (matcher("name=a"),), 0, 10**9), 0)
    scene.at(0, "j/a")
    assert scene.until(31) == []
    scene.router.silences.expire(name, 100_000)
    assert scene.until(400) == [(330, "first notification", ("a",), ())]


def test_another_configuration_keeps_what_was_told():
    scene = Scene().at(0, "j/a")
    scene.until(40)
    scene.router.reload(config(ONE.replace("12m", "20m")), 60_000)
    assert scene.until(HOUR_S / 2) == [
        (30, "first notification", ("a",), ()),
        (1260, "repeat interval elapsed", ("a",), ()),  # flushed from 60 s on, as the alert is old
    ]


# --- properties -------------------------------------------------------------------------------------------

NAMES = ("j/a", "j/b", "j/c/high", "k/d", "k/e/high")
some = st.lists(st.sampled_from(NAMES), unique=True)
steps = st.lists(st.tuples(st.integers(1, 400), some, some), min_size=1, max_size=12)


def play(text: str, story: list) -> tuple[Scene, int]:
    scene, now_s = Scene(text), 0
    for wait_s, firing, over in story:
        now_s += wait_s
        scene.at(now_s, *firing, over=tuple(name for name in over if name not in firing))
    return scene, now_s


@given(steps)
def test_every_firing_alert_is_told_of_within_a_wait_and_an_interval(story):
    scene, now_s = play(ONE, story)
    scene.until(now_s + 331)
    heard: dict[str, frozenset[str]] = {}
    for one in scene.told:
        heard[one.group_key] = frozenset(a.alert.fingerprint for a in one.alerts if a.firing)
    firing = {alert.fingerprint for alert in scene.router.alerts((now_s + 331) * 1000)}
    assert frozenset().union(*heard.values()) == firing


@given(steps)
def test_a_group_is_told_at_its_own_times_alone(story):
    scene, now_s = play(ONE, story)
    times: dict[str, list[float]] = {}
    for at_s, one in zip(scene.until(now_s + 3000), scene.told, strict=True):
        times.setdefault(one.group_key, []).append(at_s[0])
    for of_group in times.values():
        assert all(later - sooner >= 30 for sooner, later in pairwise(of_group))


@given(steps, st.integers(1, 400))
def test_when_it_is_asked_makes_no_difference(story, ask_every_s):
    seldom, now_s = play(ONE, story)
    often = Scene(ONE)
    at_s = 0
    for wait_s, firing, over in story:
        for moment in range(at_s, at_s + wait_s, ask_every_s):
            often.told += often.router.due(moment * 1000)
        at_s += wait_s
        often.at(at_s, *firing, over=tuple(name for name in over if name not in firing))
    assert often.until(now_s + 1000) == seldom.until(now_s + 1000)


@given(steps)
def test_what_is_inhibited_is_what_the_definition_says(story):
    scene, now_s = play(INHIBITING, story)
    now_ms = now_s * 1000
    firing = scene.router.alerts(now_ms)
    sources = {alert.labels["job"] for alert in firing if alert.labels["sev"] == "high"}
    for alert in firing:
        muted = alert.labels["sev"] == "low" and alert.labels["job"] in sources
        assert bool(scene.router.status(alert, now_ms).inhibited_by) is muted
