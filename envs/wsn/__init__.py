"""Cluster heads of sensor fields, chosen round by round."""
