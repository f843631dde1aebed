"""A drill as the tools of operators see it: Alertmanager's and Prometheus' HTTP APIs over a running drill."""
