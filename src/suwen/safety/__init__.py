"""What may never be missed: red flags, read before any reasoning."""
