"""Content and its tools: worlds, drills, runbooks, and what reads and checks them."""
