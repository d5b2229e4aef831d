"""The Files API: kept in memory, listed, deleted, and never given back."""

import json

import pytest

from playground.simulator import files, workspaces
from playground.simulator.files import Files

from .asking import HEADERS, fetch


@pytest.fixture(autouse=True)
def clock() -> list[float]:
    """No files, and a clock that is moved by hand."""
    workspaces.forget()
    now = [1_790_000_000.0]
    workspaces.of("any").files = Files(lambda: now[0])
    return now


def form(*parts: tuple[str, bytes]) -> tuple[bytes, dict[str, str]]:
    """A multipart body and the headers that go with it."""
    body = b"".join(
        b"--bound\r\nContent-Disposition: form-data; %b\r\n\r\n%b\r\n"
        % (head.encode(), content)
        for head, content in parts
    )
    kind = "multipart/form-data; boundary=bound"
    return body + b"--bound--\r\n", HEADERS | {"content-type": kind}


def upload(
    content: bytes = b"Example", name: str = "a.txt", expires: str = ""
) -> tuple[int, dict]:
    head = f'name="file"; filename="{name}"\r\nContent-Type: text/plain'
    parts = [(head, content)]
    parts += [('name="expires_in_seconds"', expires.encode())] if expires else []
    status, _, raw = fetch("POST", "/v1/files", *form(*parts))
    return status, json.loads(raw)


def call(method: str, path: str) -> tuple[int, dict]:
    status, _, raw = fetch(method, path)
    return status, json.loads(raw)


def test_an_upload_is_described():
    content = b"a\r\n--boun\r\n\x00\xff"
    status, made = upload(content, "notes.txt")
    assert status == 200
    assert made["id"].startswith("file_")
    assert (made["filename"], made["mime_type"]) == ("notes.txt", "text/plain")
    assert (made["size_bytes"], made["downloadable"]) == (len(content), False)
    assert call("GET", f"/v1/files/{made['id']}") == (200, made)


@pytest.mark.parametrize(
    ("name", "kept"), [("/etc/passwd", "passwd"), ("", "unnamed.txt"), ("ü.md", "ü.md")]
)
def test_only_the_last_part_of_a_name_is_kept(name, kept):
    assert upload(name=name)[1]["filename"] == kept


def test_what_was_uploaded_cannot_be_downloaded():
    made = upload()[1]
    status, refused = call("GET", f"/v1/files/{made['id']}/content")
    assert status == 400
    assert refused["error"]["details"] == {"error_code": "file_not_downloadable"}


def test_a_deleted_file_is_gone():
    id = upload()[1]["id"]
    assert call("DELETE", f"/v1/files/{id}")[1] == {"type": "file_deleted", "id": id}
    assert call("GET", f"/v1/files/{id}")[0] == 404
    assert call("DELETE", f"/v1/files/{id}")[0] == 404


def test_the_list_has_pages_newest_first():
    ids = [upload()[1]["id"] for _ in range(3)]
    _, first = call("GET", "/v1/files?limit=2")
    assert [each["id"] for each in first["data"]] == [ids[2], ids[1]]
    _, last = call("GET", f"/v1/files?page={first['next_page']}")
    assert [each["id"] for each in last["data"]] == [ids[0]]
    assert last["next_page"] is None


def test_files_can_be_listed_by_their_ids():
    ids = [upload()[1]["id"] for _ in range(3)]
    _, found = call("GET", f"/v1/files?ids[]={ids[0]}&ids[]={ids[2]}&ids[]=file_x")
    assert [each["id"] for each in found["data"]] == [ids[2], ids[0]]


@pytest.mark.parametrize("query", ["page=x", "limit=0", "ids[]=a&limit=3"])
def test_a_page_that_cannot_be_is_refused(query):
    assert call("GET", f"/v1/files?{query}")[0] == 400


def test_an_expired_file_says_so(clock):
    made = upload(expires="3600")[1]
    assert made["expires_at"] > made["created_at"]
    clock[0] += 3600
    status, refused = call("GET", f"/v1/files/{made['id']}")
    assert status == 404
    assert refused["error"]["details"] == {"error_code": "file_expired"}


@pytest.mark.parametrize("expires", ["3599", "7776001", "soon", "-1"])
def test_an_expiry_out_of_bounds_is_refused(expires):
    assert upload(expires=expires)[0] == 400


def test_there_is_room_for_so_much(monkeypatch):
    monkeypatch.setattr(files, "MAX_BYTES", 10)
    first = upload(b"12345678")[1]
    status, refused = upload(b"123")
    assert status == 400
    assert refused["error"]["details"] == {"error_code": "storage_quota_exceeded"}
    call("DELETE", f"/v1/files/{first['id']}")
    assert upload(b"123")[0] == 200


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b"{}"),
        ("multipart/form-data", b"--x--"),
        ("multipart/form-data; boundary=x", b""),
        ("multipart/form-data; boundary=x", b"--x\r\nno headers\r\n"),
        ("multipart/form-data; boundary=x", b"--x\r\nno headers\r\n--x--"),
        ("multipart/form-data; boundary=x", b"--x--"),
    ],
)
def test_what_is_no_form_is_refused(kind, body):
    headers = HEADERS | {"content-type": kind}
    assert fetch("POST", "/v1/files", body, headers)[0] == 400


def test_no_key_sees_the_files_of_another():
    id = upload()[1]["id"]
    other = HEADERS | {"authorization": "Bearer other"}
    assert fetch("GET", f"/v1/files/{id}", b"", other)[0] == 404
    assert json.loads(fetch("GET", "/v1/files", b"", other)[2])["data"] == []
