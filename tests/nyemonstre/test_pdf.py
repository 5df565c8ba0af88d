"""The engine behind every PDF: it fetches nothing but our own files, whatever a page says."""

import pytest

from nyemonstre.pdf.engine import FatalURLFetchingError, OurFiles


def test_nothing_but_our_own_files_is_fetched():
    for address in ("file:///etc/passwd", "http://127.0.0.1/", "nm:fonts/../settings.py", "data:text/plain,x"):
        with pytest.raises(FatalURLFetchingError):
            OurFiles({}).fetch(address)
    assert OurFiles({}).fetch("nm:rose.svg").read().startswith(b"<svg")
