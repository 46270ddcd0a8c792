"""Keeps tokens out of logs, whoever writes them."""

import logging
import re

TOKEN = re.compile(r"/(s/|u/[0-9]+-)[0-9A-Za-z]{22}")


class Hush(logging.Filter):
    """Puts “/s/…” where a line would show a link, “/u/3-…” where it would show the way out of advertising."""

    def filter(self, record: logging.LogRecord) -> bool:
        line = record.getMessage()
        if TOKEN.search(line):
            record.msg, record.args = TOKEN.sub(r"/\1…", line), ()
        return True


def listen() -> None:
    """Watch the web servers' own logs and whatever the root logger writes."""
    watched = [logging.getLogger(name) for name in ("werkzeug", "waitress", "waitress.access", "gunicorn.access")]
    for place in (*watched, *logging.getLogger().handlers):
        if not any(isinstance(known, Hush) for known in place.filters):
            place.addFilter(Hush())
