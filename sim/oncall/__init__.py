"""Who carries the pager: escalation of pages and the times people need to respond."""
