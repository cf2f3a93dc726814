"""`python3 scripts COMMAND`: what the Makefile's targets do, from any folder and with nothing installed."""

import argparse
import sys

import checks
import local_shell
import local_stack
import pulumi_cli
import python_env
from console import StepError, say


def main() -> int:
    """Run one command; an error is a few lines, never a traceback."""
    parser = argparse.ArgumentParser(prog="python3 scripts", description="Work on this checkout.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("setup", help="create .venv and get the Pulumi CLI")
    for name in ("up", "preview", "refresh"):
        commands.add_parser(name).add_argument("--stack", default="staging")
    commands.add_parser("down", help="destroy what up deployed and stop the emulator")
    commands.add_parser("shell", help="run a shell in which Pulumi works against the emulator")
    commands.add_parser("lint")
    commands.add_parser("reference", help="write what follows from the declarations of inputs and outputs")
    commands.add_parser("test", help="lint, then pytest with the arguments that follow")
    commands.add_parser(
        "matrix", help="run every cell of the matrices of faults and kills and print them as tables"
    )
    commands.add_parser("mutation", help="change the code in small ways and see which no test notices")
    soak = commands.add_parser(
        "soak", help="simulate lives of programs at length, with edits, drifts, faults and kills"
    )
    soak.add_argument("--hours", type=float, default=24.0, help="of the emulator's clock")
    soak.add_argument("--examples", type=int, default=2000, help="lives to judge by the safety rules")
    soak.add_argument("--steps", type=int, default=30, help="of each of these lives, at most")
    soak.add_argument("--seed", type=int, default=1, help="what decides about all that happens")
    commands.add_parser("bench", help="measure, with the arguments that follow")
    commands.add_parser("cli", help="print the folder of the Pulumi CLI")
    try:
        chosen, further = parser.parse_known_args()
        if further and chosen.command not in ("test", "matrix", "mutation", "bench"):
            parser.error(f"unknown: {' '.join(further)}")
        _run(chosen, further)
    except StepError as error:
        print(f"\n{error.what}\n{error.remedy}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130
    return 0


def _run(chosen: argparse.Namespace, further: list[str]) -> None:
    match chosen.command:
        case "setup":
            python_env.ensure()
            say(f"Set up: .venv is what uv.lock says, Pulumi is in {pulumi_cli.ensure()}.")
        case "up" | "preview" | "refresh" as command:
            getattr(local_stack, command)(chosen.stack)
        case "down":
            local_stack.down()
        case "shell":
            local_shell.run()
        case "lint":
            checks.lint()
        case "reference":
            checks.reference()
        case "test" | "matrix" | "mutation" | "bench" as command:
            getattr(checks, command)(further)
        case "soak":
            checks.soak(chosen.hours, chosen.examples, chosen.steps, chosen.seed)
        case "cli":
            say(str(pulumi_cli.ensure()))


if __name__ == "__main__":
    sys.exit(main())
