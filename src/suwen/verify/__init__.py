"""Measures: when an answer counts as right, and how sure a figure is."""
