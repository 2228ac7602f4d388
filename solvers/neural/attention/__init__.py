"""The attention model of Kool et al. with many starts, as of Kwon et al. (POMO)."""
