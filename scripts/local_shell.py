"""A shell in which Pulumi works against the emulator: for the examples, and for trying things.

Its stacks are kept apart from those of `up`, which belong to the root project.
"""

import os
import subprocess
from urllib.parse import quote

import local_emulator
import local_stack
import pulumi_cli
import python_env
from console import say
from workspace import ROOT, VENV, environment_with

BACKEND = local_stack.SHELL / "state"


def run() -> None:
    """Set up what is missing, start the emulator, and run the person's own shell in the top folder."""
    python_env.ensure()
    cli = pulumi_cli.ensure()
    emulator = local_emulator.start()
    BACKEND.mkdir(parents=True, exist_ok=True)
    say(f"""
In this shell, `pulumi` works against the emulator at {emulator}, and `python` is the one of .venv.
  Begin with:    cd examples/staged-rollout   (the README there says how to go on)
  Look:          {emulator}
  Leave:         exit, and then `make down` to stop the emulator""")
    environment = environment_with(VENV / "bin", cli) | {
        **local_stack.cloud_variables(emulator),
        "PULUMI_BACKEND_URL": f"file://{quote(str(BACKEND))}",
        "PULUMI_HOME": str(local_stack.SHELL / "home"),
        "VIRTUAL_ENV": str(VENV),
    }
    subprocess.run([os.environ.get("SHELL") or "sh"], cwd=ROOT, env=environment, check=False)
