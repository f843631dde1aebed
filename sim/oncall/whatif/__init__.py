"""What another on-call rotation would do to the people who carry the pager: simulation, comparison,
figures."""
