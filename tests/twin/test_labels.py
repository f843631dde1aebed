"""What each alert of a small drill really was, as lists of (s, rule, label, cause)."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.spec import Fault, Where
from sim.world.faults import FAULTS
from tests.twin.small import BAD_DISK, BUSY_MAIL, FULLER_THUMBS, fault, labels, played, scenario

QUIET = {"noise_intensity": 0.0}
REPORT = ("ApiBusy", "noise", "nightly report")


def test_every_sort_of_alert_in_one_drill():
    found = labels(played(scenario(BUSY_MAIL, FULLER_THUMBS, BAD_DISK), (1000, "throttle web 50% yes")))
    transient = [alert for alert in found if alert[1] == "ThumbsBusy"]
    assert [alert for alert in found if alert not in transient and alert[1:] != REPORT] == [
        (165, "MailBusy", "unrelated", "fault:busy-mail"),  # soft calls only: no user is hurt
        (630, "BuyFails", "symptom", "fault:bad-disk"),
        (660, "DbSlow", "cause", "fault:bad-disk"),
        (1110, "BuyFails", "self_inflicted", "act:1"),  # the disk has been well for three minutes
    ]
    assert REPORT in [alert[1:] for alert in found]
    assert transient
    for at_s, _, label, cause in transient:  # its true load stays below the line, the twin's far below
        assert (label, cause) == ("transient", "measurement noise")
        assert 100 <= at_s < 400


def test_before_anything_acts_all_is_noise():
    assert {label for _, _, label, _ in labels(played(scenario()))} == {"noise"}


def test_an_act_beside_an_outage_is_behind_its_own_alerts_only():
    with_act = labels(played(scenario(BAD_DISK, **QUIET), (620, "throttle mail 20% yes")))
    assert with_act == [
        (630, "BuyFails", "symptom", "fault:bad-disk"),
        (660, "DbSlow", "cause", "fault:bad-disk"),
        (735, "MailFails", "self_inflicted", "act:1"),
    ]


def test_the_last_straw_is_the_act():
    half_busy = fault("half-busy", "cpu_hog", 100, "mail", intensity=0.15)
    halved = (200, "scale mail 0.5x yes")
    assert labels(played(scenario(half_busy, **QUIET))) == []
    assert labels(played(scenario(**QUIET), halved)) == []
    found = labels(played(scenario(half_busy, **QUIET), halved))
    assert [alert[1:] for alert in found] == [("MailBusy", "self_inflicted", "act:1")]


UNRELATED_ACTS = ["restart lone yes", "scale lone 2x yes", "throttle lone 50% yes", "restart thumbs yes"]


@settings(max_examples=12, deadline=None)
@given(line=st.sampled_from(UNRELATED_ACTS), at_s=st.integers(1, 115).map(lambda n: n * 5))
def test_an_unrelated_act_changes_no_label(line: str, at_s: int):
    of = scenario(BUSY_MAIL, FULLER_THUMBS, BAD_DISK)
    relevant = [alert for alert in labels(played(of)) if alert[1] != "ThumbsBusy"]
    with_act = played(of, (at_s, line))
    assert any(record.event.kind == "act.started" for record in with_act._journal.records)
    assert [alert for alert in labels(with_act) if alert[1] != "ThumbsBusy"] == relevant


@pytest.mark.parametrize(
    ("wrong", "alerts"),
    [
        (
            Fault(id="f", kind="packet_loss", where=Where(zone="zone-a"), intensity=6.0),
            {("BuyFails", "symptom"), ("DbSlow", "cause"), ("MailFails", "symptom")},  # db is in zone-a alone
        ),
        (
            Fault(id="f", kind="surge", where=Where(client="eu"), intensity=30.0),
            {("BuyFails", "symptom"), ("ApiBusy", "symptom")},
        ),
    ],
)
def test_faults_of_a_zone_or_a_client(wrong: Fault, alerts: set[tuple[str, str]]):
    found = labels(played(scenario(wrong, horizon_s=600, **QUIET)))
    assert alerts <= {(rule, label) for _, rule, label, _ in found}
    assert {cause for *_, cause in found} == {"fault:f"}


def test_what_lasts_after_a_fault_is_still_its_own():
    brief = fault("brief", "disk_stall", 600, "db", lasts_s=40)
    assert {alert[2:] for alert in labels(played(scenario(brief, **QUIET)))} <= {
        ("symptom", "fault:brief"),
        ("cause", "fault:brief"),
    }


def test_data_at_risk_has_its_own_clock(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(FAULTS, "disk_stall", replace(FAULTS["disk_stall"], data_at_risk=True))
    for name in {kind for kind in FAULTS if kind != "disk_stall"}:
        monkeypatch.setitem(FAULTS, name, replace(FAULTS[name], data_at_risk=False))
    of = played(scenario(BUSY_MAIL, BAD_DISK))
    risks = [(r.t_ms // 1000, r.event) for r in of.truth if r.event.kind.startswith("truth.data_risk")]
    assert [(at_s, event.kind, event.fault) for at_s, event in risks] == [
        (600, "truth.data_risk_started", "bad-disk"),
        (900, "truth.data_risk_ended", "bad-disk"),
    ]
