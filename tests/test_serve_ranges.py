"""Parts of a file, as players of videos ask for them."""

import pytest

from bpslides.serve.ranges import ranged

DATA = bytes(range(10))


@pytest.mark.parametrize(
    ("wanted", "status", "body", "content_range"),
    [
        (None, 200, DATA, None),
        ("bytes=0-", 206, DATA, "bytes 0-9/10"),
        ("bytes=2-4", 206, DATA[2:5], "bytes 2-4/10"),
        ("bytes=8-99", 206, DATA[8:], "bytes 8-9/10"),
        ("bytes=-3", 206, DATA[7:], "bytes 7-9/10"),
        ("bytes=-99", 206, DATA, "bytes 0-9/10"),
        ("bytes=10-", 416, b"", "bytes */10"),
        ("bytes=4-2", 416, b"", "bytes */10"),
        ("bytes=-0", 416, b"", "bytes */10"),
        ("bytes=-", 200, DATA, None),
        ("bytes=0-1,3-4", 200, DATA, None),
        ("bytes=" + ",".join(["0-9"] * 5000), 200, DATA, None),
        ("lines=1-2", 200, DATA, None),
        ("bytes=٣-", 200, DATA, None),
        ("bytes=" + "9" * 400 + "-", 200, DATA, None),
    ],
)
def test_ranges(wanted: str | None, status: int, body: bytes, content_range: str | None) -> None:
    """One range is answered with its part; anything odd with the whole file, and nothing with more than that."""
    answer = ranged(wanted, DATA, "video/webm", {"X-Kept": "yes"})
    assert (answer.status_code, answer.body) == (status, body)
    assert answer.headers.get("content-range") == content_range
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["x-kept"] == "yes"
