"""Small things about how a person is shown."""

import unicodedata


def initials(name: str) -> str:
    """Two letters for a round mark: first letters of the first and last word, or the two first of a single word.

    Works for any script; signs that are not letters or digits (emoji, brackets) are passed over. Empty name: "?".
    """
    cleaned = "".join(c if unicodedata.category(c)[0] in "LNM" else " " for c in unicodedata.normalize("NFC", name))
    words = cleaned.split()
    if not words:
        return "?"
    letters = words[0][:2] if len(words) == 1 else words[0][0] + words[-1][0]
    return letters.upper()
