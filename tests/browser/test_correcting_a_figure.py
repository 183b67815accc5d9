"""A figure is corrected from the admin's front page and seen on the public page in at most six clicks."""

from playwright.sync_api import expect

from tests.browser.test_main_job import log_in
from tests.factories import make_cluster, make_indicator, make_observation, make_user

MOST_CLICKS = 6


class Hand:
    """Clicks, and counts them."""

    def __init__(self, page):
        self.page, self.clicks = page, 0

    def click(self, locator):
        locator.click()
        self.clicks += 1


def test_from_the_front_page_to_the_public_page(new_page, live_server):
    page = new_page()
    cluster = make_cluster(name="Cluster Solaire", slug="solaire")
    make_observation(cluster, indicator=make_indicator(label="Adhérents", unit="adhérents"), value=80, dated="2017")
    log_in(page, make_user("editor"))
    hand = Hand(page)
    hand.click(page.locator(".desk-tables").get_by_role("link", name="Clusters", exact=True))
    hand.click(page.get_by_role("link", name="Cluster Solaire"))
    hand.click(page.get_by_role("link", name="Corriger"))
    page.fill("[name=value]", "90")
    hand.click(page.locator("[name=_save]"))
    expect(page.locator(".messagelist .success")).to_be_visible()
    hand.click(page.get_by_role("link", name="Voir sur le site"))
    expect(page.locator(".figures")).to_contain_text("90\xa0adhérents")
    expect(page.locator(".figures")).not_to_contain_text("80")
    assert hand.clicks <= MOST_CLICKS
