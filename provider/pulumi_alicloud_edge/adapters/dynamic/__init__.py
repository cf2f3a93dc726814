"""The adapter to Pulumi's dynamic providers, which works from ``pip install`` alone.

The host calls a provider without telling which resource it is about, runs four operations at a time, ignores
Ctrl-C, loses the state of a failed create, and prints tracebacks. Each of these can be had from the inside of
its process. Every such reach is guarded: where the host has changed, the provider works on without it, and one
warning says what is missing.

| module | what it reaches for |
| --- | --- |
| `call` | the request under way, its URN, timeout and hidden properties |
| `failed_state` | the state of a create or update that fails |
| `executor` | the number of operations at a time |
| `cancellation` | Ctrl-C |
| `tracebacks` | messages without a traceback |
| `engine` | the engine's address, and its end |
| `display` | lines beside a resource |
| `process` | sets all of them up, once in a process |
| `provider` | translates between the host's calls and the operations |
"""
