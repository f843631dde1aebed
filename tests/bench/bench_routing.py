"""What routing costs: alerts a second through a whole configuration, groups flushed and all.

python tests/bench/bench_routing.py
"""

from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from sim.alerting.routing.alerts import Push
from sim.alerting.routing.config import Config, config_of
from sim.alerting.routing.matchers import matcher
from sim.alerting.routing.router import Router
from sim.alerting.routing.silences import Silence
from sim.document import parsed

CONFIG = """
route:
  receiver: default
  group_by: [alertname, cluster]
  routes:
    - matchers: [team = "storage"]
      receiver: storage
      group_by: [cluster, service]
      routes:
        - matchers: [severity = "critical"]
          receiver: pager
    - matchers: [service =~ "web|api|edge-.*"]
      receiver: front
      continue: true
    - matchers: [severity =~ "critical|page"]
      receiver: pager
      group_by: [service]
inhibit_rules:
  - source_matchers: [severity = "critical"]
    target_matchers: [severity = "warning"]
    equal: [service, cluster]
receivers:
  - name: default
    slack_configs: [{channel: "#alerts", api_url: "http://chat.example/"}]
  - name: storage
    webhook_configs: [{url: "http://storage.example/"}]
  - name: front
    webhook_configs: [{url: "http://front.example/"}]
  - name: pager
    pagerduty_configs: [{routing_key: "0"}]
"""
ALERTS = 5_000
MINUTES = 6
"""So often every alert is pushed: once new, then again every minute, as Prometheus does."""


def pushes() -> list[Push]:
    """Return different alerts of 40 services in 4 clusters."""
    return [
        Push(
            {
                "alertname": f"Rule{n % 97}",
                "cluster": f"eu-{n % 4}",
                "service": ("web", "api", "edge-a", "cart", "db")[n % 5] + f"-{n % 8}",
                "team": ("storage", "front", "core")[n % 3],
                "severity": ("critical", "warning", "info")[n % 7 % 3],
                "instance": f"10.0.{n // 250}.{n % 250}:9100",
            },
            {"summary": "it is so"},
        )
        for n in range(ALERTS)
    ]


def alerts_a_second() -> float:
    """Return how many pushed alerts are routed in a second, with 3 silences in force and every flush."""
    router = Router(_config(), datetime(2024, 3, 5, tzinfo=UTC))
    for text in ('service="web-1"', 'alertname=~"Rule1."', 'instance=~"10.9.+"'):
        router.silences.put(Silence("", (matcher(text),), 0, 3_600_000), 0)
    of, told = pushes(), 0
    began = perf_counter()
    for minute in range(MINUTES):
        router.push(60_000 * minute, of)
        told += len(router.due(60_000 * minute + 59_999))
    assert told > 0
    return MINUTES * ALERTS / (perf_counter() - began)


def _config() -> Config:
    return config_of(parsed(Path("alertmanager.yml"), CONFIG))


if __name__ == "__main__":
    print(f"{alerts_a_second():,.0f} alerts/s")
