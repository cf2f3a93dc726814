"""Measures how near the provider comes to what is possible. Every figure is a ratio taken side by side in one run."""
