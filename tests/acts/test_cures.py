"""What each verb does to each kind of fault when aimed at it as well as it can be, by planning alone."""

import pytest

from sim.world.faults import FAULTS
from sim.world.mitigations import MITIGATIONS, Plan, plan

from .small import act, fault, planned, situation

AIMED = {
    "bad_deploy_errors": fault("bad_deploy_errors", component="cart", version="v42", change="cart-v42"),
    "bad_deploy_latency": fault("bad_deploy_latency", component="cart", version="v42", change="cart-v42"),
    "bad_config": fault("bad_config", component="edge", change="waf-rules"),
    "cpu_hog": fault("cpu_hog", component="edge", change="waf-rules", flag="waf"),
    "disk_stall": fault("disk_stall", component="db", operation="write"),
    "capacity_loss": fault("capacity_loss", component="cart", zone="a"),
    "zone_loss": fault("zone_loss", zone="a"),
    "surge": fault("surge"),
    "abusive_client": fault("abusive_client", client="bot"),
    "slow_query": fault("slow_query", component="db", operation="read"),
    "connection_exhaustion": fault("connection_exhaustion", component="cart"),
    "third_party_outage": fault("third_party_outage", component="pay"),
    "packet_loss": fault("packet_loss", zone="a"),
    "certificate_expired": fault("certificate_expired", component="edge"),
    "harmless": fault("harmless", component="cart"),
}

CURES = {
    ("bad_deploy_errors", "rollback"),
    ("bad_deploy_latency", "rollback"),
    ("bad_config", "revert-config"),
    ("cpu_hog", "revert-config"),
    ("cpu_hog", "flag-off"),
    ("disk_stall", "failover"),
    ("slow_query", "kill-query"),
    ("connection_exhaustion", "restart"),
    ("third_party_outage", "call-vendor"),
    ("certificate_expired", "renew-cert"),
}

RELIEVES = {
    ("bad_deploy_errors", "isolate"),
    ("bad_deploy_latency", "isolate"),
    ("bad_deploy_latency", "scale"),
    ("bad_deploy_latency", "throttle"),
    ("disk_stall", "isolate"),
    ("capacity_loss", "isolate"),
    ("capacity_loss", "scale"),
    ("capacity_loss", "throttle"),
    ("capacity_loss", "drain"),
    ("zone_loss", "drain"),
    ("surge", "scale"),
    ("surge", "throttle"),
    ("abusive_client", "block"),
    ("abusive_client", "scale"),
    ("abusive_client", "throttle"),
    ("slow_query", "isolate"),
    ("slow_query", "throttle"),
    ("connection_exhaustion", "isolate"),
    ("connection_exhaustion", "scale"),
    ("connection_exhaustion", "throttle"),
    ("third_party_outage", "isolate"),
    ("packet_loss", "drain"),
}


def aimed_at(one, verb):
    """Return the act of this verb that has the best prospects against a fault."""
    component = one.where.component
    ours = component not in (None, "pay") and (component, verb) != ("db", "scale")
    aimed = {
        "flag-off": act(verb, to="waf"),
        "revert-config": act(verb, to="waf-rules"),
        "drain": act(verb, zone=one.where.zone or "b"),
        "block": act(verb, client=one.where.client or "web"),
        "isolate": act(verb, callee=component if component not in (None, "edge") else "mail"),
        "throttle": act(verb, "edge", amount=0.5),
        "failover": act(verb, "db"),
        "kill-query": act(verb, "db"),
        "call-vendor": act(verb, "pay"),
        "rollback": act(verb, "cart"),
    }
    return aimed.get(verb) or act(verb, component if ours else "edge")


def comes_back_or_not(now):
    """Return the outcomes of killing the query, over seeds: it can come back."""
    plans = [plan(act("kill-query", "db"), now, seed) for seed in range(40)]
    return {found.outcome for found in plans if isinstance(found, Plan) and found.ok}


@pytest.mark.parametrize("verb", MITIGATIONS)
@pytest.mark.parametrize("kind", FAULTS)
def test_what_a_verb_does_to_a_fault(kind, verb):
    one = AIMED[kind]
    now = situation(one)
    if (kind, verb) == ("slow_query", "kill-query"):
        assert comes_back_or_not(now) == {"worked", "partial"}
        return
    found = planned(aimed_at(one, verb), now)
    expected = "worked" if (kind, verb) in CURES else "partial" if (kind, verb) in RELIEVES else "no_effect"
    assert (found.outcome, found.cures) == (expected, ("f1",) if expected == "worked" else ())
