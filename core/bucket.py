"""A place in S3-compatible object storage, and the signature (AWS, version 4) that opens it."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qsl, quote, urlsplit

NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
PART = re.compile(r"[A-Za-z0-9._-]+")


@dataclass(frozen=True)
class Bucket:
    """Where it is, and with whose key it is opened. `endpoint` has no path, `prefix` no slash at either end."""

    endpoint: str
    name: str
    prefix: str
    region: str
    key: str
    secret: str = field(repr=False)
    token: str = field(default="", repr=False)

    def path(self, key: str) -> str:
        """The address of what is kept under a key, below the endpoint; of the bucket for an empty one."""
        below = [self.prefix, key] if key else []
        return quote("/" + "/".join(part for part in (self.name, *below) if part))

    def signed(
        self, method: str, path: str, query: Mapping[str, str], content: bytes, at: datetime, more: Mapping[str, str] = {},
    ) -> dict[str, str]:
        """The headers of a request with its signature; `query` must be sent as `spelled` writes it."""
        moment, digest = at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ"), hashlib.sha256(content).hexdigest()
        headers = {"host": urlsplit(self.endpoint).netloc, "x-amz-content-sha256": digest, "x-amz-date": moment, **more}
        if self.token:
            headers["x-amz-security-token"] = self.token
        names = ";".join(sorted(headers))
        lines = [f"{name}:{headers[name].strip()}" for name in sorted(headers)]
        request = "\n".join((method, path, spelled(query), *lines, "", names, digest))
        scope = f"{moment[:8]}/{self.region}/s3/aws4_request"
        said = "\n".join(("AWS4-HMAC-SHA256", moment, scope, hashlib.sha256(request.encode()).hexdigest()))
        key = f"AWS4{self.secret}".encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        proof = hmac.digest(key, said.encode(), "sha256").hex()
        headers["authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={self.key}/{scope},SignedHeaders={names},Signature={proof}"
        )
        return headers


def spelled(query: Mapping[str, str]) -> str:
    """A query as it is signed and sent."""
    return "&".join(f"{quote(name, '')}={quote(value, '')}" for name, value in sorted(query.items()))


def read(url: str, environ: Mapping[str, str]) -> Bucket:
    """The bucket of `s3://name/prefix?endpoint=https://…`, its key from the usual AWS_… variables; raises ValueError."""
    parts = urlsplit(url)
    said, prefix = dict(parse_qsl(parts.query)), parts.path.strip("/")
    if not NAME.fullmatch(parts.netloc) or not all(PART.fullmatch(part) for part in prefix.split("/") if prefix):
        raise ValueError("must be a folder, or s3://bucket/prefix of small letters, digits, dots and hyphens")
    if unknown := set(said) - {"endpoint", "region"}:
        raise ValueError(f"knows endpoint and region behind the question mark, not “{min(unknown)}”")
    region = said.get("region") or environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    endpoint = said.get("endpoint") or environ.get("AWS_ENDPOINT_URL_S3") or f"https://s3.{region}.amazonaws.com"
    origin = urlsplit(endpoint)
    if origin.scheme not in ("http", "https") or not origin.hostname or origin.path.strip("/") or "@" in origin.netloc:
        raise ValueError("names an endpoint that is no address such as https://s3.example.org")
    key, secret = environ.get("AWS_ACCESS_KEY_ID", "").strip(), environ.get("AWS_SECRET_ACCESS_KEY", "").strip()
    if not key or not secret:
        raise ValueError("names object storage; its key is missing: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
    token = environ.get("AWS_SESSION_TOKEN", "").strip()
    return Bucket(f"{origin.scheme}://{origin.netloc}", parts.netloc, prefix, region, key, secret, token)
