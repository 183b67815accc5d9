"""The main job, start to end, as people do it: an editor writes and publishes, a reader finds and comments, a moderator clears.

The article is as rich as the one the product is modelled on: its facts, in sentences of our own.
"""

import re

from playwright.sync_api import expect

from articles.models import Article
from clusters.models import Cluster
from clusters.typography import typeset
from tests.factories import (
    PASSWORD,
    make_article,
    make_author,
    make_sector,
    make_series,
    make_source,
    make_tag,
    make_user,
    picture_file,
)

CLUSTERS = [
    # name, acronym, status: the thirteen of the list, and the two that are expected
    ("Cluster Electronique Mécatronique et Mécanique du Maroc", "CE3M", "active"),
    ("Aerospace Moroccan Cluster", "AMC", "active"),
    ("Maroc Numeric Cluster", "MNC", "active"),
    ("Cluster des Textiles Techniques Marocains", "C2TM", "active"),
    ("Moroccan Denim Cluster", "MDC", "active"),
    ("Cluster Industriel pour les Services Environnementaux", "CISE", "active"),
    ("Cluster Solaire", "", "active"),
    ("Cluster Efficacité Energétique des Matériaux de Construction", "EMC", "active"),
    ("Agadir Haliopôle", "AHP", "active"),
    ("Marrakech Executivity Network for Advanced Research in Art’s living", "MENARA", "active"),
    ("Agripole Innovation Meknès", "AGRINOVA", "active"),
    ("Cluster Textile de maison", "", "active"),
    ("Cluster Design d’Intérieur", "", "active"),
    ("Cluster automobile de la plasturgie", "", "expected"),
    ("Cluster automobile des batteries", "", "expected"),
]
TITLE = typeset("Maroc : comment l’État fabrique ses clusters")
STANDFIRST = "Treize groupements recensés, deux attendus : le Royaume a choisi ses filières avant de les outiller."
PARAGRAPHS = {
    "Un État qui choisit": "Le numérique et l’énergie sont venus d’abord, parce que l’État y voyait ses priorités ; "
    "le tourisme et les métiers de création ont suivi. L’étude de l’IPEMED donne un recensement que cet article reprend.",
    "Huit territoires pour le tourisme": "Avec Vision 2020, le tourisme se découpe en huit territoires, pour que Rabat et Marrakech "
    "ne soient plus seules à attirer les visiteurs. Creative Mediterranean, que conduit l’Union européenne, a retenu deux clusters ; "
    "ensemble, ils comptent environ 29 000 employés.",
    "Ce que l’on mesure": "Au CE3M, six adhérents en 2008, quatre-vingts ensuite, une vingtaine de startups accompagnées "
    "et 38 millions de dirhams mobilisés sur des projets.",
}


def log_in(page, user):
    page.goto("/admin/login/")
    page.fill("[name=username]", user.username)
    page.fill("[name=password]", PASSWORD)
    page.click("[type=submit]")
    page.wait_for_url("**/admin/")


def choose(page, name, text):
    """Pick from an autocomplete field by typing, as the keyboard does."""
    if "-" in name and not page.locator(f"[name='{name}']").count():
        page.locator(f"#{name.split('-')[0]}-group .add-row a").click()
    field = page.locator(f"[name='{name}']").locator("xpath=following-sibling::span").first
    field.click()
    page.locator(".select2-container--open .select2-search__field").last.fill(text)
    page.locator(".select2-results__option", has_text=text).first.click()


def add_clusters(page, sector):
    for name, acronym, status in CLUSTERS:
        page.goto("/admin/clusters/cluster/add/")
        page.fill("[name=name]", name)
        page.fill("[name=acronym]", acronym)
        page.select_option("[name=status]", status)
        page.select_option("[name=country]", "MA")
        page.fill("[name=summary]", f"{name}, au Maroc.")
        choose(page, "sector_links-0-sector", sector.label)
        page.check("[name=sector_links-0-is_primary]")
        page.select_option("[name=publication]", "published")
        page.click("[name=_save]")
        expect(page.locator(".messagelist .success")).to_be_visible()


def add_cover(page):
    page.goto("/admin/articles/picture/add/")
    page.set_input_files(
        "[name=file]", {"name": "cover.png", "mimeType": "image/png", "buffer": picture_file((1280, 720)).read()}
    )
    page.fill("[name=alt]", "Treize disques rassemblés en grappe, deux à l’écart")
    page.fill("[name=caption]", "Treize clusters recensés, deux attendus.")
    page.fill("[name=credit]", "Grappe")
    page.click("[name=_save]")
    expect(page.locator(".messagelist .success")).to_be_visible()


def write_body(page):
    """Type the text into the editor, with headings, a list and a reference to every cluster."""
    box = page.locator("#id_body").locator("xpath=ancestor::*[contains(@class,'prose-editor')]").locator(".ProseMirror")
    box.click()
    for number, (heading, paragraph) in enumerate(PARAGRAPHS.items()):
        page.keyboard.press("Control+Alt+2")
        page.keyboard.insert_text(heading)
        page.keyboard.press("Enter")
        page.keyboard.press("Control+Alt+0")
        page.keyboard.insert_text(paragraph)
        page.keyboard.press("Enter")
        if number == 0:
            page.keyboard.press("Control+Shift+8")
            for name, acronym, _status in CLUSTERS:
                page.keyboard.press("Control+Shift+k")
                page.locator("dialog[open] input[type=search]").fill(acronym or name)
                page.locator("dialog[open] [role=option]", has_text=name).first.click()
                page.keyboard.press("Enter")
            page.keyboard.press("Enter")


def test_from_an_empty_desk_to_an_article_that_people_discuss(new_page, live_server):
    editor, moderator = make_user("editor"), make_user("moderator")
    sector = make_sector(label="Industries du Royaume")
    make_author(name="Leïla Tamzarti", slug="leila-tamzarti")
    tags = [make_tag(name=name, slug=name.lower()) for name in ("Maroc", "AnalyseEconomique", "Entreprises")]
    make_source(title="Clusters au Maghreb", publisher="IPEMED", slug="ipemed-2019")
    series = make_series(title="Les clusters du Maghreb", slug="les-clusters-du-maghreb")
    before = make_article(
        title="Le Maghreb des clusters", slug="le-maghreb-des-clusters", series=series, series_position=1
    )

    desk = new_page()
    log_in(desk, editor)
    add_clusters(desk, sector)
    assert Cluster.objects.visible().count() == len(CLUSTERS)
    add_cover(desk)

    desk.goto("/admin/articles/article/add/")
    desk.fill("[name=title]", TITLE)
    desk.fill("[name=standfirst]", STANDFIRST)
    write_body(desk)
    choose(desk, "bylines-0-author", "Leïla")
    for tag in tags:
        choose(desk, "tags", tag.name)
    choose(desk, "series", "Les clusters")
    desk.fill("[name=series_position]", "2")
    for name, acronym, _status in CLUSTERS:
        choose(desk, "clusters", acronym or name)
    choose(desk, "citations-0-source", "IPEMED")
    choose(desk, "further_reading-0-target", "Le Maghreb")
    desk.locator("#further_reading-group .add-row a").click()
    desk.fill("[name=further_reading-1-url]", "https://example.org/panorama")
    desk.fill("[name=further_reading-1-label]", "Panorama des clusters en Algérie et en Tunisie")
    choose(desk, "cover", "Treize clusters")
    desk.click(".submit-row [name=_continue]")
    expect(desk.locator(".messagelist .success")).to_be_visible()
    slug = Article.objects.get(title=TITLE).slug

    reader = new_page(width=360)
    assert reader.goto(f"/articles/{slug}/").status == 404, "a draft is nobody's to read"
    desk.goto(f"/articles/{slug}/")
    assert desk.locator("h1").inner_text() == TITLE, "its preview is the page itself"
    desk.go_back()
    desk.click("button[name=_ask][value=publish]")
    desk.get_by_role("button", name="Publier", exact=True).click()
    expect(desk.locator(".messagelist .success")).to_be_visible()
    assert Article.objects.visible().filter(slug=slug).exists(), desk.locator("body").inner_text()[:1500]

    for path in ("/", "/articles/", "/tags/maroc/", "/series/les-clusters-du-maghreb/", "/authors/leila-tamzarti/",
                 "/search/?q=territoire numerique dirham", "/sources/ipemed-2019/"):  # fmt: skip
        reader.goto(path)
        assert reader.get_by_role("link", name=TITLE).first.is_visible(), path
    for cluster in Cluster.objects.visible():
        reader.goto(f"/clusters/{cluster.slug}/")
        assert reader.get_by_role("link", name=TITLE).first.is_visible(), cluster
    assert f"/articles/{slug}/" in reader.request.get("/feed/").text()

    reader.goto(f"/articles/{slug}/")
    page = reader.locator("main").inner_text()
    assert all(paragraph.split(" ; ")[0][:40] in page for paragraph in PARAGRAPHS.values())
    assert reader.locator(".prose a.cluster-ref").count() == len(CLUSTERS)
    assert reader.locator("a[href='#un-etat-qui-choisit']").count() == 1, "three headings make a table of contents"
    assert re.search(r"#Maroc\b", page)
    assert "IPEMED" in page
    assert reader.get_by_role("link", name=before.title).first.is_visible()
    assert reader.get_by_role("link", name="Panorama des clusters").is_visible()
    assert reader.get_by_role("img", name="Treize disques").is_visible()
    assert "Grappe" in reader.locator("figcaption").first.inner_text()

    reader.fill("[name=name]", "Salma B.")
    reader.fill("[name=email]", "salma@example.org")
    reader.fill("[name=body]", "Le CE3M compte-t-il aussi les écoles ?")
    reader.locator("form:has([name=body]) [type=submit]").click()
    reader.wait_for_load_state()
    assert "Le CE3M compte-t-il" not in reader.locator("main").inner_text(), "it waits to be read"
    assert reader.context.cookies() == []

    desk = new_page()
    log_in(desk, moderator)
    desk.goto("/admin/articles/comment/")
    desk.check("[name=_selected_action]")
    desk.select_option("[name=action]", "approve")
    desk.click("button[name=index]")
    desk.wait_for_load_state()

    reader.goto(f"/articles/{slug}/")
    assert "Le CE3M compte-t-il aussi les écoles" in reader.locator("main").inner_text()
    assert "1 commentaire" in reader.locator("main").inner_text()
    assert "salma@example.org" not in reader.content()
