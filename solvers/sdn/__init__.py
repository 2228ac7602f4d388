"""Admission and routing of flows: exact methods, heuristics, online policies and bounds."""
