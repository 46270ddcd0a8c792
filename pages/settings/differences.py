"""What differs between two versions of a page's settings, part by part."""

from typing import Any

from markupsafe import escape

from core import compared, i18n
from core.i18n import N_
from core.i18n import gettext as _
from pages.actions import ACTIONS
from pages.blocks import BLOCKS
from pages.policies import POLICIES
from pages.settings import sheet
from pages.settings.sheet import Content
from records.history import Difference
from records.models import Kind

AREAS = {"top": N_("At the top"), "now": N_("What matters now"), "main": N_("In the middle"), "side": N_("At the side")}


def between(old: Content | None, new: Content, kind: Kind) -> list[Difference]:
    """The parts that differ; all there are where there is nothing older."""
    before, after = told(old or {}, kind), told(new, kind)
    labels = dict.fromkeys([*before, *after])
    pairs = [(label, before.get(label, ""), after.get(label, "")) for label in labels]
    marked = compared.lines if old is not None else lambda was, now: escape(now)
    return [Difference(label, marked(was, now)) for label, was, now in pairs if was != now]


def told(content: Content, kind: Kind) -> dict[str, str]:
    """The parts that are set, in words, by label."""
    said: dict[str, str] = {}
    for part, label in (("headline", _("Headline")), ("text", _("Text")), ("terms", _("Change or cancel"))):
        for language, named in i18n.LANGUAGES.items():
            if part in content:
                said[f"{label} ({named})"] = content[part].get(language, "")
    if "action" in content:
        said[_("Next step")] = _action(content["action"])
    if "link" in content:
        policy = content["link"].get("policy", "")
        said[_("The personal link opens")] = _(POLICIES.get(policy, policy))
    if "blocks" in content:
        said |= _blocks(content["blocks"], kind)
    return {label: text for label, text in said.items() if text}


def _action(action: dict[str, Any]) -> str:
    words = [f"{i18n.LANGUAGES[language]}: {text}" for language, text in action.get("words", {}).items()]
    known = ACTIONS.get(action.get("key", ""))
    return "\n".join([_(known.label) if known else action["key"], *words])


def _blocks(blocks: dict[str, Any], kind: Kind) -> dict[str, str]:
    hidden, areas = sheet.hidden_of(blocks), sheet.placed(blocks)
    order = "\n".join(f"{_(AREAS[area])}: {', '.join(_(BLOCKS[key].label) for key in keys)}" for area, keys in areas.items())
    options = [
        f"{_(BLOCKS[key].label)}: {_(option.label)}: {_('yes') if on else _('no')}"
        for key, said in blocks.get("options", {}).items() if key in BLOCKS
        for option in BLOCKS[key].offered(kind) if (on := said.get(option.key)) is not None
    ]
    return {
        _("Blocks in their order"): order,
        _("Left out"): ", ".join(_(BLOCKS[key].label) for key in BLOCKS if key in hidden),
        _("Choices about blocks"): "\n".join(options),
    }
