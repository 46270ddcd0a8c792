"""The long works that rules have; a new one is a line here."""

from core.i18n import N_
from rules import series
from rules.jobs import Work

WORKS = {
    series.SORT: Work(N_("Plan the messages of a series"), series.piece),
}
