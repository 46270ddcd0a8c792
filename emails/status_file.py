"""The status page as an attached file, just as it is at this moment (M1)."""

from emails.enclosed import File
from emails.scene import Scene
from pages import carried


def of(scene: Scene) -> File | None:
    """The record's newest page; None where there is no record yet."""
    data = carried.content(scene.record.id) if scene.record.id else None
    return File(carried.name(scene.record.number), carried.TYPE, data) if data else None
