"""What a reader's visit costs: bytes, requests, cookies, scripts."""

from tests.factories import make_article, make_cluster, make_source, make_tag


def article_without_pictures():
    clusters = [make_cluster() for _ in range(8)]
    references = "".join(
        f'<p><span data-cluster="{one.public_id}">{one.name}</span> {"mot " * 90}</p>' for one in clusters
    )
    return make_article(
        body=f"<h2>Un</h2>{references}<h2>Deux</h2>{references}<h2>Trois</h2><p>Fin.</p>",
        clusters=clusters, sources=[make_source() for _ in range(6)], tags=[make_tag() for _ in range(5)],
    )  # fmt: skip


def test_an_article_weighs_at_most_60_kb_and_needs_nobody_else(new_page, live_server):
    article = article_without_pictures()
    page = new_page(width=360)
    sizes, addresses = [], []

    def measure(response):
        addresses.append(response.url)
        sizes.append(response.request.sizes()["responseBodySize"] + response.request.sizes()["responseHeadersSize"])

    page.on("requestfinished", lambda request: measure(request.response()))
    page.goto(f"/articles/{article.slug}/", wait_until="networkidle")
    pictures = [address for address in addresses if "/media/" in address]
    assert not pictures
    assert sum(sizes) <= 60_000, dict(zip(addresses, sizes, strict=True))
    assert not [address for address in addresses if address.endswith(".js")], "reading needs no script"
    assert page.context.cookies() == []


def test_the_whole_article_is_there_without_javascript(new_page, live_server):
    article = article_without_pictures()
    page = new_page(javascript=False)
    page.goto(f"/articles/{article.slug}/")
    assert page.locator("h1").inner_text() == article.title
    assert page.locator(".prose p").count() >= 17
    assert page.locator("form [name=body]").is_visible()
