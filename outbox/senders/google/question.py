"""The question at Google and what its answer is worth (OAuth 2 with PKCE, RFC 7636; OpenID Connect Core)."""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from core import clock, keys
from core.i18n import gettext as _
from outbox.channels import oauth
from outbox.models import Sender
from outbox.senders import consent, reach

MAIL = "https://mail.google.com/"
SCOPES = f"{MAIL} openid email"
PATIENCE = 15.0  # seconds; somebody is waiting


class Useless(Exception):
    """An answer that does not let us send; the sentence says what to do."""


@dataclass(frozen=True)
class Agreed:
    """The address Google has confirmed, and the lasting token for it."""

    address: str
    refresh_token: str


def address(sender: Sender, state: str, back: str) -> str:
    """Where a person is asked; Google sends them to `back` with that state, which belongs to their session."""
    settings = {**oauth.GOOGLE, **sender.settings}
    asked = {
        "client_id": settings["client_id"], "redirect_uri": back, "response_type": "code", "scope": SCOPES, "state": state,
        "access_type": "offline", "prompt": "consent", "nonce": _derived("nonce", state),
        "code_challenge": _encoded(sha256(_derived("verifier", state).encode()).digest()), "code_challenge_method": "S256",
        **({"login_hint": sender.from_address} if sender.from_address else {}),
    }
    return f"{settings['authorize_url']}?{urlencode(asked)}"


def exchange(sender: Sender, code: str, state: str, back: str) -> Agreed:
    """What the code that came back is good for; raises Useless."""
    shown = {"code": code, "redirect_uri": back, "code_verifier": _derived("verifier", state)}
    try:
        answer = reach.client(sender).ask(PATIENCE, grant_type="authorization_code", **shown)
    except oauth.Denied as denied:
        raise Useless(consent.refusal(denied)) from denied
    found = _confirmed(sender, oauth.claims(str(answer.get("id_token", ""))), state)
    if MAIL not in str(answer.get("scope", SCOPES)).split():
        raise Useless(_("Sending mail was not among what you allowed. Please connect once more and tick it at Google."))
    if sender.from_address and found != sender.from_address:
        said = {"address": found, "known": sender.from_address}
        raise Useless(_("You have chosen %(address)s at Google, but this sender is %(known)s. Please choose that account, "
                        "or add another sender.", **said))
    if not answer.get("refresh_token"):
        raise Useless(_("Google has given no lasting consent. Please remove the access under "
                        "myaccount.google.com/connections and connect once more."))
    return Agreed(found, str(answer["refresh_token"]))


def _confirmed(sender: Sender, told: Mapping[str, Any], state: str) -> str:
    """The address of an ID token that was made for us, just now and for this question."""
    issuer = {**oauth.GOOGLE, **sender.settings}["issuer"]
    fits = (
        told.get("iss") in (issuer, issuer.removeprefix("https://"))
        and told.get("aud") == sender.settings["client_id"]
        and told.get("nonce") == _derived("nonce", state)
        and isinstance(told.get("exp"), int) and told["exp"] > clock.now().timestamp()
    )
    found = str(told.get("email", "")).lower()
    if not fits or told.get("email_verified") is not True or "@" not in found:
        raise Useless(_("Google has not confirmed an address. Please connect once more."))
    return found


def _derived(purpose: str, state: str) -> str:
    """What belongs to this question and to nobody who only knows the state; nothing of it has to be kept."""
    return _encoded(hmac.digest(keys.derive(f"google {purpose}"), state.encode(), "sha256"))


def _encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
