"""Who is on call when: rotations, restrictions, overrides and leave, in local time through its changes."""
