"""Schedules of other tools as policies of ours: one file per format, one that tells them apart."""
