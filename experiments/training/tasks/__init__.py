"""The tasks, a file each: what every family gives to the trainer."""
