"""The adapter to Pulumi's dynamic providers, which works from ``pip install`` alone.

The host does not pass a provider the resource's URN, runs four operations at a time, ignores Ctrl-C, loses the state
of a failed create, and prints tracebacks. These modules work around that from inside the host's process. Each of them
is guarded: where the host has changed, the provider works without it, and one warning names what is missing.

| module | what it adds |
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
