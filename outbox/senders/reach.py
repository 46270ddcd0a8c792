"""How the server of a sender is reached and as whom: with a password or with tokens, its mails signed or not."""

from collections.abc import Callable

from core import secrets
from outbox.channels import dkim, oauth
from outbox.channels.account import Account
from outbox.models import Sender
from outbox.senders import senders

CONNECTIONS = 4  # to one account at once; many providers allow no more


def account(sender: Sender, longest: float = float("inf")) -> Account:
    """How to reach it. A password sealed with another key is none: the server will say so."""
    try:
        password = secrets.open_(sender.password) if sender.password else ""
    except secrets.Unopenable:
        password = ""
    return Account(
        senders.channel_name(sender), sender.host, sender.port, sender.tls, sender.login, password, CONNECTIONS, longest,
        tokens=_tokens(sender, longest) if sender.type == "gmail" else None, sign=_sign(sender),
    )


def _tokens(sender: Sender, longest: float) -> oauth.Tokens:
    return oauth.Tokens(client(sender), senders.hidden_of(sender).get("refresh_token", ""), longest)


def client(sender: Sender) -> oauth.Client:
    """We as the OAuth server of this sender knows us."""
    settings, secret = {**oauth.GOOGLE, **sender.settings}, senders.hidden_of(sender).get("client_secret", "")
    return oauth.Client(settings["token_url"], settings.get("client_id", ""), secret)


def _sign(sender: Sender) -> Callable[[bytes], bytes] | None:
    """What signs its mails, if they shall be signed; without a key that can be read nothing goes out."""
    told = sender.settings.get("dkim", {})
    if not told.get("on"):
        return None
    try:
        key = dkim.read_key(senders.hidden_of(sender).get("dkim_key", ""))
        return dkim.Signer(told["domain"], told["selector"], key).sign
    except dkim.Unusable:
        return dkim.refuse
