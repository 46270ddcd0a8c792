"""The finished letter of a message: a mail in its envelope, or an SMS whose gateway may write there and can pay for it."""

from dataclasses import replace

from core import clock, keys
from emails import compose, mime, sms
from outbox import paged
from outbox.channels.contract import Letter
from outbox.ledger import Dispatch
from outbox.models import Message, Sender
from outbox.purse import Purse
from outbox.senders import gateways, prices, senders
from outbox.states import End, Later
from outbox.truth import Wish, end_of
from outbox.writing import files
from pages import links, unsubscribe
from pages.models import Link

HIDDEN = "/s/…"  # what is kept of a link's address


class Withheld(Exception):
    """The message must not go out now; `end` is what becomes of it."""

    def __init__(self, end: End):
        super().__init__(end.reason)
        self.end = end


def write(wish: Wish, sender: Sender | None, purse: Purse, host: str) -> Dispatch:
    """Compose it with the person's link; raises Withheld, compose.Unusable."""
    message = wish.message
    if senders.channel_of(sender) != message.channel:
        raise Withheld(End("held", "wrong_sender"))
    template, shown = paged.fitted(message, wish.template, wish.record, wish.person)
    if not shown:
        wish = replace(wish, template=template)
    known = Link.get_or_none(Link.id == message.link_id) if message.link_id else None
    link = known or links.prepare(wish.record.id, wish.person.who, wish.person.reached(message.channel))
    message.dated_at = message.dated_at or clock.now()
    if sender and message.channel == "sms":
        letter, used = _sms(wish, sender, purse, link)
    else:
        letter, used = _mail(wish, sender, link if shown else None, host), shown
    message.link_id = link.id if used else None
    return Dispatch(message, letter, None if known or not used else link)


def _mail(wish: Wish, sender: Sender | None, link: Link | None, host: str) -> Letter:
    message, person = wish.message, wish.person
    message_id = message.message_id or f"<{keys.random62(22)}@{host}>"
    composed = compose.compose(
        wish.template, wish.record, person, links.url(link.id) if link else None, link.expires_at if link else None,
        wish.event, _way_out(wish),
    )
    try:
        composed = files.together(composed, message.files)
    except files.Forgotten as forgotten:
        raise Withheld(End("failed", "file_gone")) from forgotten
    ours, reply_to = senders.signature(sender, host)
    raw = mime.build(
        composed, to=(person.name, person.address), sender=ours, message_id=message_id, date=message.dated_at,
        reply_to=reply_to,
    )
    return Letter(message_id, ours[1], person.address, composed.subject, raw)


def _sms(wish: Wish, sender: Sender, purse: Purse, link: Link) -> tuple[Letter, bool]:
    """The SMS, and whether the link stands in it."""
    message, number, url = wish.message, wish.person.phone, links.url(link.id)
    if not gateways.reaches(sender, number):
        raise Withheld(End("held", "country"))
    leave = _way_out(wish)
    text = sms.fill(wish.template, wish.record, wish.person, url, link.expires_at, wish.event, leave)
    message.parts = sms.count(text).segments
    message.cost, message.currency = prices.of(sender) * message.parts, prices.currency(sender)
    if not purse.pays(message, message.cost):
        raise Withheld(_tomorrow(message))
    id = message.message_id or keys.random62(22)
    shown = text.replace(url, _shown(url)).replace(leave or url, unsubscribe.hidden())
    return Letter(id, sender.from_address, number, shown, text.encode()), url in text


def _way_out(wish: Wish) -> str:
    """Where the reader of advertising unsubscribes; people of the business need no such way."""
    person = wish.person
    if not wish.template.advertising or person.consents is None or person.contact_id is None:
        return ""
    return unsubscribe.url(person.contact_id)


def _tomorrow(message: Message) -> End:
    """It waits for the purse of the next day, unless that is too late."""
    return end_of(message, Later(prices.midnight(1), "money_cap")) or End("held", "money_cap")


def _shown(url: str) -> str:
    return url.rpartition("/s/")[0] + HIDDEN
