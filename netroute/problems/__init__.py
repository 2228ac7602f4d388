"""A family each: its instance, its solution and its independent checker."""
