"""Makes a pull request's comment of what `pulumi preview --diff` has printed: `python comment.py FILE`.

The impact of each rollout comes first, as a table; the whole preview is folded below it.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

LONGEST = 60_000
"""GitHub takes comments of up to 65,536 characters."""

_RESOURCE = re.compile(r"[-+~ ]*\S+: \((?P<operation>\S+)\)$")
_URN = re.compile(r"\[urn=\S+[:/](?P<type>\w+)::(?P<name>[^]]+)\]$")
_IMPACT = re.compile(r'[-+~ ]*impact *: (?:".*" => )?"(?P<impact>.*)"$')
_SUMMARY = re.compile(r"(?:[-+~]+ )?\d+ (?:to \w+|unchanged|errored|changes\b.*)$")


def impacts(preview: str) -> Iterator[tuple[str, str]]:
    """Find each resource that is to be changed, with the impact that its rollout would have."""
    operation = resource = ""
    for line in map(str.strip, preview.splitlines()):
        if found := _RESOURCE.match(line):
            operation = found["operation"]
        elif found := _URN.search(line):
            resource = f"{found['type']} {found['name']}"
        elif (found := _IMPACT.match(line)) and operation != "delete":
            yield resource, found["impact"]


def summary(preview: str) -> str:
    """Return the counts at the preview's end: ``~ 2 to update, 2 unchanged``."""
    _, _, end = preview.rpartition("Resources:")
    return ", ".join(line for line in map(str.strip, end.splitlines()) if _SUMMARY.match(line))


def comment(preview: str) -> str:
    """Write the comment, in Markdown."""
    rows = [f"| {resource} | {impact.replace('|', '/')} |" for resource, impact in impacts(preview)]
    table = ["| resource | what merging this would touch |", "| --- | --- |", *rows]
    nothing = ["Merging this would roll nothing out."]
    shown = preview if len(preview) <= LONGEST else f"{preview[:LONGEST]}\n… (cut)"
    fence = "~" * 8
    folded = [
        "<details><summary>pulumi preview --diff</summary>",
        "",
        fence,
        shown.strip(),
        fence,
        "</details>",
    ]
    head = ["### Pulumi preview", "", summary(preview) or "The preview failed: see below.", ""]
    return "\n".join([*head, *(table if rows else nothing), "", *folded, ""])


if __name__ == "__main__":
    sys.stdout.write(comment(Path(sys.argv[1]).read_text()))
