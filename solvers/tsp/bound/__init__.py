"""Lower bounds on the length of tours."""
