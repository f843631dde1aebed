"""What people do together: the incident they declare, the war room, status updates."""
