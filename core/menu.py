"""The main menu as the base page draws it: which of its places one stands in, and how much waits in each."""

from collections.abc import Mapping, Sequence

Place = tuple[str, str, str]  # label, address, icon
Group = tuple[str | None, Sequence[Place]]  # one with a title is folded away until one stands in it
Drawn = list[tuple[str | None, list[tuple[str, str, str, str, int]]]]


def drawn(groups: Sequence[Group], path: str, waiting: Mapping[str, int]) -> Drawn:
    """Each place with "page" when it is the page at `path`, "true" when it is the nearest above it, and what waits there."""
    around = [url for _title, places in groups for _label, url, _sign in places if f"{path}/".startswith(f"{url}/")]
    here = max(around, key=len, default="")
    stand = {here: "page" if here == path else "true"}
    return [
        (title, [(label, url, sign, stand.get(url, ""), waiting.get(url, 0)) for label, url, sign in places])
        for title, places in groups
    ]
