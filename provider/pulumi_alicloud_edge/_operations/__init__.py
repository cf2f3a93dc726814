"""The operations on a resource: check, diff, create, update, read and delete.

They are neutral: an adapter hands over an `OperationContext` and plain properties, and gets typed results back.
Nothing here knows which adapter calls. Whatever fails is raised as an `EdgeError`; a create or an update that leaves
a state worth keeping raises `PartialStateError` with that state.
"""
