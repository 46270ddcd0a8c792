"""The long works that rules have; a new one is a line here."""

from core.i18n import N_
from rules import replan, series
from rules.jobs import Work
from rules.replay import work as replay

WORKS = {
    series.SORT: Work(N_("Plan the messages of a series"), series.piece),
    replan.SORT: Work(N_("Plan waiting messages anew"), replan.piece),
    replay.SORT: Work(N_("Trial run"), replay.piece, page="replay.show", kept=replay.KEPT),
}
