"""Online placement of collective traffic."""
