"""How often a stranger may try: failed sign-ins and mails asked for, counted by network and by address tried."""

from ipaddress import ip_address, ip_network

from flask import Flask, Response, request
from flask_limiter import Limiter

from core.config import Config
from core.keys import fingerprint

PER_NETWORK = "20 per 10 minutes"
PER_ADDRESS = "10 per 10 minutes"
ASKED_PER_NETWORK = "20 per hour"
ASKED_PER_ADDRESS = "3 per hour"


def network() -> str:
    """The caller's network: /24 of IPv4, /56 of IPv6."""
    try:
        address = ip_address(request.remote_addr or "127.0.0.1")
    except ValueError:
        return "unknown"
    return str(ip_network(f"{address}/{24 if address.version == 4 else 56}", strict=False))


def address_tried() -> str:
    """The e-mail address somebody names, as a fingerprint: what is counted is logged when it is too much."""
    return fingerprint(request.form.get("email", "").strip().lower()[:254])


def refused(response: Response) -> bool:
    return response.status_code >= 400


limiter = Limiter(key_func=network)


def furnish(app: Flask) -> None:
    """Count in Redis where several processes share one, else in this process."""
    config: Config = app.config["STATUSBOTE"]
    app.config.setdefault("RATELIMIT_STORAGE_URI", config.queue_url if config.queue_url.startswith("redis") else "memory://")
    limiter.init_app(app)
