"""Talks to the cloud: signed, paced and typed. Knows nothing of rollouts or of Pulumi.

`session.Cloud` is the way in. Nothing is imported here: the host of a preview loads only what that needs.
"""
