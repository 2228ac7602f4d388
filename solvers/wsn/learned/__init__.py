"""Policies that learn: what a node sees of its surroundings, and a network that judges it."""
