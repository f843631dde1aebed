"""The load of an on-call rotation: when pages come, how severe they are, how long they take."""
