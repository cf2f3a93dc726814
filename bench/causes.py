"""Why a target is missed, where it is; kept by the beginning of the question."""

from __future__ import annotations

_HOST = (
    "on two cores all of this is CPU, and the provider needs more of it than nothing: some 0.14 s a phase to load "
    "httpx, pydantic and its own models in the host, 1 ms a resource to check it and to look (a call of httpx is "
    "1.4 ms, on a new connection 3 ms), and 0.3 s in the program and 0.2 s in the CLI for outputs and the secret that "
    "the floor has not, which the third stack has too. Tried, and in: shared looks (800 calls became 30), unchanged "
    "inputs that are not rewritten, the state machine and the vendor's credential chain left out of previews, fewer "
    "Outputs, no search for garbage among loaded modules, and no search for a missing package at every call."
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
        "are built then; the base only imports the packages. Models of answers are built at first use."
    ),
}


def cause_of(question: str) -> str:
    """Return the known cause of a miss."""
    return next((cause for start, cause in CAUSES.items() if question.startswith(start)), "")
