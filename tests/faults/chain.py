"""Where the vendor's credential chain finds temporary keys: another one each time it asks."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import cycle
from threading import Thread

KEYS = [{"id": f"temporary-{number}", "secret": "secret", "security_token": "token"} for number in range(20)]
"""Keys of the emulated account that have not expired: more than two hosts ask for in turn."""
EXPIRED_KEY = {
    "id": "expired",
    "secret": "secret",
    "security_token": "token",
    "expires": "2026-01-01T00:00:00Z",
}


@contextmanager
def serve_keys() -> Iterator[str]:
    """Serve the keys in turn; gives the address for ``ALIBABA_CLOUD_CREDENTIALS_URI``."""
    keys = cycle(KEYS)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            key = next(keys)
            answer = {
                "Code": "Success",
                "AccessKeyId": key["id"],
                "AccessKeySecret": key["secret"],
                "SecurityToken": key["security_token"],
                "Expiration": f"{datetime.now(UTC) + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}",
            }
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
