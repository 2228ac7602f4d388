"""Lower bounds on the load of the most loaded link."""
