"""Renderers, one a file. They see findings only."""
