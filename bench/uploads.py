"""A hundred photographs at once: how long, how many were told to wait, what memory.

Talks to a server as twenty browsers do, and comes again as they do."""

import http.cookiejar
import io
import random
import re
import secrets
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

from PIL import Image

PEOPLE = 20
EACH = 5
SIZE = (4000, 3000)
RETRY_SECONDS = 2


def main(address: str, server: int) -> None:
    """Measure the server at the address, whose process has the id `server`."""
    if not Path("/proc/self/status").exists():
        print("The memory of uploads can be measured on Linux alone.")
        return
    photographs = [_photograph(number) for number in range(EACH)]
    before = _peak(server)
    worker = 0

    def person(_: int) -> int:
        nonlocal worker
        waited = _person(address, photographs)
        # Looked at while it works: it is replaced after some pictures.
        worker = max([worker, *map(_peak, _children(server))])
        return waited

    started = time.perf_counter()
    with ThreadPoolExecutor(PEOPLE) as crowd:
        waits = list(crowd.map(person, range(PEOPLE)))
    seconds = time.perf_counter() - started
    print(
        f"{PEOPLE * EACH} uploads of 12 MP, {PEOPLE} at a time: {seconds:.0f} s, "
        f"told to wait {sum(waits)} times"
    )
    print(
        f"peak memory: server {before / 1e6:.0f} MB before, "
        f"{_peak(server) / 1e6:.0f} MB after; worker {worker / 1e6:.0f} MB"
    )


def _photograph(number: int) -> bytes:
    picture = Image.effect_noise((500, 375), 60).resize(SIZE)
    picture.putpixel((number, 0), 0)
    buffer = io.BytesIO()
    picture.convert("RGB").save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def _person(address: str, photographs: list[bytes]) -> int:
    """Attach each photograph, and return how often the server said to wait."""
    cookies = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies))
    with opener.open(address + "/") as page:
        token = re.search(rb'csrfmiddlewaretoken" value="(\w+)"', page.read())
    assert token
    form = urlencode({"csrfmiddlewaretoken": token[1].decode()}).encode()
    with opener.open(address + "/c/", form) as page:
        conversation = page.url
    return sum(
        _attach(opener, f"{conversation}images/", token[1], data)
        for data in photographs
    )


def _attach(
    opener: urllib.request.OpenerDirector, address: str, token: bytes, data: bytes
) -> int:
    # As long as a browser's: a short one may stand within a picture.
    boundary = secrets.token_hex(16)
    part = f'--{boundary}\r\nContent-Disposition: form-data; name="files"; '
    part += 'filename="photograph.jpg"\r\n\r\n'
    body = part.encode() + data + f"\r\n--{boundary}--\r\n".encode()
    headers = {
        "Content-Type": f"multipart/form-data; boundary={boundary}",
        "X-CSRFToken": token.decode(),
    }
    waited = 0
    while True:
        try:
            with opener.open(urllib.request.Request(address, body, headers)) as answer:
                answer.read()
                return waited
        except urllib.error.HTTPError as error:
            if error.code != 503:
                raise
            waited += 1
            time.sleep(RETRY_SECONDS * (0.5 + random.random()))


def _peak(pid: int) -> int:
    """Peak resident memory of a process in bytes; 0 when it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return 0
    found = re.search(r"VmHWM:\s+(\d+)", status)
    return int(found[1]) * 1024 if found else 0


def _children(pid: int) -> list[int]:
    found = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            text = status.read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if re.search(rf"PPid:\s+{pid}$", text, re.MULTILINE):
            found.append(int(status.parent.name))
    return found
