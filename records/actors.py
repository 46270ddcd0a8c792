"""Who did something, by name: the actor of an entry is only `user:3`, `api:1`, `source:2`, `worker` …"""

from collections.abc import Iterable

from accounts.models import ApiKey, User
from core.i18n import N_
from core.i18n import gettext as _
from records.models import Source

PEOPLE = {"user": User.name, "api": ApiKey.name, "source": Source.title}
OURSELVES = {
    "worker": N_("Statusbote"), "customer": N_("the customer"), "demo": N_("the example"), "console": N_("the command line"),
}


def names(actors: Iterable[str]) -> dict[str, str]:
    """The names of all these actors, one query per sort of actor."""
    wanted = set(actors)
    known = {actor: _(OURSELVES[actor]) if actor in OURSELVES else actor for actor in wanted}
    for sort, field in PEOPLE.items():
        if ids := _ids(wanted, sort):
            found = field.model.select(field.model.id, field).where(field.model.id.in_(ids)).tuples()
            known |= {f"{sort}:{id}": name for id, name in found}
    return known


def _ids(actors: Iterable[str], sort: str) -> list[int]:
    parts = (actor.partition(":") for actor in actors)
    return [int(id) for named, _colon, id in parts if named == sort and id.isdecimal()]
