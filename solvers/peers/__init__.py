"""What the peers of all families share."""
