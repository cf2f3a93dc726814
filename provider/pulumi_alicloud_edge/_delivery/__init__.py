"""Joins the core that decides to the client that talks: one port each for pushes, distributions and releases."""
