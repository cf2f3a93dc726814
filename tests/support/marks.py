"""Secrets that are found again wherever they got to: plain, inside of JSON and URLs, or inside of something encoded.

They consist of letters and digits, so that no quoting changes them.
"""

import base64
import os
from collections.abc import Mapping
from pathlib import Path

KEY_ID = "LTAI5tMarkedKeyId001"
SECRET = "MarkedSecret002abcdefghijklmno"
TOKEN = "CAISMarkedToken003abcdefghijkl"
SIGNATURE = "MarkedSignature004abcdefghi"
REMARKS = "MarkedRemarks005abcdefghi"
"""Stands for what a program marks as secret; the cloud is told it."""
MARKS = (KEY_ID, SECRET, TOKEN, SIGNATURE, REMARKS)

_LOG_EVERYTHING = """\
import logging, os, pathlib
logging.basicConfig(level=logging.DEBUG, filename=pathlib.Path(__file__).parent / f"log-{os.getpid()}", force=True)
"""


def marked_key(**more: object) -> dict[str, object]:
    """A temporary key of a world file, of which every part is marked."""
    return {"id": KEY_ID, "secret": SECRET, "security_token": TOKEN, **more}


def marks_in(found: str | bytes) -> set[str]:
    """The marks that a text or a file's content holds, as they are or in base64."""
    content = found.encode() if isinstance(found, str) else found
    return {mark for mark in MARKS if any(form in content for form in _forms(mark))}


def _forms(mark: str) -> set[bytes]:
    """How a mark may look. In base64 that depends on where it begins; a character there has 6 of its bits."""
    forms = {mark.encode()}
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + mark.encode() + b"\0\0")
        forms.add(encoded[(8 * shift + 5) // 6 : 8 * (shift + len(mark)) // 6])
    return forms


class DebugLogs:
    """Has every Python process of an environment write what all its loggers say, at the lowest level, to files.

    Args:
        folder: A folder for that.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir()
        (folder / "sitecustomize.py").write_text(_LOG_EVERYTHING)

    def environment(self, other: Mapping[str, str]) -> dict[str, str]:
        """The variables that turn it on beside those of an environment."""
        path = [str(self._folder), *filter(None, [other.get("PYTHONPATH")])]
        return {"PYTHONPATH": os.pathsep.join(path), "PYTHONASYNCIODEBUG": "1"}

    def text(self) -> str:
        """All that was logged."""
        return "".join(log.read_text() for log in sorted(self._folder.glob("log-*")))
