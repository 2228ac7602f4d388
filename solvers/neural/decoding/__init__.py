"""Ways to get good plans out of a policy: what several networks share."""
