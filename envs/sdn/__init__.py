"""Online admission of flows."""
