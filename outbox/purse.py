"""What an SMS gateway may still cost today: asked for every SMS before it is handed to the post.

Several workers see of each other only what has been marked: between them an SMS or two for each connection may overshoot.
"""

from decimal import Decimal

from outbox.models import Message, Sender
from outbox.senders import prices


class Purse:
    """One worker's purse for a sender; without a limit it is never looked into."""

    def __init__(self, sender: Sender | None):
        self.sender = sender
        self.cap = prices.cap(sender) if sender else None
        self._out: dict[int, Decimal] = {}  # handed to the post, and not marked when last looked at
        self._left = Decimal(0)

    def count(self) -> None:
        """Look into it anew, before a batch."""
        if self.sender and self.cap is not None:
            waiting = Message.select(Message.id).where(Message.id.in_(list(self._out)), Message.state == "sending_pre")
            still = {row.id for row in waiting} if self._out else set()
            self._out = {key: cost for key, cost in self._out.items() if key in still}
            self._left = self.cap - prices.spent(self.sender) - sum(self._out.values(), Decimal(0))

    def pays(self, message: Message, cost: Decimal) -> bool:
        """Take what an SMS costs; False when there is not enough."""
        if self.cap is None:
            return True
        if cost > self._left:
            return False
        self._out[message.id] = cost
        self._left -= cost
        return True
