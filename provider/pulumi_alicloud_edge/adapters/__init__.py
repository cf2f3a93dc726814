"""The faces of the operations: what turns calls from outside into operations, and results into replies."""
