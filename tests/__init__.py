"""Tests of PagerDrill."""
