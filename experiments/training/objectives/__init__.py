"""The objectives, a file each: how a policy learns."""
