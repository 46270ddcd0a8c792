"""Who calls the HTTP API: the bearer of a key."""

from flask import Request

from accounts.models import ApiKey
from core import keys
from core.i18n import gettext as _
from records.intake.memory import Memory
from records.intake.problems import Problem


def _find(fingerprint: str) -> str | None:
    key = ApiKey.get_or_none(ApiKey.fingerprint == fingerprint, ApiKey.active)
    return key.actor if key else None


_actor = Memory(_find)


def caller(request: Request) -> str:
    """The actor, e.g. `api:1`, behind `Authorization: Bearer …`; raises Problem for a missing or unknown key."""
    scheme, _space, key = request.headers.get("Authorization", "").partition(" ")
    actor = _actor(keys.fingerprint(key.strip())) if scheme.lower() == "bearer" else None
    if actor is None:
        faults = [("Authorization", _("Send a valid key as “Bearer <key>”."))]
        raise Problem(401, _("A valid API key is needed."), faults, WWW_Authenticate="Bearer")
    return actor
