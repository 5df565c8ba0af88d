"""Looking for words in the journal: as they stand, and in their other forms (besøk, besøkene)."""

from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Q

# PostgreSQL's own stemming for Norwegian. No index helps: the wall reads the rows of one's own families first, and
# looks for the words in those.
CONFIG = "norwegian"


def found(rows: Any, words: str) -> Any:
    """The lines with `words` in the text or in the name of the service. «"to ord"», «eller» as OR, and «-uten» work."""
    stems = SearchQuery(words, config=CONFIG, search_type="websearch")
    rows = rows.alias(stems=SearchVector("text", config=CONFIG))
    return rows.filter(Q(stems=stems) | Q(text__icontains=words) | Q(service__name__icontains=words))
