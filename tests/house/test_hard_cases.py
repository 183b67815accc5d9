"""The facts that the registry must survive, each read on the public pages of the demonstration.

They are the table of §2 of the registry's design: a reader must see every one of them said as it is, and nowhere else.
"""

import csv
import io
import re

import pytest

from clusters.models import Cluster, Observation
from tests import factories as make
from tests.house.test_demo import words_of

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("demo")]

JOINT = {
    "cluster-textile-de-maison": "Cluster Design d’Intérieur MCIC",
    "cluster-design-d-interieur": "Cluster Textile de maison CHTC",
}
"""The two clusters of a joint figure, each with how its page names the other."""


@pytest.fixture(scope="module", autouse=True)
def rows(demo_registry):
    return demo_registry


@pytest.fixture
def read(client):
    """The words of a page, no-break spaces as spaces."""

    def words(address):
        response = client.get(address)
        assert response.status_code == 200, address
        return words_of(response)

    return words


def part(page, start, end):
    """What stands on a page between two words."""
    return page.split(start, 1)[1].split(end, 1)[0]


def title(client, address):
    heading = re.search(r"<h1>(.*?)</h1>", client.get(address).content.decode(), re.S)[1]
    return re.sub(r"<[^>]+>.*", "", heading).strip()


def test_three_founding_years_side_by_side_each_with_its_source(read):
    page = part(read("/clusters/ce3m/"), "Année de création", "Adhérents")
    years = {year: part(page + " 9999", f" {year} ", following) for year, following in (("2008", " 2010 "), ("2010", " 2011 "), ("2011", "9999"))}  # fmt: skip
    assert "les sources ne s’accordent pas" in page
    assert "IT Mag" in years["2008"]
    assert "quatre entreprises" in years["2008"]
    assert "Ecomnews Med" in years["2008"]
    assert "Berytech" in years["2010"]
    assert "IT Mag" in years["2010"]
    assert "Invest for Jobs" in years["2011"]


def test_a_renamed_body_is_one_record_under_the_name_of_the_day(client, read):
    assert title(client, "/clusters/cluster-solaire/?as_of=2022-06-29") == "Cluster Solaire"
    assert title(client, "/clusters/cluster-solaire/?as_of=2022-06-30") == "Cluster EnR"
    assert title(client, "/clusters/cluster-solaire/") == "Cluster EnR"
    assert re.search(r"Cluster EnR \d+ Officiel,? depuis le 30 juin 2022", read("/clusters/cluster-solaire/"))
    assert re.search(r"Cluster Solaire \d+ Ancien nom,? jusqu’au 30 juin 2022", read("/clusters/cluster-solaire/"))
    for asked in ("Cluster EnR", "Cluster Solaire", "Moroccan Solar Cluster", "كلوستر سولير"):
        assert "/clusters/cluster-solaire/" in client.get("/clusters/", {"q": asked}).content.decode(), asked


def test_a_change_of_name_without_a_date_has_none(client, read):
    page = read("/clusters/moroccan-denim-cluster/")
    assert re.search(r"Moroccan Denim &amp; Fashion Cluster \d+ Officiel", page)
    assert not re.search(r"Fashion Cluster \d+ Officiel,? (?:depuis|jusqu)", page)
    assert "la date du changement n’est pas connue" in page
    assert "/clusters/moroccan-denim-cluster/" in client.get("/clusters/", {"q": "MDFC"}).content.decode()


@pytest.mark.parametrize("slug", JOINT)
def test_a_joint_figure_is_on_the_page_of_each_with_the_other(read, slug):
    page = part(read(f"/clusters/{slug}/"), "Les chiffres", "Présentation")
    assert re.search(rf"environ 29 000 salariés ensemble avec {JOINT[slug]}", page), page
    assert "non daté, au plus tard mars 2020" in page
    assert "14 500" not in page


@pytest.mark.parametrize(
    "address",
    [
        "/", "/clusters/", "/clusters/?view=table", "/clusters/?sort=figures", "/clusters/?country=MA", "/clusters/map/",
        "/clusters/?sector=cci&view=table", "/programmes/creative-mediterranean/",
    ],
)  # fmt: skip
def test_a_joint_figure_is_in_no_headline_sum_or_ranking(read, address):
    page = read(address)
    assert "29 000" not in page
    assert "22 000" not in page  # the other figure of the branch, which is not the cluster's either


def test_a_joint_figure_is_nobodys_headline_in_what_is_taken_away(client):
    response = client.get("/clusters/export.csv")
    text = b"".join(response).decode("utf-8-sig")
    lines = {line["Fiche"].rstrip("/").rpartition("/")[2]: line for line in csv.DictReader(io.StringIO(text))}
    for slug in JOINT:
        assert not any(
            re.search(r"29.?000", value) for key, value in lines[slug].items() if key.startswith("Chiffre")
        ), slug


def test_a_figure_without_a_date_says_so_and_what_bounds_it(read):
    page = part(read("/clusters/ce3m/"), "Adhérents", "Présentation")
    assert re.search(r"80 adhérents (?:\S+ )*?non daté, au plus tard mars 2020", page)
    assert re.search(r"6 adhérents (?:\S+ )*?2008", page)


def test_what_is_not_exact_is_not_said_to_be(read):
    page = read("/clusters/ce3m/")
    assert "environ 20 startups" in page
    assert "plus de 90 PME" in page
    assert "plus de 110 adhérents" in page
    assert "plus de 200 adhérents" in read("/clusters/cluster-solaire/")
    assert "au plus 16 sièges" in read("/clusters/c2tm/")


def test_figures_of_two_units_stand_beside_each_other_each_in_its_own(read):
    page = part(read("/clusters/ce3m/"), "Adhérents", "PME adhérentes")
    assert "plus de 20 entreprises" in page
    assert "12 mars 2017" in page
    assert "80 adhérents" in page
    assert "Compte des entreprises, et non tous les adhérents" in page


def test_a_second_hand_error_is_set_aside_with_its_reason(client, read):
    source = client.get("/clusters/agadir-haliopole/").content.decode()
    page = part(read("/clusters/agadir-haliopole/"), "Les chiffres", "Présentation")
    assert re.search(r"5 milliards de dirhams valeur retenue", page)
    aside = part(page, "1 chiffre écarté, et pourquoi", "Programmes") if "Programmes" in page else page.split("1 chiffre écarté, et pourquoi")[1]  # fmt: skip
    assert "50 milliards de dirhams" in aside
    assert "erreur de transcription probable" in aside
    assert "50 milliards" not in page.split("1 chiffre écarté")[0]
    assert re.search(r"<s>[^<]*50\s*milliards", source)


def test_one_study_gives_two_counts_and_both_are_shown(read):
    page = part(read("/clusters/?country=MA"), "les chiffres du pays", "Clusters attendus")
    assert "13 clusters" in page
    assert "15 clusters" in page
    assert "Ecomnews Med" in page
    assert "Maghreb Émergent" in page
    assert "c’est notre lecture" in page
    study = read("/sources/ipemed2019/")
    assert "Le nombre de clusters progresse au Maghreb" in study
    assert "Quelle est la politique marocaine" in study


def test_an_acronym_of_two_bodies_does_not_make_them_one(client, read):
    assert "Centre marocain d’innovation climatique" in read("/clusters/cluster-design-d-interieur/")
    other = make.make_cluster(name="Centre marocain d’innovation climatique", acronym="MCIC", slug="mcic-climat")
    other.index()
    found = client.get("/clusters/", {"q": "MCIC"}).content.decode()
    assert "/clusters/cluster-design-d-interieur/" in found
    assert "/clusters/mcic-climat/" in found
    assert "Centre marocain" in read("/clusters/mcic-climat/")
    assert Cluster.objects.visible().filter(acronym="MCIC").count() == 2


@pytest.mark.parametrize(
    ("slug", "name"),
    [
        ("cluster-automobile-plasturgie", "Cluster automobile de la plasturgie (projet attendu)"),
        ("cluster-automobile-batteries", "Cluster automobile des batteries (projet attendu)"),
    ],
)
def test_an_expected_cluster_has_a_working_title_and_no_place(client, read, slug, name):
    assert title(client, f"/clusters/{slug}/") == name
    page = read(f"/clusters/{slug}/")
    assert "Attendu" in page
    assert "pas de nom officiel" in page
    assert "à Casablanca ou à Marrakech" in page
    cluster = Cluster.objects.get(slug=slug)
    assert (cluster.city, cluster.latitude, cluster.longitude) == ("", None, None)
    assert not Observation.objects.about(cluster).exists()
    found = client.get("/clusters/?status=expected&country=MA").content.decode()
    assert f"/clusters/{slug}/" in found


def test_dormant_is_not_closed(client, read):
    page = read("/clusters/cluster-maritime-marocain/")
    assert "En sommeil" in page
    assert "Fermé" not in page
    assert "rien n’indique qu’il ait été dissous" in page
    assert "/clusters/cluster-maritime-marocain/" in client.get("/clusters/?status=dormant").content.decode()
    assert "/clusters/cluster-maritime-marocain/" not in client.get("/clusters/?status=closed").content.decode()


@pytest.mark.parametrize(
    ("slug", "day", "status"),
    [
        ("cluster-maritime-marocain", "2013", "Actif"),
        ("aerospace-moroccan-cluster", "2018", "Annoncé"),
        ("aerospace-moroccan-cluster", "2020-03-02", "Actif"),
        ("cluster-mecanique-de-precision", "2019", "Annoncé"),
        ("cluster-mecanique-de-precision", "2020", "Actif"),
        ("pole-el-ghazala", "1997", "Actif"),
        ("cluster-energie-solaire", "2017-05-24", "Actif"),
        ("cluster-mecatronic-tunisie", "2012", "Actif"),
        ("pole-de-bizerte", "2006", "Actif"),
    ],
)
def test_a_past_day_shows_the_status_of_then(client, slug, day, status):
    page = words_of(client.get(f"/clusters/{slug}/?as_of={day}"))
    assert re.search(rf"Situation {status} ", page), page[:1500]


@pytest.mark.parametrize(("day", "few"), [("1996", 0), ("1998", 1), ("2007", 3), ("2013", 12), ("2018", 25)])
def test_the_registry_of_a_past_day_grows_with_the_years(client, day, few):
    found = client.get("/clusters/", {"as_of": day})
    total = found.context["filter"].total
    assert total >= few
    assert total < 42
    if not few:
        assert total == 0
