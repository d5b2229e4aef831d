"""Twenty people who attach five photographs each, all at once, as browsers do:
`python -m bench.crowd ADDRESS` prints how often they were told to wait."""

import http.cookiejar
import io
import random
import re
import secrets
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

from PIL import Image

PEOPLE = 20
EACH = 5
SIZE = (4000, 3000)
RETRY_SECONDS = 2


class Browser:
    """Somebody with a conversation of his own, who attaches files to it."""

    def __init__(self, address: str) -> None:
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)
        with self.opener.open(address + "/") as page:
            found = re.search(rb'csrfmiddlewaretoken" value="(\w+)"', page.read())
        assert found
        self.token = found[1].decode()
        form = urlencode({"csrfmiddlewaretoken": self.token}).encode()
        with self.opener.open(address + "/c/", form) as page:
            own = page.url
        # One without a name would be opened again for the next person.
        named = {"csrfmiddlewaretoken": self.token, "title": "A crowd's"}
        self.opener.open(own + "title/", urlencode(named).encode()).close()
        self.address = f"{own}images/"

    def attach(self, data: bytes) -> int:
        """Attach it, and come again as often as the server says to wait; how often?"""
        waited = 0
        while (status := self.upload(data)) == 503:
            waited += 1
            time.sleep(RETRY_SECONDS * (0.5 + random.random()))
        assert status == 200, status
        return waited

    def upload(self, data: bytes) -> int:
        """Send it once; return the status."""
        # As long as a browser's: a short one may stand within a picture.
        boundary = secrets.token_hex(16)
        part = f'--{boundary}\r\nContent-Disposition: form-data; name="files"; '
        part += 'filename="photograph.jpg"\r\n\r\n'
        body = part.encode() + data + f"\r\n--{boundary}--\r\n".encode()
        headers = {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "X-CSRFToken": self.token,
        }
        request = urllib.request.Request(self.address, body, headers)
        try:
            with self.opener.open(request) as answer:
                answer.read()
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code


def main(address: str) -> None:
    photographs = [_photograph(number) for number in range(EACH)]

    def person(_: int) -> int:
        browser = Browser(address)
        return sum(map(browser.attach, photographs))

    print("ready", flush=True)
    with ThreadPoolExecutor(PEOPLE) as crowd:
        print(sum(crowd.map(person, range(PEOPLE))), flush=True)


def _photograph(number: int) -> bytes:
    picture = Image.effect_noise((500, 375), 60).resize(SIZE)
    picture.putpixel((number, 0), 0)
    buffer = io.BytesIO()
    picture.convert("RGB").save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


if __name__ == "__main__":
    main(sys.argv[1])
