"""Suwen (素问): a self-hosted AI doctor that works beside a human one."""

__version__ = "0.1.0"
