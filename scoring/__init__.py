"""Judging: reads what a drill left behind and says, with evidence, how the response went."""
