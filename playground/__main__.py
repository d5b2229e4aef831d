"""`python -m playground`: serve the site and say where, in one line."""

import errno
import gc
import os
import socket
import sys

import uvicorn

# Seconds until a thread that computes lets the event loop on, which passes tokens on.
# Python's own are ten times as many, and each token behind a thread would wait them.
SWITCH_INTERVAL = 0.0005


class Server(uvicorn.Server):
    """Says where it listens once it does."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        # What was loaded by now stays for ever: the collector need not walk it.
        gc.collect()
        gc.freeze()
        # Whole collections rarely: hundreds of live runs take long to walk, and every
        # token waits meanwhile. Without cycles, memory is freed at once anyway.
        gc.set_threshold(50_000, 20, 100)
        if self.started:
            print(_greeting(), flush=True)


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "playground.settings")
    from django.conf import settings

    sys.setswitchinterval(SWITCH_INTERVAL)
    listener = _listener(settings.HOST, settings.PORT)
    if listener is None:
        return 1
    config = uvicorn.Config(
        "playground.asgi:application",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        # PUBLIC_URL says what a proxy would; no header is believed.
        proxy_headers=False,
        # Streams are told to end at the signal; this is for one that does not.
        timeout_graceful_shutdown=3,
    )
    server = Server(config)
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        return 0
    return 0 if server.started else 1


def _listener(host: str, port: int) -> socket.socket | None:
    """The bound socket, or None after one line that says why there is none."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        print(_no_listener(host, port, error), file=sys.stderr)
        return None


def _no_listener(host: str, port: int, error: OSError) -> str:
    if isinstance(error, socket.gaierror):
        return f"HOST cannot be {host!r}: no such address ({error.strerror})."
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} on {host} is taken. Stop the program that uses it, or choose "
            f"another one: PORT={port + 1 if port < 65535 else 8000} make run"
        )
    return f"Cannot listen on {host}, port {port}: {error.strerror}."


def _greeting() -> str:
    from django.conf import settings

    from playground.claude import endpoints

    host = f"[{settings.HOST}]" if ":" in settings.HOST else settings.HOST
    address = settings.PUBLIC_URL or f"http://{host}:{settings.PORT}"
    endpoint = endpoints.default()
    return f"Playground at {address} - endpoint: {endpoint.label}."


if __name__ == "__main__":
    sys.exit(main())
