"""The consultation: one function, `respond`, and what is built from its log."""
