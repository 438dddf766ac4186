"""Simulated patients: people with a hidden truth who talk, answer, forget and object, and cannot be hurt.

A patient never imports the doctor: what is learned or measured on it cannot have leaked.
"""
