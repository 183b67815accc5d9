"""`python -m tests.bench.typing`: how long a key takes to be seen in an article of 300 blocks.

From the key press to the end of the next frame, in Chromium, with all that the form and the body editor do besides; beside
it a bare ProseMirror of the same schema and the same text, which does nothing else, turn by turn in the same run. The
ratio is what can be compared between machines; the figure owed is p95 under 50 ms. A frame alone is up to 17 ms.

Everything happens in a directory of its own, on a server of its own.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.bench.__main__ import ROOT, fill, free_port, say, serve, wait_for

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
OWED = 50
"""Milliseconds that 95 of 100 keys may take."""
BUSY = 25
"""Milliseconds that 95 of 100 keys take in the bare editor where something else has the processor."""
CLUSTERS = 200
TURN = 40
"""Keys typed in one editor before it is the other's turn."""
PACE = 60
"""Milliseconds between two keys: two hundred words a minute."""
WORDS = "Les adherents du pole se retrouvent chaque printemps pour voter le budget et pour parler de la suite "
PASSWORD = "a-long-enough-password"

MAKE = f"""
import django; django.setup()
from django.contrib.auth.models import User
from articles.models import Article
from clusters.models import Cluster
ids = list(Cluster.objects.order_by("pk").values_list("public_id", flat=True)[:40])
def block(n):
    one = ids[n % len(ids)]
    words = f"Le pole numero {{n}} compte <strong>des adherents</strong> et <em>des projets</em>, dit <a href='https://example.org/{{n}}'>sa page</a>. "
    reference = f'<span data-cluster="{{one}}">un cluster</span>'
    kinds = [
        f"<p>{{words * 3}}{{reference}}.</p>", f"<p>{{words * 2}}</p>", f"<p>{{words * 4}}{{reference}} et {{reference}}.</p>",
        f"<h2>Partie {{n}}</h2>", f"<ul><li><p>{{words}}</p></li><li><p>{{words}}</p><ul><li><p>{{words}}</p></li></ul></li></ul>",
        f"<p>{{words * 3}}</p>", f"<blockquote><p>{{words}}</p></blockquote>", f"<h3>Detail {{n}}</h3>", f"<p>{{words * 2}}{{reference}}.</p>",
        "<table><tbody><tr><th><p>Annee</p></th><th><p>Valeur</p></th></tr><tr><td><p>2020</p></td><td><p>80</p></td></tr></tbody></table>",
    ]
    return kinds[n % len(kinds)]
User.objects.create_superuser("bench", password="{PASSWORD}")
body = "".join(block(n) for n in range(BLOCKS))
print(Article.objects.create(title="Un long texte", slug="un-long-texte", body=body).pk)
"""

MEASURE = """() => {
    window.times = []
    document.addEventListener("keydown", (event) => requestAnimationFrame(() => {
        const after = new MessageChannel()
        after.port1.onmessage = () => window.times.push(performance.now() - event.timeStamp)
        after.port2.postMessage(0)
    }), true)
}"""
BARE = """async () => {
    const {pm} = await import("django-prose-editor/editor")
    const old = document.querySelector(".ProseMirror")
    const {editor} = old, place = old.closest(".prose-editor"), doc = editor.state.doc
    editor.destroy()
    const box = document.createElement("div")
    place.isConnected ? place.append(box) : document.querySelector("#id_body").before(box)
    box.className = "prose-editor"
    document.querySelector("#id_body").hidden = true
    const view = new pm.view.EditorView(box, {state: pm.state.EditorState.create({doc}), attributes: {class: "prose"}})
    view.dom.pmView = view
}"""
TO_THE_MIDDLE = """() => {
    const blocks = document.querySelectorAll(".ProseMirror > p")
    const block = blocks[Math.floor(blocks.length / 2)]
    block.scrollIntoView({block: "center"})
    block.closest(".ProseMirror").focus()
    getSelection().collapse(block, block.childNodes.length)
}"""


def main():
    options = arguments()
    place = Path(tempfile.mkdtemp(prefix="grappe-typing-"))
    server = None
    try:
        environment = {
            **os.environ, "DATA_DIR": str(place), "DEMO": "0", "DEBUG": "0", "SECRET_KEY": "bench",
            "DJANGO_SETTINGS_MODULE": "config.settings", "PYTHONWARNINGS": "ignore",
        }  # fmt: skip
        environment.pop("DATABASE_URL", None)
        fill(environment, argparse.Namespace(articles=20, comments=1, clusters=CLUSTERS))
        made = subprocess.run(
            [sys.executable, "-c", MAKE.replace("BLOCKS", str(options.blocks))],
            cwd=ROOT, env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        port = free_port()
        environment["SITE_URL"] = f"http://127.0.0.1:{port}"
        server = serve("config.wsgi:application", port, environment)
        wait_for(port, "/healthz")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
            report(*measure(browser, f"http://127.0.0.1:{port}", made.stdout.strip(), options))
            browser.close()
    finally:
        if server:
            server.terminate()
            server.wait(20)
        shutil.rmtree(place, ignore_errors=True)


def arguments():
    parser = argparse.ArgumentParser(prog="python -m tests.bench.typing", description="From a key to the next frame.")
    parser.add_argument("--blocks", type=int, default=300, help="blocks of the article")
    parser.add_argument("--turns", type=int, default=8, help=f"turns of {TURN} keys in each editor")
    return parser.parse_args()


def measure(browser, site, article, options):
    """Milliseconds of each key in the editor of the form, and in the bare one."""
    context = browser.new_context(base_url=site, viewport={"width": 1280, "height": 900}, locale="fr-FR")
    ours, bare = context.new_page(), context.new_page()
    ours.goto("/admin/login/")
    ours.fill("[name=username]", "bench")
    ours.fill("[name=password]", PASSWORD)
    ours.click("[type=submit]")
    ours.wait_for_url("**/admin/")
    for page in (ours, bare):
        page.goto(f"/admin/articles/article/{article}/change/")
        page.get_by_role("toolbar").first.wait_for()
    bare.evaluate(BARE)
    for page in (ours, bare):
        page.evaluate(MEASURE)
        page.bring_to_front()
        page.evaluate(TO_THE_MIDDLE)
        page.wait_for_timeout(800)  # until names are fetched and all is quiet
        page.keyboard.type("chaud ", delay=PACE)
        page.evaluate("window.times = []")
    typed = (WORDS * (TURN // len(WORDS) + 2))[:TURN]
    for _turn in range(options.turns):
        for page in (ours, bare):
            page.bring_to_front()
            page.wait_for_timeout(300)
            page.keyboard.type(typed, delay=PACE)
            page.wait_for_timeout(200)
    assert typed in ours.locator(".ProseMirror").inner_text()
    assert typed in bare.locator(".ProseMirror").inner_text()
    return ours.evaluate("window.times"), bare.evaluate("window.times")


def report(ours, bare):
    say(f"{'':24}{'keys':>6}{'p50':>10}{'p95':>10}{'worst':>10}")
    for name, times in (("the form's editor", ours), ("bare ProseMirror", bare)):
        say(
            f"{name:24}{len(times):>6}{percentile(times, 50):>7.1f} ms{percentile(times, 95):>7.1f} ms{max(times):>7.1f} ms"
        )
    say(
        f"{'ratio':24}{'':>6}{percentile(ours, 50) / percentile(bare, 50):>10.2f}{percentile(ours, 95) / percentile(bare, 95):>10.2f}"
    )
    met = percentile(ours, 95) < OWED
    if not met and percentile(bare, 95) > BUSY:
        sys.exit(
            f"p95 under {OWED} ms: cannot be told, the machine is too busy for the bare editor as well; the ratio holds."
        )
    say(f"p95 under {OWED} ms: {'yes' if met else 'NO'}")
    sys.exit(0 if met else 1)


def percentile(times, part):
    return statistics.quantiles(times, n=100, method="inclusive")[part - 1]


if __name__ == "__main__":
    main()
