"""Readers turn bytes into the parts of an artifact, one module per format, chosen by content and not by name."""
