"""The texts of code and templates, and the German for them: what `make texts` brings in step and the tests compare.

A text belongs to the nearest folder above its file that has a `de.po`; those of app.py belong to core.
"""

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

from core.i18n import HOUSE, ROOMS

HEADER = """\
msgid ""
msgstr ""
"Language: de\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""


def written() -> dict[Path, Catalog]:
    """Every German catalog there is, by its file."""
    return {path: _read(path) for room in ROOMS for path in sorted((HOUSE / room).rglob("de.po"))}


def said() -> dict[Path, Catalog]:
    """What code and templates say, by the file its German belongs into."""
    places = {path.parent: path for room in ROOMS for path in (HOUSE / room).rglob("de.po")}
    catalogs: dict[Path, Catalog] = {}
    with (HOUSE / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    for name, _, text, _, _ in extract_from_dir(HOUSE, methods, options, DEFAULT_KEYWORDS, directory_filter=_is_room):
        catalogs.setdefault(_place(HOUSE / name, places), Catalog(locale="de")).add(text)
    return catalogs


def _is_room(folder: str) -> bool:
    return Path(folder).relative_to(HOUSE).parts[0] in ROOMS


def _place(source: Path, places: dict[Path, Path]) -> Path:
    if source.parent == HOUSE:
        return HOUSE / "core" / "de.po"
    of_the_room = HOUSE / source.relative_to(HOUSE).parts[0] / "de.po"
    return next((places[folder] for folder in source.parents if folder in places), of_the_room)


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="de")


def write(path: Path, catalog: Catalog) -> None:
    """The catalog as a file of ours: a short header, the texts in the order of their first letter, nothing obsolete."""
    catalog.obsolete.clear()
    body = BytesIO()
    write_po(body, catalog, width=120, no_location=True, omit_header=True, sort_output=True)
    path.write_text(HEADER + body.getvalue().decode())


def bring_in_step() -> None:
    """Add what is new and drop what nobody says any more; tell what waits for a translation."""
    known = written()
    for path, texts in said().items():
        catalog = known.get(path) or Catalog(locale="de")
        catalog.update(texts, no_fuzzy_matching=True)
        write(path, catalog)
        waiting = [message.id for message in catalog if message.id and not _complete(message.string)]
        print(f"{path.relative_to(HOUSE)}: {len(catalog)} texts, {len(waiting)} without German")


def _complete(string: str | tuple[str, ...] | None) -> bool:
    return all(string) if isinstance(string, tuple) else bool(string)


if __name__ == "__main__":
    bring_in_step()
