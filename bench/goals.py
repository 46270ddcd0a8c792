"""What is measured, the goal for each figure, and the table that shows them side by side."""

from statistics import median

MEASURES = {
    "idle": "memory and CPU with nothing to do",
    "single": "1,000 events, each a request of its own",
    "batch": "2,000 events, 100 in a request",
    "latency": "60 events one by one",
    "slow": "600 events, a mail server that takes 300 ms for each mail",
    "kill": "SIGKILL to every process in the middle of 1,000 events",
    "outage": "a mail server that answers 451, then one that is down, 30 s each",
    "replay": "three draft rules tried on the last 30 days of 50,000 orders",
    "cost": "rules that do not apply (10 to 10,000), messages that are not due (1,000 to 1,000,000)",
    "replan": "a changed rule with 100,000 reminders waiting, planned anew in the background, then ended half-way",
    "mail": "what one mail costs: filled, put into its envelope, written down; and what is compiled only once",
    "pages": "status pages of 1,000 orders published and served, beside the same bytes without us",
    "doors": "8 processes that open the same 1,000 links at the same time",
    "hostile": "a million hostile values in mails and SMS, on all cores (HOSTILE_PROCESSES says how many)",
}
ALONE = ("replay", "replan", "cost", "mail", "pages", "doors", "hostile")  # each a program of its own, with no mail server
PROGRAMS = {"pages": "publish"}  # what is not called as its measure: a bench/pages.py would hide the room of that name
WHEN_NAMED = ("hostile",)  # no figure of speed, and takes minutes

# figure: (what it is, the goal in words, the goal, whether more is better)
# “raw”: no goal, but what the bare step took in shared/performance.md, on the machine the goals were set on
GOALS: dict[str, tuple[str, str, float, bool]] = {
    "mails": ("mails/s, an event per request", "≥ 500", 500, True),
    "events": ("events/s accepted, an event per request", "≥ 500", 500, True),
    "batch_mails": ("mails/s, 100 events per request", "≥ 900", 900, True),
    "slow_mails": ("mails/s, mail server takes 300 ms", "≥ 200", 200, True),
    "p50": ("latency p50, ms", "≤ 20", 20, False),
    "p95": ("latency p95, ms", "≤ 40", 40, False),
    "lost": ("lost without a fault", "0", 0, False),
    "twice": ("twice without a fault", "0", 0, False),
    "kill_lost": ("SIGKILL: accepted and lost", "0", 0, False),
    "kill_twice": ("SIGKILL: mailed twice", "0", 0, False),
    "kill_unclear": ("SIGKILL: unclear, tried again after 15 min", "few", 50, False),
    "restart": ("SIGKILL: ready again after, s", "≤ 10", 10, False),
    "451_lost": ("451 for 30 s: lost", "0", 0, False),
    "451_late": ("451 for 30 s: all out after its end, s", "≤ 45", 45, False),
    "down_lost": ("down for 30 s: lost", "0", 0, False),
    "down_late": ("down for 30 s: all out after its return, s", "≤ 45", 45, False),
    "peak_mib": ("memory under load, MiB PSS", "≤ 200", 200, False),
    "idle_mib": ("memory idle, MiB PSS", "≤ 200", 200, False),
    "replay_event": ("trial run, 50,000 orders: a status, s", "≤ 5", 5, False),
    "replay_reminder": ("trial run, 50,000 orders: three reminders, s", "≤ 5", 5, False),
    "replay_series": ("trial run, 50,000 orders: every week, s", "≤ 5", 5, False),
    "match_10": ("events/s matched with 10 rules", "–", 0.1, True),
    "match_1000": ("events/s matched with 1,000 rules", "–", 0.1, True),
    "match_10000": ("events/s matched with 10,000 rules", "–", 0.1, True),
    "match_loss": ("… slower than with 10 rules, %", "≤ 20", 20, False),
    "due_1000": ("claiming 50 of 1,000 planned, ms", "–", 1000, False),
    "due_1000000": ("claiming 50 of 1,000,000 planned, ms", "–", 1000, False),
    "due_factor": ("… times as long", "≤ 1.5", 1.5, False),
    "replan_save": ("rule with 100,000 waiting: saved in, s", "≤ 1", 1, False),
    "replan": ("100,000 reminders planned anew, s", "≤ 120", 120, False),
    "replan_cancel": ("planning anew: a few pieces, ended, s", "≤ 5", 5, False),
    "mail_fill": ("one mail: filled, µs", "raw 120", 1, False),
    "mail_mime": ("one mail: its envelope, µs", "raw 110", 1, False),
    "mail_log": ("one mail: marked and written down, µs", "raw 26", 1, False),
    "mail_raw": ("mails/s of one core if that were all", "raw 568", 1, True),
    "mail_compiled": ("texts compiled for 5,000 mails, 2 versions", "2", 2, False),
    "mail_mjml": ("layouts compiled for 5,000 mails", "1", 1, False),
    "publish_p50": ("one page published, p50, ms", "≤ 5", 5, False),
    "write_p50": ("… its bytes written without us, p50, ms", "–", 1, False),
    "pages_published": ("pages/s published, 50 changes at once", "–", 1, True),
    "pages_written": ("… their bytes written one by one", "–", 1, True),
    "pages_served": ("pages/s served to whoever was let in", "–", 1, True),
    "pages_bare": ("… the same file served to anybody", "–", 1, True),
    "page_kb": ("size of such a page, kB", "≤ 60", 60, False),
    "doors_twice": ("1,000 links opened by 8 processes: not opened just once", "0", 0, False),
    "doors": ("… presses of the button/s", "–", 1, True),
    "hostile": ("hostile values in mails and SMS", "≥ 10⁶", 1_000_000, True),
    "hostile_faults": ("… that became more than words", "0", 0, False),
    "hostile_s": ("… took, s", "–", 1, False),
    "idle_cpu": ("CPU idle, % of one core", "< 1", 1, False),
}


def table(figures: dict[str, list[float]]) -> str:
    """Median (lowest–highest) of every figure beside its goal; of mishaps the worst round."""
    lines = [f"{'':44}{'goal':>8}  {'here':>22}"]
    for name, (title, goal, bound, more) in GOALS.items():
        if values := figures.get(name):
            value = max(values) if bound == 0 else median(values)
            reached = value >= bound if more else value <= bound
            verdict = "" if goal.startswith(("–", "raw")) else "reached" if reached else "not reached"
            spread = f" ({min(values):g}–{max(values):g})" if min(values) != max(values) else ""
            lines.append(f"{title:44}{goal:>8}  {f'{value:g}{spread}':>22}  {verdict}")
    return "\n".join(lines)
