"""Sentences by dice: the text of synthetic rows, and how each row gets dice of its own.

Apart from the rows because articles and clusters are written from the same words.
"""

import random

MARK = "synthese"
"""How the slugs of synthetic rows begin; their number tells where the next run goes on."""

SUBJECTS = (
    "Le cluster", "La filière", "Le ministère de l’Industrie", "La région", "Le groupement", "L’association", "Le pôle",
    "Le comité de pilotage", "La chambre de commerce", "L’agence de développement", "Le programme", "Le bureau d’études",
)  # fmt: skip
VERBS = (
    "réunit", "accompagne", "finance", "mesure", "compare", "annonce", "prépare", "soutient", "documente", "structure",
    "coordonne", "évalue", "forme", "prévoit", "rassemble", "ouvre",
)  # fmt: skip
OBJECTS = (
    "ses adhérents", "les petites et moyennes entreprises", "un centre technique", "des laboratoires de recherche",
    "la formation des ingénieurs", "les exportations de la branche", "une plateforme d’essais", "des projets communs",
    "la certification des produits", "un appel à projets", "les jeunes entreprises", "la gestion de l’eau",
    "les énergies renouvelables", "le tissu industriel", "une zone d’activité", "la sous-traitance locale",
)  # fmt: skip
ENDINGS = (
    "depuis le lancement de la stratégie nationale", "avec l’appui de partenaires européens", "dans trois villes du littoral",
    "sans que le nombre d’emplois soit connu", "selon la dernière étude disponible", "à l’échelle du Maghreb",
    "malgré des moyens limités", "au terme d’une convention de quatre ans", "pour la deuxième année de suite",
    "en lien avec les universités voisines", "comme le prévoyait la feuille de route", "sur un marché très disputé",
)  # fmt: skip


def chance(what: str, number: int) -> random.Random:
    """The dice of one row: of its own, so that a row does not depend on how many were made before it."""
    return random.Random(f"{what} {number}")  # noqa: S311 (no secret hangs on it)


def sentence(dice: random.Random) -> str:
    return f"{dice.choice(SUBJECTS)} {dice.choice(VERBS)} {dice.choice(OBJECTS)} {dice.choice(ENDINGS)}."


def paragraph(dice: random.Random, sentences: int) -> str:
    return " ".join(sentence(dice) for _ in range(sentences))
