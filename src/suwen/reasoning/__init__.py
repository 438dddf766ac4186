"""Findings to hypotheses: the differential, the most valuable next question, and when to stop."""
