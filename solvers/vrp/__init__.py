"""Vehicle-routing solvers."""
