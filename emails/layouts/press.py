"""A program of its own that compiles one layout from its input, with little time, little memory and no further files."""

import json
import re
import resource
import sys
from dataclasses import asdict
from typing import Any

from emails.layouts import clean, frame, shape
from emails.layouts.frame import Misplaced
from emails.layouts.shape import Fault

SECONDS = 2  # of processor
MEMORY = 512 * 1024 * 1024  # octets of address space
LIMITS = {
    resource.RLIMIT_CPU: SECONDS, resource.RLIMIT_AS: MEMORY, resource.RLIMIT_FSIZE: 0, resource.RLIMIT_CORE: 0,
    resource.RLIMIT_NOFILE: 3,
}


def limit() -> None:
    """From here on no file can be opened, and what takes too much ends the program; some systems know fewer limits."""
    for kind, most in LIMITS.items():
        try:
            resource.setrlimit(kind, (most, most))
        except (OSError, ValueError):
            continue


def pressed(source: str) -> dict[str, Any]:
    """The frame, or what is wrong."""
    try:
        shape.check(source)
        made = frame.compiled(source)
        clean.check(made)
    except Fault as fault:
        return {"fault": fault.key, "word": fault.word, "line": fault.line, "column": fault.column}
    except Misplaced:
        return {"fault": "misplaced", "word": "{{ content }}", "line": None, "column": None}
    except ValueError as error:
        return {"fault": "mjml", "word": str(error), **_where(str(error), source)}
    return {"frame": asdict(made)}


def _where(said: str, source: str) -> dict[str, int | None]:
    """Line and column of “at position 16:26”."""
    found = re.search(r"position (\d+):", said)
    if not found:
        return {"line": None, "column": None}
    before = source[:int(found[1])]
    return {"line": before.count("\n") + 1, "column": len(before) - before.rfind("\n")}


def main() -> None:
    source = sys.stdin.buffer.read().decode()
    limit()
    sys.stdout.write(json.dumps(pressed(source)))


if __name__ == "__main__":
    main()
