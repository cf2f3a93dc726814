"""Messages without a traceback."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class ProviderFailure(Exception):  # noqa: N818 - it is what the user reads, not an error class to catch
    """A failure whose text is the whole message; the host prints it without a traceback."""


class _QuietTraceback:
    """Stands in for the module ``traceback`` in the host: our own failures are their text, no more."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module

    def format_exc(self, *args: Any, **kwargs: Any) -> str:
        """Return the text of the failure being handled."""
        failure = sys.exc_info()[1]
        if isinstance(failure, ProviderFailure):
            return str(failure)
        return str(self._module.format_exc(*args, **kwargs))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, name)


def quieten_tracebacks(main: ModuleType) -> bool:
    """Have newer hosts print our failures without the traceback; older ones print none."""
    module = getattr(main, "traceback", None)
    if module is None:
        return True
    if not hasattr(module, "format_exc"):
        return False
    if not isinstance(module, _QuietTraceback):
        main.traceback = _QuietTraceback(module)  # type: ignore[attr-defined]
    return True
