"""Stand-ins for Pulumi's dynamic host, as it is and as it might become."""

from __future__ import annotations

from types import ModuleType
from typing import Any


class Servicer:
    """What the host serves; its Cancel does nothing."""

    def Cancel(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        return "nothing"


def host(**members: Any) -> ModuleType:
    """A main module like the host's, with a servicer of its own."""
    main = ModuleType("__main__")
    main.DynamicResourceProviderServicer = type("DynamicResourceProviderServicer", (Servicer,), {})  # type: ignore[attr-defined]
    own_cancel: dict[str, Any] = {}
    exec("def Cancel(self, request, context):\n    return 'nothing'", own_cancel)
    main.DynamicResourceProviderServicer.Cancel = own_cancel["Cancel"]
    for name, value in members.items():
        setattr(main, name, value)
    return main
