"""Strangers: whoever keeps trying tokens that nobody was given is asked to wait.

Only the answer to unknown tokens is limited: a token of 131 bits is not found by trying, and a neighbour's scan must not
lock a customer out.
"""

from limits import RateLimitItemPerMinute

from accounts.limits import limiter, network

UNKNOWN = RateLimitItemPerMinute(20, 10, "unknown token")


def too_many() -> bool:
    """Count one more unknown token from the caller's network, /24 or /56; True when there were too many."""
    return not limiter.limiter.hit(UNKNOWN, network())
