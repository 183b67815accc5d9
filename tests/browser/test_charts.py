"""Charts in a real browser: one drawing at a time, its words large enough; and what is folded, which paper shows opened."""

import pytest

RECORD = "/clusters/cluster-mecatronic-tunisie/"
ASIDE = "/clusters/agadir-haliopole/"
SHEETS = """() => [...document.querySelectorAll(".chart-sheet")].filter((one) => one.checkVisibility()).map((sheet) => {
  const place = sheet.getBoundingClientRect();
  const words = [...sheet.querySelectorAll("text")];
  const scale = place.width / sheet.viewBox.baseVal.width;
  return {
    name: sheet.getAttribute("class"),
    size: Math.min(...words.map((word) => parseFloat(getComputedStyle(word).fontSize) * scale)),
    outside: words.filter((word) => {
      const box = word.getBoundingClientRect();
      return box.left < place.left - 1 || box.right > place.right + 1 || box.top < place.top - 1 || box.bottom > place.bottom + 1;
    }).map((word) => word.textContent),
  };
})"""


@pytest.mark.parametrize("width", [320, 360, 700, 1280])
@pytest.mark.parametrize("path", [RECORD, "/clusters/compare/?c=cluster-solaire&c=ce3m&c=menara&indicator=members"])
def test_one_drawing_with_words_that_can_be_read(new_page, demo_site, width, path):
    page = new_page(width=width, javascript=True)
    page.goto(path)
    (sheet,) = page.evaluate(SHEETS)
    assert sheet["size"] >= 11
    assert sheet["outside"] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_table_opens_by_keyboard_and_without_a_script(new_page, demo_site):
    page = new_page(width=360, javascript=False)
    page.goto(RECORD)
    table = page.locator(".chart-table")
    assert not table.is_visible()
    page.locator(".chart-values summary").focus()
    page.keyboard.press("Enter")
    assert table.is_visible()
    assert table.locator("tbody tr").count() == 5


def test_paper_shows_the_table(new_page, demo_site):
    page = new_page()
    page.goto(RECORD)
    page.emulate_media(media="print")
    assert page.locator(".chart-table tbody tr").first.bounding_box()["height"] > 10


def test_paper_shows_what_is_set_aside_and_why(new_page, demo_site):
    page = new_page()
    page.goto(ASIDE)
    folded = page.locator(".deprecated .rejected")
    assert not folded.is_visible()
    page.emulate_media(media="print")
    assert folded.bounding_box()["height"] > 10
    assert page.evaluate("document.querySelector('.rejected').checkVisibility({contentVisibilityAuto: true})")
