"""The few files of node_modules that a browser gets, under names of our own: static 'vendor/…'.

A whole directory of node_modules as STATICFILES_DIRS would publish thousands of files nobody asks for.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage, Error
from django.core.files.storage import FileSystemStorage, Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

VENDOR = {
    "vendor/designsystemet/theme.css": "@digdir/designsystemet-css/dist/theme/designsystemet.css",
    "vendor/designsystemet/index.css": "@digdir/designsystemet-css/dist/src/index.css",
    "vendor/designsystemet/web.js": "@digdir/designsystemet-web/dist/umd/index.js",
    "vendor/htmx.min.js": "htmx.org/dist/htmx.min.js",
    "vendor/fonts/inter-latin.woff2": "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
    "vendor/fonts/inter-latin-ext.woff2": "@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2",
    "vendor/fonts/literata-latin.woff2": "@fontsource-variable/literata/files/literata-latin-wght-normal.woff2",
    "vendor/fonts/literata-latin-italic.woff2": "@fontsource-variable/literata/files/literata-latin-wght-italic.woff2",
    "vendor/fonts/literata-latin-ext.woff2": "@fontsource-variable/literata/files/literata-latin-ext-wght-normal.woff2",
    "vendor/fonts/vazirmatn-arabic.woff2": "@fontsource/vazirmatn/files/vazirmatn-arabic-400-normal.woff2",
    "vendor/fonts/vazirmatn-arabic-bold.woff2": "@fontsource/vazirmatn/files/vazirmatn-arabic-700-normal.woff2",
}


class VendorStorage(FileSystemStorage):
    """Reads a vendor name from its real place in node_modules."""

    def path(self, name: str) -> str:
        """The file behind a vendor name. Raises KeyError for a name that is not on the list."""
        return str(Path(settings.NODE_MODULES) / VENDOR[name.replace("\\", "/")])


class NamedByContent(CompressedManifestStaticFilesStorage):
    """Names files by what is in them, and compresses them. Source maps are not published, so nobody looks for them."""

    patterns = tuple((glob, rules) for glob, rules in CompressedManifestStaticFilesStorage.patterns if glob == "*.css")


class VendorFinder(BaseFinder):
    """Finds the files of VENDOR for the development server and for collectstatic."""

    storage = VendorStorage()

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """An error for each file that is not installed, with the command that installs it."""
        missing = [source for source in VENDOR.values() if not (Path(settings.NODE_MODULES) / source).is_file()]
        return [Error(f"{source} mangler i node_modules.", hint="Kjør «make env».") for source in missing]

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """The file's place, or an empty list when it is not ours."""
        name = path.replace("\\", "/")
        if name not in VENDOR:
            return []
        place = self.storage.path(name)
        return [place] if find_all else place

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, Storage]]:
        """All vendor files, for collectstatic."""
        for name in VENDOR:
            yield name, self.storage
