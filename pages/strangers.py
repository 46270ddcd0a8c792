"""Strangers: whoever keeps trying tokens that nobody was given is asked to wait.

Only the answer to unknown tokens is limited: a token of 131 bits is not found by trying, and a neighbour's scan must not
lock a customer out.
"""

from limits import RateLimitItemPerMinute
from werkzeug.wrappers import Response

from accounts.limits import limiter, network
from pages import answers

UNKNOWN = RateLimitItemPerMinute(20, 10, "unknown token")


def too_many() -> bool:
    """Count one more unknown token from the caller's network, /24 or /56; True when there were too many."""
    return not limiter.limiter.hit(UNKNOWN, network())


def turned_away() -> Response:
    """The answer to a token that nobody was given."""
    if not too_many():
        return answers.door("unknown", 404)
    response = answers.door("patience", 429)
    response.headers["Retry-After"] = "600"
    return response
