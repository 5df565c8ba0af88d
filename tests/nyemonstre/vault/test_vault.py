"""Sealed text opens only where it belongs, and key rings refuse what is no key."""

import base64

import pytest
from django.test import override_settings

from nyemonstre import vault
from nyemonstre.vault.keys import BadKeys, KeyRing, refuse_shared, ring_from_environment

ONE, TWO, THREE = (base64.b64encode(bytes(range(start, start + 32))).decode() for start in (0, 40, 80))
WHERE = "families_identitynumber.sealed"


def ring(text: str) -> KeyRing:
    return KeyRing.parse(text, name="NM_VAULT_KEYS")


@pytest.fixture(autouse=True)
def keys(settings):
    settings.NM_VAULT_KEYS, settings.NM_INDEX_KEYS = ring(f"1:{ONE}"), ring(f"7:{TWO}")


@pytest.mark.parametrize("text", ["", "12838712000", "æ" * 5000])
def test_sealed_text_opens_and_does_not_show(text):
    sealed = vault.encrypt(text, where=WHERE)
    assert vault.decrypt(memoryview(sealed), where=WHERE) == text
    assert vault.decrypt_text(vault.encrypt_text(text, where=WHERE), where=WHERE) == text
    assert vault.encrypt(text, where=WHERE) != sealed, "the same text twice must not look the same"
    assert not text or text.encode() not in sealed


def test_nothing_changed_or_moved_opens():
    sealed = vault.encrypt("12838712000", where=WHERE)
    changed = [sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :] for place in range(len(sealed))]
    for wrong in [*changed, sealed[:-1], sealed + b"\0", b"", b"\1"]:
        with pytest.raises(vault.CannotOpen):
            vault.decrypt(wrong, where=WHERE)
    for elsewhere in ("families_identitynumber.seale", WHERE + ":4204", ""):
        with pytest.raises(vault.CannotOpen):
            vault.decrypt(sealed, where=elsewhere)
    with pytest.raises(vault.CannotOpen):
        vault.decrypt_text("not base64 æ", where=WHERE)


def test_a_new_key_seals_and_the_old_one_still_opens():
    old = vault.encrypt("hemmelig", where=WHERE)
    with override_settings(NM_VAULT_KEYS=ring(f"2:{THREE}\n1:{ONE}")):
        assert vault.decrypt(old, where=WHERE) == "hemmelig"
        assert not vault.is_current(old)
        assert vault.is_current(vault.encrypt("hemmelig", where=WHERE))
        assert vault.is_current(vault.encrypt_text("hemmelig", where=WHERE))
    with override_settings(NM_VAULT_KEYS=ring(f"2:{THREE}")), pytest.raises(vault.CannotOpen):
        vault.decrypt(old, where=WHERE)
    # The number of a key is bound too: the same key under another number opens nothing.
    with override_settings(NM_VAULT_KEYS=ring(f"2:{ONE}")), pytest.raises(vault.CannotOpen):
        vault.decrypt(b"\2" + old[1:], where=WHERE)


def test_blind_index_finds_equals_and_tells_nothing_across_places_and_keys():
    index = vault.blind_index("12838712000", where=WHERE)
    assert index == vault.blind_index("12838712000", where=WHERE)
    assert len(index) == 33
    assert index[0] == 7
    others = [
        vault.blind_index("12838712001", where=WHERE),
        vault.blind_index("12838712000", where=WHERE + ":4204"),
        vault.blind_index("2000", where=WHERE + "1283871"),
    ]
    with override_settings(NM_INDEX_KEYS=ring(f"8:{THREE},7:{TWO}")):
        others.append(vault.blind_index("12838712000", where=WHERE))
        assert index in vault.blind_indexes("12838712000", where=WHERE)
    assert len({index[1:], *(other[1:] for other in others)}) == 5


def test_a_ring_reads_lines_commas_and_remarks():
    read = ring(f"# changed 2026-11\n 12:{ONE} \n\n3:{TWO.rstrip('=')},4:{THREE.replace('+', '-').replace('/', '_')}")
    assert read.current == 12
    assert list(read.keys) == [12, 3, 4]
    assert read[3] == base64.b64decode(TWO)
    assert repr(read) == "KeyRing(current=12)", "a key must not show when settings are printed"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "NM_VAULT_KEYS mangler. Skriv én nøkkel per linje"),
        ("# bare en merknad", "mangler"),
        (ONE, "nummer fra 1 til 255"),
        (f"0:{ONE}", "nummer fra 1 til 255"),
        (f"256:{ONE}", "nummer fra 1 til 255"),
        (f"²:{ONE}", "nummer fra 1 til 255"),
        ("1:ikke base64!", "nøkkel 1 er ikke base64"),
        (f"1:{ONE[:-8]}", "nøkkel 1 er 27 byte, ikke 32"),
        (f"1:{base64.b64encode(bytes(32)).decode()}", "ikke tilfeldig"),
        (f"1:{ONE},1:{TWO}", "to nøkler har nummer 1"),
        (f"1:{ONE},2:{ONE}", "står der to ganger"),
    ],
)
def test_a_bad_ring_is_refused_with_what_to_do_and_without_the_key(text, words):
    with pytest.raises(BadKeys, match=words) as refused:
        ring(text)
    assert ONE not in str(refused.value)


def test_a_ring_can_lie_in_a_file(tmp_path, monkeypatch):
    place = tmp_path / "keys"
    place.write_text(f"1:{ONE}\n")
    monkeypatch.setenv("NM_VAULT_KEYS_FILE", str(place))
    assert ring_from_environment("NM_VAULT_KEYS").current == 1
    monkeypatch.setenv("NM_VAULT_KEYS_FILE", str(tmp_path / "gone"))
    with pytest.raises(BadKeys, match="NM_VAULT_KEYS_FILE kan ikke leses"):
        ring_from_environment("NM_VAULT_KEYS")


def test_two_rings_share_no_key():
    refuse_shared(ring(f"1:{ONE}"), ring(f"1:{TWO}"))
    with pytest.raises(BadKeys, match="en nøkkel felles"):
        refuse_shared(ring(f"1:{ONE}"), ring(f"1:{TWO},2:{ONE}"))
