"""Pictures of instances, solutions and runs; needs the extra ``plot``."""
