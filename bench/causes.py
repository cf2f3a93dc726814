"""Why a target is missed, where it is; kept by the beginning of the question."""

from __future__ import annotations

CAUSES = {
    "import in the dynamic host with all": (
        "pydantic loads its schema machinery when the first model is made (some 40 ms), and the models of inputs "
        "are built then; the base only imports the packages. Tried: models of answers are built at first use."
    ),
}


def cause_of(question: str) -> str:
    """Give the known cause of a miss."""
    return next((cause for start, cause in CAUSES.items() if question.startswith(start)), "")
