"""A record's appointment as a file that a mail attaches."""

from emails.enclosed import File
from emails.scene import Scene
from pages import appointment


def of(scene: Scene) -> File | None:
    """The calendar file; None where there is no appointment and never was one."""
    made = appointment.calendar(scene.record, scene.company)
    return File(appointment.NAME, made.type, made.data) if made else None
