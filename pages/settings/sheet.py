"""What one page is set to, put together from what its status says, what its kind says and what the house does by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pages.blocks import BLOCKS
from pages.blocks.contract import AREAS, Block
from records.models import Kind

Content = dict[str, Any]
Words = Mapping[str, str]  # language → text
TEXTS = ("headline", "text", "terms")  # the first is a line, the others are Markdown
PARTS = (*TEXTS, "action", "blocks", "link")  # each is the status's own, or wholly that of its kind


@dataclass(frozen=True)
class Sheet:
    """`arranged` are the blocks shown, by area; `options` what was chosen of each; texts as they were written.

    `policy`: how often links open, see `pages.policies`.
    """

    arranged: Mapping[str, Sequence[Block]]
    options: Mapping[str, Mapping[str, bool]]
    headline: Words
    text: Words
    terms: Words
    action: str
    words: Words
    policy: str


def of(*contents: Content) -> Sheet:
    """The sheet of contents from the farthest to the nearest: kind, status."""
    content = merged(*contents)
    blocks, action = content.get("blocks", {}), content.get("action", {})
    hidden = hidden_of(blocks)
    shown = {area: [BLOCKS[key] for key in keys if key not in hidden] for area, keys in placed(blocks).items()}
    written = {text: content.get(text, {}) for text in TEXTS}
    return Sheet(
        shown, blocks.get("options", {}), **written, action=action.get("key", ""), words=action.get("words", {}),
        policy=content.get("link", {}).get("policy", ""),
    )


def merged(*contents: Content) -> Content:
    """The parts that hold: of each the nearest."""
    return {part: value for content in contents for part, value in content.items() if part in PARTS}


def own(content: Content, above: Content, kind: Kind) -> Content:
    """Of the parts of a whole setting those that are not what is above it anyway."""
    said = {part: value for part, value in content.items() if part in PARTS}
    return {part: value for part, value in said.items() if full(part, value, kind) != full(part, above.get(part), kind)}


def full(part: str, value: Any, kind: Kind) -> Any:
    """A part with everything it leaves open said, so that two that mean the same are the same."""
    value = value or {}
    if part != "blocks":
        return {key: words for key, words in value.items() if words}
    options = {key: {**standard(block, kind), **value.get("options", {}).get(key, {})} for key, block in BLOCKS.items()}
    return {"areas": placed(value), "hidden": sorted(hidden_of(value)), "options": options}


def standard(block: Block, kind: Kind) -> dict[str, bool]:
    """What the options of a block are when nobody has chosen."""
    return {option.key: option.default for option in block.offered(kind)}


def hidden_of(blocks: Content) -> set[str]:
    """Blocks that are left out; the status itself always stands on the page."""
    return {key for key in blocks.get("hidden", ()) if key in BLOCKS and not BLOCKS[key].fixed}


def placed(blocks: Content) -> dict[str, list[str]]:
    """The keys of all blocks in their order, by area; one that came later stands behind the one it follows in BLOCKS."""
    said = blocks.get("areas") or {}
    found = {area: [key for key in said.get(area, ()) if key in BLOCKS] for area in AREAS}
    before: dict[str, str] = {}
    for key, block in BLOCKS.items():
        if not any(key in keys for keys in found.values()):
            keys = found[block.area]
            last = before.get(block.area, "")
            keys.insert(keys.index(last) + 1 if last in keys else len(keys) if last else 0, key)
        before[block.area] = key
    return found
