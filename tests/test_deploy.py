"""The README's nginx configuration, tried out: a page served by nginx keeps every header the program gave it."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest

import app as program
from core import clock, journal
from core.db import transaction
from core.i18n import HOUSE
from pages import documents, links
from pages.models import Document
from pages.models import Page as PageRow
from rules.packs import reader
from tests.servers import free_port

SHELL = """
worker_processes 1; daemon off; pid nginx.pid; error_log error.log; {user}
events {{}}
http {{ access_log off; {temp} {server} }}
"""
TEMP = " ".join(f"{name}_temp_path {name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))


@pytest.fixture
def front(house: Any, make_record: Any, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The address of nginx before the program, and the path of a link to a published page."""
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if not nginx:
        pytest.skip("nginx is not installed")
    reader.install("repair-shop")
    record = make_record("1001", scheduled_at=clock.now() + timedelta(days=3))
    documents.add(record, "Rechnung.pdf", b"%PDF-1.7 of Ada alone", "user:1")
    journal.read(program.READERS)
    with transaction():
        link = links.prepare(record.id, "customer", "ada@example.org")
        links.save_many([link])
    port, behind = free_port(), free_port()
    folder = tmp_path / "nginx"
    folder.mkdir()
    (folder / "nginx.conf").write_text(configuration(port, behind, tmp_path / "data" / "pages"))
    environment = {
        **os.environ, "STATUSBOTE_DATA": str(tmp_path / "data"), "STATUSBOTE_PORT": str(behind),
        "STATUSBOTE_BASE_URL": f"http://127.0.0.1:{port}", "STATUSBOTE_X_ACCEL": "/_pages",
        "STATUSBOTE_SECRET_KEY": house.config["STATUSBOTE"].secret_key,
    }
    web = subprocess.Popen([sys.executable, HOUSE / "app.py", "web"], env=environment, stderr=subprocess.DEVNULL)
    server = subprocess.Popen([nginx, "-p", folder, "-c", "nginx.conf"], stderr=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        wait(lambda: fetch(f"{address}/healthz"))
        yield address, f"/s/{links.token_of(link.id)}"
    finally:
        for process in (server, web):
            process.terminate()
            process.wait(20)


def configuration(port: int, behind: int, pages: Path) -> str:
    """The server block as the README prints it, but for places and TLS."""
    server = re.search(r"```nginx\n(.*?)```", (HOUSE / "README.md").read_text(), re.DOTALL)
    assert server
    block = server[1].replace("listen 443 ssl", f"listen 127.0.0.1:{port}").replace("127.0.0.1:8000", f"127.0.0.1:{behind}")
    user = "user root;" if os.geteuid() == 0 else ""
    return SHELL.format(user=user, temp=TEMP, server=block.replace("/var/lib/statusbote-pages/", f"{pages}/"))


def fetch(url: str, opener: Any = None, form: bytes | None = None, **headers: str) -> Any:
    return (opener or build_opener()).open(Request(url, form, headers), timeout=10)


def wait(ready: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            ready()
            return
        except URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def test_a_page_from_nginx_is_as_well_protected_as_one_from_python(front: tuple[str, str]) -> None:
    address, path = front
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    landing = fetch(address + path, browser).read().decode()
    nonce = re.search(r'name="nonce" value="([^"]+)"', landing)
    assert nonce
    page = fetch(address + path, browser, f"nonce={nonce[1]}".encode(), Origin=address)
    assert "/s/v/" in page.url
    html = page.read().decode()
    assert "1001" in html and "</html>" in html
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "style-src 'sha256-" in policy and "frame-ancestors 'none'" in policy
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert not {"ETag", "Last-Modified", "Accept-Ranges"} & set(page.headers)
    beside(browser, page.url, html)
    named = [PageRow.get().file, Document.get().file]
    for inside in ("", *named, f"../{named[0]}", *(f"{name}?document=1" for name in named)):
        with pytest.raises(URLError, match="404"):
            fetch(f"{address}/_pages/{inside}", browser)


def beside(browser: Any, page: str, html: str) -> None:
    """Document and calendar file: for whoever was let in, sealed, and for nobody else."""
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="(\?[^"]+)"', html)]
    assert len(links) == 2 and any("document" in link for link in links) and any("calendar" in link for link in links)
    for link in links:
        answer = fetch(page + link, browser)
        data = answer.read()
        assert b"of Ada alone" in data if "document" in link else data.startswith(b"BEGIN:VCALENDAR")
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "sandbox" in policy
        assert answer.headers["Cache-Control"] == "no-store" and answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer" and "noindex" in answer.headers["X-Robots-Tag"]
        assert not {"ETag", "Last-Modified"} & set(answer.headers)
        with pytest.raises(URLError, match="404|410"):
            fetch(page + link)
