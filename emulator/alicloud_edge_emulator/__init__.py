"""A stand-in for Alibaba Cloud's edge: the rollout APIs of ENS and ESA over real HTTP, with real signatures.

    client → gateway (signature, permission, dispatch) → product → cloud (state, computed) → responses

State moves by commands only; what a reader sees is computed from them, the clock and the dialect.
"""
