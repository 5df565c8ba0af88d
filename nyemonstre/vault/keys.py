"""Key rings: several keys of 256 bits, each with a number, and one of them current. No Django in here."""

import base64
import binascii
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

KEY_BYTES = 32
HOW = (
    "Skriv én nøkkel per linje (eller mellom komma) som «nummer:nøkkel», den som gjelder nå, først. Nummeret er fra 1 "
    "til 255, nøkkelen er 32 tilfeldige byte i base64; lag en med «openssl rand -base64 32»."
)


class BadKeys(Exception):
    """Keys are missing or malformed. The message names the setting and says what to do; it never holds a key."""


@dataclass(frozen=True)
class KeyRing:
    """Keys by number. `current` seals what is new; the others only open what was sealed before."""

    current: int
    keys: Mapping[int, bytes] = field(repr=False)

    def __getitem__(self, number: int) -> bytes:
        """The key with this number. Raises KeyError when it has been taken out of the ring."""
        return self.keys[number]

    @classmethod
    def parse(cls, text: str, *, name: str) -> "KeyRing":
        """The ring written in `text` (see HOW). Raises BadKeys, with `name` of the setting, when anything is wrong."""
        keys: dict[int, bytes] = {}
        for line in text.replace(",", "\n").splitlines():
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            number, _colon, key = line.strip().partition(":")
            if not (number.isascii() and number.isdigit() and 1 <= int(number) <= 255):
                raise BadKeys(f"{name}: en nøkkel har ikke noe nummer fra 1 til 255. {HOW}")
            if int(number) in keys:
                raise BadKeys(f"{name}: to nøkler har nummer {int(number)}. Gi hver nøkkel sitt eget nummer.")
            keys[int(number)] = _decode(key, f"{name}: nøkkel {int(number)}")
        if not keys:
            raise BadKeys(f"{name} mangler. {HOW}")
        if len(set(keys.values())) < len(keys):
            raise BadKeys(f"{name}: den samme nøkkelen står der to ganger. Lag en ny til hvert nummer.")
        return cls(next(iter(keys)), keys)


def _decode(text: str, what: str) -> bytes:
    try:
        text = text.strip().translate(str.maketrans("-_", "+/"))
        key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise BadKeys(f"{what} er ikke base64. {HOW}") from None
    if len(key) != KEY_BYTES:
        raise BadKeys(f"{what} er {len(key)} byte, ikke {KEY_BYTES}. {HOW}")
    if len(set(key)) < 8:  # 32 random bytes have about 30 different ones
        raise BadKeys(f"{what} er ikke tilfeldig. {HOW}")
    return key


def ring_from_environment(name: str) -> KeyRing:
    """The ring in the variable `name`, or in the file that `name`_FILE points at. Raises BadKeys."""
    place = os.environ.get(f"{name}_FILE", "")
    if not place:
        return KeyRing.parse(os.environ.get(name, ""), name=name)
    try:
        text = Path(place).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise BadKeys(f"{name}_FILE kan ikke leses ({type(error).__name__}). {HOW}") from None
    return KeyRing.parse(text, name=f"{name}_FILE")


def refuse_shared(*rings: KeyRing) -> None:
    """Raise BadKeys when two rings hold the same key: a key does one thing."""
    keys = [key for ring in rings for key in ring.keys.values()]
    if len(set(keys)) < len(keys):
        raise BadKeys("NM_VAULT_KEYS og NM_INDEX_KEYS har en nøkkel felles. Lag egne nøkler til hver av dem.")
