"""Compiled kernels that several families share."""
