"""Talks to the cloud: signed, paced and typed. Knows nothing of rollouts or of Pulumi.

`client.Cloud` is the entry point. Nothing is imported here, so that a preview's host loads only what it needs.
"""
