"""The body editor as tests drive it: a form opened by an editor, what is typed and pasted into it, what it holds."""

from tests.factories import PASSWORD, make_user

PASTE = """({html, text}) => {
    const data = new DataTransfer()
    if (html !== null) data.setData("text/html", html)
    data.setData("text/plain", text)
    const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true})
    document.querySelector(".ProseMirror").dispatchEvent(event)
}"""


def log_in(page, path, user=None):
    """Open a page of the admin; wait for the body editor."""
    user = user or make_user("editor")
    page.goto(f"/admin/login/?next={path}")
    page.fill("[name=username]", user.username)
    page.fill("[name=password]", PASSWORD)
    page.click("[type=submit]")
    page.wait_for_url(f"**{path}")
    page.get_by_role("toolbar").first.wait_for()


def box(page):
    return page.get_by_role("textbox", name="Texte")


def paste(page, html, text=""):
    """Paste, as a browser does when somebody presses Ctrl+V; the answer of the server comes later."""
    page.evaluate(PASTE, {"html": html, "text": text})


def body(page):
    """What the form would send."""
    return page.locator("#id_body")
