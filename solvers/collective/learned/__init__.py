"""The learned policy of online placement: a network that all spines share."""
