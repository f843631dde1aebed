"""Alerts: rules and their states, ordinary noise, and the history of the days before the drill."""
