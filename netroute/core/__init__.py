"""The contract that every family, solver, file format and command stands on."""
