"""Learned policies: what every family's networks share; PyTorch is loaded where one is used."""
