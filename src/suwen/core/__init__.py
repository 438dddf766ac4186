"""Pure values and the error tree: no I/O, no clock, no randomness."""
