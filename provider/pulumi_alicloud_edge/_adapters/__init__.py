"""Adapters: turn calls from outside into operations, and their results into replies."""
