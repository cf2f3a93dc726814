"""The command `alicloud-edge-emulator`."""

import argparse
import gc
import logging
import socket
import sys
from pathlib import Path

import uvicorn

from alicloud_edge_emulator.clock import EmulatedClock
from alicloud_edge_emulator.cloud import Cloud
from alicloud_edge_emulator.gateway.connections import BreakableProtocol
from alicloud_edge_emulator.ledger import Ledger
from alicloud_edge_emulator.problems import Refused
from alicloud_edge_emulator.server import build
from alicloud_edge_emulator.world import load_world

MAX_HEAD_BYTES = 256 << 10
"""Request line and headers: the ENS operations carry all their parameters in the query."""
KEPT_SECONDS = 75
"""For how long an idle connection is kept: longer than clients do, which else find it closed as they use it."""
COLLECT_AFTER = (100_000, 50, 50)
"""A fleet is many small objects without cycles, which the collector would else walk through again and again."""


def main() -> None:
    """Start the emulator and serve until it is told to stop."""
    options = _parser().parse_args()
    gc.set_threshold(*COLLECT_AFTER)
    logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    try:
        cloud = _open_cloud(options)
        listener = _listen(options.host, options.port)
    except (Refused, OSError) as error:
        sys.exit(f"alicloud-edge-emulator: {error}")
    port = listener.getsockname()[1]
    if options.port_file is not None:
        options.port_file.write_text(f"{port}\n")
    print(f"alicloud-edge-emulator listens on http://{options.host}:{port}", flush=True)  # noqa: T201
    config = uvicorn.Config(
        build(cloud, files=options.files),
        http=BreakableProtocol,
        log_level="warning",
        access_log=False,
        date_header=False,  # the gateway's own clock says it
        h11_max_incomplete_event_size=MAX_HEAD_BYTES,
        timeout_keep_alive=KEPT_SECONDS,
        timeout_graceful_shutdown=1,
    )
    uvicorn.Server(config).run(sockets=[listener])


def _open_cloud(options: argparse.Namespace) -> Cloud:
    clock, ledger = EmulatedClock(scale=options.time_scale), Ledger(options.db)
    beginning = ledger.beginning()
    if beginning is None:
        return Cloud.new(load_world(options.world), seed=options.seed or 0, clock=clock, ledger=ledger)
    if options.seed not in {None, beginning.seed}:
        raise Refused(f"db: {options.db} began with seed {beginning.seed}; delete it or leave --seed away")
    if options.world is not None and load_world(options.world) != beginning.world:
        raise Refused(f"db: {options.db} holds another world; delete it or leave --world away")
    return Cloud.resumed(beginning, clock=clock, ledger=ledger)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="alicloud-edge-emulator",
        description="Emulates the data and container rollout APIs of Alibaba Cloud ENS and ESA.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=_port, default=8787, help="0 takes a free one (default: %(default)s)")
    parser.add_argument(
        "--port-file", type=Path, metavar="FILE", help="write the port that is bound to this file"
    )
    parser.add_argument("--world", type=Path, metavar="FILE", help="world file (default: a built-in world)")
    parser.add_argument(
        "--time-scale",
        type=_scale,
        default=1.0,
        metavar="N",
        help="run N times faster than real time; 0 stands still (default: 1)",
    )
    parser.add_argument("--seed", type=int, metavar="N", help="seed of durations and outcomes (default: 0)")
    parser.add_argument(
        "--db",
        type=Path,
        metavar="FILE",
        help="keep the state in this file, and go on from it after a restart",
    )
    parser.add_argument(
        "--files", type=_folder, metavar="DIR", help="serve the files of a folder under /files"
    )
    return parser


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:  # noqa: PLR2004 - the range of TCP
        raise argparse.ArgumentTypeError("a port is between 0 and 65535")
    return port


def _scale(text: str) -> float:
    scale = float(text)
    if not 0 <= scale <= 1_000_000:  # noqa: PLR2004
        raise argparse.ArgumentTypeError("the time scale is between 0 and 1000000")
    return scale


def _folder(text: str) -> Path:
    folder = Path(text)
    if not folder.is_dir():
        raise argparse.ArgumentTypeError(f"{text} is no folder")
    return folder


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Only a socket that says TCP gets TCP_NODELAY from asyncio; without it every answer takes 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise OSError(f"cannot listen on {host}:{port}: {error.strerror}") from error
    return listener


if __name__ == "__main__":
    main()
