"""From small observations to hypotheses: the place, the mechanism, and what would have to be done."""

from dataclasses import replace

import pytest

from sim.bots.expert.diagnose import blame_of, hypotheses, places
from sim.bots.expert.remedies import remedies
from sim.bots.expert.scene import Observed, Scene, reached_by
from sim.view import KnownChange
from tests.bots.small import WORLD, change, part, scene, seen


def first(of: Scene) -> tuple[str, str, tuple[str, ...]]:
    """Return place, mechanism and the commands of the best remedy of the likeliest hypothesis."""
    best = hypotheses(of)[0]
    fitting = remedies(best, of)
    return best.component, best.mechanism, fitting[0].commands if fitting else ()


def test_a_journey_reaches_what_its_operations_call():
    assert reached_by(WORLD, "buy") == {"edge", "shop", "db", "vendor", "jobs"}
    assert reached_by(WORLD, "look") == {"edge", "shop", "db", "cache"}


def test_the_deepest_unhealthy_component_is_the_place():
    of = scene(seen("edge", "!!"), seen("shop", "!!"), seen("db", "!!"))
    assert next(name for name, _ in places(of)) == "db"


def test_what_only_journeys_that_are_well_need_is_not_the_place():
    of = scene(seen("cache", "!!"), seen("vendor", "!"), hurt=("buy",))
    assert next(name for name, _ in places(of)) == "vendor"


@pytest.mark.parametrize(
    ("observed", "changes", "expected"),
    [
        (seen("db", "!!", "WARN fsync of the binary log took 4700 ms", p95_ms=5000), (),
         ("db", "disk", ("failover db",))),
        (seen("db", "!!", "WARN disk is 98% full", disk_share=0.98), (),
         ("db", "disk", ("expand-disk db",))),
        (seen("db", "!!", "WARN slow query: full scan, millions of rows examined", cpu_share=1.0), (),
         ("db", "database", ("kill-query db",))),
        (seen("db", "!!", "ERROR cannot execute statement: this server is read-only"), (),
         ("db", "failover", ("failover db",))),
        (seen("vendor", "!!", "ERROR 503 from the vendor"), (),
         ("vendor", "third-party", ("call-vendor vendor",))),
        (seen("edge", "!!", "ERROR firewall: worker killed in the evaluation of one request", cpu_share=1.0),
         (change("rules-7", "edge", "config"),), ("edge", "cpu", ("flag-off edge firewall",))),
        (seen("shop", "!!", "ERROR buy: no backend matches the request under the current configuration"),
         (change("routes", "shop", "config"),), ("shop", "config", ("revert-config shop routes",))),
        (seen("shop", "!!", "WARN memory is 96% full, collector runs often", memory_share=0.96), (),
         ("shop", "memory", ("restart shop",))),
        (seen("shop", "!!", "ERROR buy: 401 from vendor: token expired (x90)"), (),
         ("shop", "credential", ("rotate-credential shop",))),
        (seen("shop", "!!", "ERROR certificate has expired", certificate_days=-0.1), (),
         ("shop", "certificate", ("renew-cert shop",))),
        (seen("jobs", "!", "WARN partition does not advance: message 7 delivered again", queue_age_s=900.0,
              usual={"queue_age_s": 1.0}), (), ("jobs", "queue", ("scale mailer 2x",))),
        (seen("mailer", "ok", "WARN one host reports a failed fan, spare took over"), (),
         ("mailer", "host", ())),
    ],
    ids=lambda value: value.component if isinstance(value, Observed) else None,
)  # fmt: skip
def test_signs_lead_to_mechanism_and_act(
    observed: Observed, changes: tuple[KnownChange, ...], expected: tuple[str, str, tuple[str, ...]]
):
    assert first(scene(observed, changes=changes)) == expected


def test_a_new_version_that_fails_is_rolled_back():
    parts = (part("version", "v2", 0.4, "!!"), part("version", "v1", 0.001))
    shop = replace(seen("shop", "!!", "ERROR buy: 500 internal error in handler (x90)"), parts=parts)
    of = scene(shop, changes=(change("shop-v2", "shop", "deploy"),))
    assert first(of) == ("shop", "deploy", ("rollback shop",))


def test_a_version_that_was_there_before_was_woken_by_the_flag():
    parts = (part("version", "v2", 0.4, "!!"), part("version", "v1", 0.001))
    shop = replace(seen("shop", "!!", "WARN render aborted, no fallback given for 'stock'"), parts=parts)
    changes = (
        change("stock-half", "shop", "flag", 30, "Live stock shown to half"),
        change("shop-v2", "shop", "deploy", 4000),
    )
    assert first(scene(shop, changes=changes)) == ("shop", "flag", ("flag-off shop live-stock",))


def test_a_version_that_has_gone_is_not_the_bad_one():
    parts = (part("version", "v1", 0.0, "-", gone=True), part("version", "v2", 0.3, "!!"))
    of = scene(replace(seen("shop", "!", "INFO health check ok"), parts=parts))
    assert [each for each in hypotheses(of) if each.mechanism == "deploy"] == []


def test_a_zone_in_which_several_are_bad_is_drained_and_its_primary_fails_over():
    def odd(name: str) -> Observed:
        zones = (part("zone", "zone-a", 0.9, "!!"), part("zone", "zone-b", 0.001))
        return replace(seen(name, "!!", "ERROR no route to host in zone zone-a"), parts=zones)

    of = scene(odd("edge"), odd("shop"), odd("mailer"), seen("db", "-", rps=0.0))
    best = hypotheses(of)[0]
    assert (best.mechanism, best.part) == ("zone", ("zone", "zone-a"))
    assert remedies(best, of)[0].commands == ("drain zone-a", "failover db")


def test_a_cold_cache_before_a_drowning_database_is_warmed_behind_a_throttle():
    cache = seen("cache", "ok", "INFO started empty: 0 keys", hit_share=0.3, usual={"hit_share": 0.9})
    db = seen("db", "!!", "ERROR read: statement refused, too many wait already", rps=500.0, cpu_share=1.0)
    of = scene(cache, db, hurt=("look",), changes=(change("new-hosts", "cache", "infrastructure"),))
    best = next(each for each in hypotheses(of) if each.mechanism == "cache")
    remedy = remedies(best, of)[0]
    assert remedy.commands == ("throttle db 20%", "revert-config cache new-hosts", "warm cache")
    assert (remedy.lift, remedy.watch) == (("throttle db 40%", "throttle db 80%", "throttle db 100%"), "db")


def test_without_figures_the_blame_of_logs_leads_to_the_place():
    blind = {
        name: Observed(name, "?", lines=tuple(f"14:00:00 zone-a v1 {line}" for line in lines))
        for name, lines in {
            "edge": ("ERROR buy: 502 from shop: a dependency of it failed (x900)", "ERROR buy: 500 own (x9)"),
            "shop": ("ERROR buy: TLS handshake with vendor failed: certificate has expired (x700)",),
        }.items()
    }
    of = Scene(WORLD, 0, 0, ("buy",), blind)
    assert blame_of(of) == {"edge": pytest.approx(9 / 909), "vendor": pytest.approx(900 / 909)}
    assert hypotheses(of)[0].component == "vendor"
    assert hypotheses(of)[0].mechanism == "certificate"
