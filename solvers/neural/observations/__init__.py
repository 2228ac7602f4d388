"""A network for any environment whose observation is a dictionary of arrays."""
