"""Whether an error's text is one that a user can work with."""

STRANGE = (
    "Traceback",
    'File "',
    "Error(",
    "Exception ",
    "Exception:",
    "grpc",
    "httpx",
    "pydantic",
    "None",
    "<",
    "{",
)
"""What only a developer of the provider would understand."""
ADVICE = ("un again", "pulumi up")
MOST_LINES, LONGEST_LINE = 8, 320


def faults_of(message: str, *, about: str) -> list[str]:
    """Return what is unclear in an error's text.

    Args:
        message: The text.
        about: What it must name: the application, or where the cloud was looked for.
    """
    lines = message.splitlines()
    checks = {
        "it is empty": bool(message.strip()),
        f"it does not name {about}": about in message,
        "it does not say what to do": any(advice in message for advice in ADVICE),
        f"it has more than {MOST_LINES} lines": len(lines) <= MOST_LINES,
        f"a line is longer than {LONGEST_LINE} characters": all(len(line) <= LONGEST_LINE for line in lines),
        **{f"it holds {strange!r}": strange not in message for strange in STRANGE},
    }
    return [fault for fault, holds in checks.items() if not holds]
