"""Online admission at bid prices that a trained network corrects."""
