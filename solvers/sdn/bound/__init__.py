"""Upper bounds on what can be admitted, each with a certificate that `verify_bound` recomputes."""
