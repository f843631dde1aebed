"""A team's load fitted to the history of its alerts or tickets."""
