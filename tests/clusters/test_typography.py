"""French typography: apostrophes, quotation marks, high punctuation, thousands; and what is left alone."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters.typography import _ADDRESSES, typeset

N, F = "\u202f", "\u00a0"


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("l'eau d'Agadir", "l’eau d’Agadir"),
        ("aujourd'hui", "aujourd’hui"),
        ("d'« ici »", f"d’«{N}ici{N}»"),
        ("«pôle»", f"«{N}pôle{N}»"),
        ("« pôle »", f"«{N}pôle{N}»"),
        ("«   pôle\t»", f"«{N}pôle{N}»"),
        ("« Un pôle « vert » »", f"«{N}Un pôle «{N}vert{N}»{N}»"),
        ("Pourquoi ?", f"Pourquoi{N}?"),
        ("Pourquoi?", f"Pourquoi{N}?"),
        ("Enfin !", f"Enfin{N}!"),
        ("Enfin!", f"Enfin{N}!"),
        ("Un ; deux", f"Un{N}; deux"),
        ("« Pourquoi?»", f"«{N}Pourquoi{N}?{N}»"),
        ("« Pourquoi ? »", f"«{N}Pourquoi{N}?{N}»"),
        ("Objectif : croître", f"Objectif{F}: croître"),
        ("Objectif: croître", f"Objectif{F}: croître"),
        ("« Objectif » : croître", f"«{N}Objectif{N}»{F}: croître"),
        ("29 000 employés", f"29{N}000 employés"),
        ("1 234 567 dirhams", f"1{N}234{N}567 dirhams"),
        ("60 %", f"60{F}%"),
        ("38 €", f"38{F}€"),
        ("12 km de côte", f"12{F}km de côte"),
        ("3 m² et 40 ha", f"3{F}m² et 40{F}ha"),
        ("580 MW, 20 °C", f"580{F}MW, 20{F}°C"),
        ("à 14 h 30", f"à 14{F}h 30"),
        ("38 MDH", f"38{F}MDH"),
    ],
)
def test_what_is_typed_is_set(typed, printed):
    assert typeset(typed) == printed
    assert typeset(printed) == printed


@pytest.mark.parametrize(
    "text",
    [
        "",
        "à 08:40, puis à 9:05",
        "le ratio 1:2",
        "de 2008 2010 et 2011",
        "12 34 56",
        "ISO 9001:2015",
        "R&D",
        "voir https://exemple.org/page?a=1;b=2!x:y",
        "voir http://exemple.org/?q=l'eau",
        "www.exemple.org/?a=b;c",
        "écrire à l'equipe@exemple.org",
        "mailto:nom@exemple.org?subject=a;b",
        "rock 'n' roll",
        "voir exemple.org/page?a=1;b=2!x",
        "voir sous.exemple.org/l'eau",
        "exemple.org?q=l'eau",
        "Merci ;) et :-)",
        "à 14:30, 3:2",
        "2 maisons, 3 grands hommes, 4 l’an",
        "!!!",
        "« »",
    ],
)
def test_what_is_not_french_prose_is_left_alone(text):
    expected = text if text != "« »" else f"«{N}»"
    assert typeset(text) == expected


def test_a_breaking_space_is_replaced_not_joined_by_another():
    assert typeset(f"Pourquoi {N} ?") == f"Pourquoi{N}?"
    assert typeset(f"Objectif {F} : x") == f"Objectif{F}: x"


_SIGNS = st.text(alphabet="aé10 «»:;!?'’%€.,()[]\"\t\n\u00a0\u202f@/&-", max_size=25)


@given(_SIGNS)
def test_setting_twice_changes_nothing(text):
    once = typeset(text)
    assert typeset(once) == once


@given(st.text(max_size=60))
def test_setting_any_text_twice_changes_nothing(text):
    once = typeset(text)
    assert typeset(once) == once


@given(_SIGNS)
def test_no_word_is_lost(text):
    def letters(value):
        return [sign for sign in value.replace("’", "'") if not sign.isspace()]

    assert letters(typeset(text)) == letters(text)


@given(st.text("a@.,« \n:/w") | st.from_regex(r"(a|@|,| |www\.a|mailto:b|https?://c)*", fullmatch=True))
def test_addresses_are_found_from_the_beginning_of_a_word_as_from_anywhere_in_it(text):
    anywhere = r"(\b(?:https?://|www\.|mailto:)\S+|\S+@\S+)"
    without_bare = re.sub(r"[/?]", "_", text) if "://" not in text else text
    assert _ADDRESSES.split(without_bare) == re.split(anywhere, without_bare)


_BARE = st.from_regex(r"[a-z]{1,6}(\.[a-z]{1,6})?\.(org|fr|ma|com)[/?][a-z0-9/?;:!=&']{1,12}", fullmatch=True)
_WHOLE = st.from_regex(r"(https?://|www\.|mailto:)[a-z0-9/?;:!=&'@.]{1,15}", fullmatch=True)


@given(_SIGNS, _BARE | _WHOLE | st.from_regex(r"[a-z']{1,8}@[a-z]{1,8}\.fr", fullmatch=True), _SIGNS)
def test_an_address_in_a_text_stays_as_it_is(before, address, after):
    assert address in typeset(f"{before} {address} {after}")


@given(st.integers(0, 23), st.integers(0, 59), _SIGNS)
def test_times_and_ratios_stay_as_they_are(hour, minute, after):
    assert f"{hour}:{minute:02}" in typeset(f"à {hour}:{minute:02} {after}")
