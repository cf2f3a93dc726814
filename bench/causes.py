"""Why a target is missed, where it is; kept by the beginning of the question."""

from __future__ import annotations

_HOST = (
    "on two cores all of this is CPU, and the provider needs more of it than nothing: 0.35 s a phase to load httpx, "
    "pydantic and the models in the host, some 3 ms a resource to check, compare and look, and 0.2 s in the program "
    "for outputs that the floor does not declare. Tried: shared looks (800 calls became 100), unchanged inputs that "
    "are not rewritten (5 s less), models built at first use, imports without the garbage collector (no gain), "
    "fewer threads in the host (0.1 s)."
)

CAUSES = {
    "rollout of": (
        "over rollouts that it was not tuned on, the cadence is somewhat worse than over those that it was; the end "
        "of the last step cannot be foretold more exactly than the step is long, and the calls allowed do not cover "
        "it. Tried: a search over its constants; the README says how far the figures scatter between sets of seeds."
    ),
    "up of": _HOST,
    "unchanged up of": _HOST,
    "preview of": _HOST,
    "refresh of": _HOST,
    "import in the dynamic host with all": (
        "pydantic loads its schema machinery when the first model is made (some 40 ms), and the models of inputs "
        "are built then; the base only imports the packages. Tried: models of answers are built at first use."
    ),
}


def cause_of(question: str) -> str:
    """Give the known cause of a miss."""
    return next((cause for start, cause in CAUSES.items() if question.startswith(start)), "")
