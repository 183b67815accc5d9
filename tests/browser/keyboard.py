"""A person without a mouse: goes from stop to stop by the Tab key, and sees where they are."""

from urllib.parse import urlsplit

from tests.factories import PASSWORD

REMEMBER = """() => {
    window.unfocused = new WeakMap()
    const look = (one) => { const style = getComputedStyle(one); return [style.outlineStyle, style.outlineWidth, style.boxShadow].join() }
    window.lookOf = look
    for (const one of document.querySelectorAll("*")) window.unfocused.set(one, look(one))
}"""
WHERE = """() => {
    const one = document.activeElement
    if (!one || one === document.body) return null
    const name = one.ariaLabel || one.labels?.[0]?.textContent || one.textContent || one.value || ""
    const box = one.getBoundingClientRect()
    const left = Math.max(box.left, 0), right = Math.min(box.right, innerWidth)
    const top = Math.max(box.top, 0), bottom = Math.min(box.bottom, innerHeight)
    // Its own words or its field: a point of it that the person would see, and not what is laid over it.
    const isSeen = [.1, .3, .5, .7, .9].some((across) => [.1, .3, .5, .7, .9].some((down) => {
        const there = document.elementFromPoint(left + (right - left) * across, top + (bottom - top) * down)
        return there && (one.contains(there) || (there.contains(one) && there.matches("label, .select2-container")))
    }))
    const around = [one, one.closest(".select2-container")].filter(Boolean)
    const isMarked = around.some((each) => window.unfocused.get(each) !== window.lookOf(each))
    window.stops ??= new Map()
    if (!window.stops.has(one)) window.stops.set(one, window.stops.size)
    return {number: window.stops.get(one), name: `${one.tagName} ${one.id} ${one.name ?? ""} ${name.trim().slice(0, 40)}`, isSeen, isMarked}
}"""


def enter(page, user, path="/admin/"):
    """The login form, by keys."""
    page.goto(f"/admin/login/?next={path}")
    page.locator("[name=username]:focus").wait_for()
    page.keyboard.type(user.username)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: urlsplit(url).path == path)


def stops(page, most=250):
    """Every stop of the Tab key on the page that is open, and whether it goes on after the last."""
    # From the beginning, wherever the page has put the focus itself.
    page.evaluate(
        "() => { document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex') }"
    )
    page.evaluate(REMEMBER)
    found = []
    for _press in range(most):
        page.keyboard.press("Tab")
        stop = page.evaluate(WHERE)
        if stop is None or stop["number"] < len(found):
            return found, stop is None or stop["number"] == 0
        found.append(stop)
    return found, False


def tab_to(page, selector, most=150):
    """Press Tab until the focus is on what the selector says."""
    for _press in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement?.matches(selector) ?? false", selector):
            return
    raise AssertionError(f"{most} times the Tab key, and never {selector}")
