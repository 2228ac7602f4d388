"""Tours, built node by node."""
