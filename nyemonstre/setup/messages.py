"""Collect the texts of code and templates into locale/<language>/LC_MESSAGES/django.po; with --compile only compile.

Bokmål is written in the code itself, so only the other languages have a catalogue.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent.parent
LANGUAGES = ["nn", "en"]
PLURAL = (1, 2)
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": PLURAL,
    "ngettext_lazy": PLURAL,
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}
ROOMS = ["nyemonstre", "families", "documents", "consent", "assessments", "plans", "referrals", "history", "templates"]


def place(language: str) -> Path:
    """The catalogue of a language."""
    return ROOT / "locale" / language / "LC_MESSAGES" / "django.po"


def compile_all() -> None:
    """Write .mo beside each .po. Raises ValueError for a translation that lost a placeholder."""
    for source in sorted(ROOT.glob("locale/*/LC_MESSAGES/django.po")):
        with source.open("rb") as file:
            catalog = read_po(file, locale=source.parent.parent.name)
        wrong = [f"{message.id!r}: {error}" for message, errors in catalog.check() for error in errors]
        if wrong:
            raise ValueError(f"{source}: " + "; ".join(wrong))
        with source.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalog)


# A call as Django's templatize() writes it for a template's texts.
LITERAL = r"""u?('(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
CALL = re.compile(rf"\b(gettext|_|ngettext|pgettext)\({LITERAL}(?:,\s*{LITERAL})?")


def of_template(source: str) -> Iterator[tuple[str | tuple[str, str], str | None]]:
    """Text (or singular and plural) and context of each translation in a Django template."""
    for name, first, second in CALL.findall(templatize(source)):
        one = ast.literal_eval(first)
        if name == "pgettext":
            yield ast.literal_eval(second), one
        elif name == "ngettext":
            yield (one, ast.literal_eval(second)), None
        elif one:
            yield one, None


def texts() -> Catalog:
    """Every text in code and templates."""
    template = Catalog(project="nyemonstre", charset="utf-8", fuzzy=False)
    for room in ROOMS:
        found = extract_from_dir(str(ROOT / room), method_map=[("**.py", "python")], keywords=KEYWORDS)
        for name, _line, message, comments, context in found:
            template.add(message, locations=[(f"{room}/{name}", 1)], auto_comments=comments, context=context)
        for file in sorted((ROOT / room).rglob("*.html")) + sorted((ROOT / room).rglob("*.txt")):
            for message, context in of_template(file.read_text()):
                template.add(message, locations=[(str(file.relative_to(ROOT)), 1)], context=context)
    return template


def collect() -> None:
    """Bring each catalogue up to what stands in the code; translations stay."""
    template = texts()
    for language in LANGUAGES:
        target = place(language)
        target.parent.mkdir(parents=True, exist_ok=True)
        catalog = Catalog(locale=language, fuzzy=False)
        if target.exists():
            with target.open("rb") as file:
                catalog = read_po(file, locale=language)
        catalog.header_comment = (
            "# Bokmål stands in the code; here is the same in another language. Made by «make messages»."
        )
        catalog.project, catalog.version, catalog.msgid_bugs_address = "Nye mønstre", "", ""
        catalog.last_translator = catalog.language_team = ""
        catalog.update(template, no_fuzzy_matching=True)
        with target.open("wb") as file:
            write_po(file, catalog, width=110, sort_by_file=True, ignore_obsolete=True, include_lineno=False)
        untranslated = sum(1 for message in catalog if message.id and not message.string)
        print(f"{target.relative_to(ROOT)}: {len(catalog)} tekster, {untranslated} uten oversettelse")


if __name__ == "__main__":
    # templatize reads nothing of the settings but wants them to be there.
    settings.configure()
    if "--compile" not in sys.argv:
        collect()
    compile_all()
