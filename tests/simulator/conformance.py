"""`make conformance`: the official SDK's own tests against the simulator.

The scripts that fetch and run them lie beside the project; without them, or without
the SDK's source package, this says so in one line and is content.
"""

import logging
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from anthropic.resources.messages import DEPRECATED_MODELS

from playground.spec import catalog

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT.parent / "shared" / "conformance"
EXPECTED = {"core": 245, "ids": 425}
"""How many tests each tier has in anthropic 2.12.0."""


def main() -> int:
    if not SCRIPTS.exists():
        return skip(f"there is no ../shared/{SCRIPTS.name} beside the project")
    suite = Path(os.environ.get("SUITE_DIR") or ROOT / ".venv" / "sdk-suite")
    env = os.environ | {
        "SUITE_DIR": str(suite),
        "ANTHROPIC_VERSION": version("anthropic"),
    }
    prepared = run(env, "http://127.0.0.1", "core", "--collect-only")
    if prepared.returncode:
        reason = (prepared.stderr.strip() or "it does not start").splitlines()[-1]
        return skip(f"the SDK's source package cannot be had ({reason})")
    serve_retired_models()
    with simulator() as url, proxied(url) as swapped:
        passed = [tier(env, url, "core"), tier(env, swapped, "ids")]
    return 0 if all(passed) else 1


def serve_retired_models() -> None:
    """Put every model that the SDK calls deprecated back into the table.

    Five tests of each tier expect an answer from all of them, claude-1.3 and younger,
    which the API and the simulator answer with 404. So for this process it is as
    before their last day; nothing else of the simulator is different.
    """
    gone = (catalog.get(name) for name in DEPRECATED_MODELS)
    catalog.learn(replace(model, known=True, retires=None) for model in gone)


def skip(reason: str) -> int:
    print(f"Conformance was not checked: {reason}.")
    return 0


def run(env: dict[str, str], *args: str) -> subprocess.CompletedProcess[str]:
    script = str(SCRIPTS / "run_sdk_suite.sh")
    return subprocess.run([script, *args], env=env, capture_output=True, text=True)


def tier(env: dict[str, str], url: str, name: str) -> bool:
    """Run one tier; prints what failed and how many passed."""
    done = run(env, url, name, "--tb=line")
    summary = done.stdout.strip().splitlines()[-1]
    found = re.search(r"(\d+) passed", summary)
    passed = int(found[1]) if found else 0
    good = done.returncode == 0 and passed == EXPECTED[name]
    if not good:
        print(done.stdout, done.stderr, sep="\n")
    print(f"{name}: {passed} of {EXPECTED[name]} ({summary})")
    return good


@contextmanager
def simulator() -> Iterator[str]:
    """The site on a free port of this machine, with an empty database."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    logging.disable(logging.INFO)  # a line for each request
    from django.core.management import call_command

    from tests.live import served

    call_command("migrate", verbosity=0)
    with served() as url:
        yield f"{url}/simulator"


@contextmanager
def proxied(url: str) -> Iterator[str]:
    """The same behind the proxy that swaps invented ids for real ones."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, str(SCRIPTS / "idproxy.py"), str(port), url]
    # It reports every connection that a test drops.
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as proxy:
        try:
            wait_for(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            proxy.terminate()


def wait_for(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except ConnectionRefusedError:
            time.sleep(0.1)
    raise TimeoutError("The proxy does not listen.")


if __name__ == "__main__":
    sys.exit(main())
