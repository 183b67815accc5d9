/* The article's page in a frame, as wide as a telephone, a tablet or a desk, made smaller where there is less room.
   Beside the form it is opened by a button, and drawn anew when the text has been kept (`form:saved`).
   Without this file the preview is a page of its own, whose widths are links. */
const OPEN = "preview-beside" // whether it was open, in this browser

function prepare(pane) {
  const frame = pane.querySelector("iframe")
  const screen = frame.parentElement
  const links = [...pane.querySelectorAll("[data-width]")]
  let width = Number(links.find((link) => link.hasAttribute("aria-current")).dataset.width)

  const fit = () => {
    const scale = Math.min(1, screen.clientWidth / width)
    if (!scale) return
    Object.assign(frame.style, {
      inlineSize: `${width}px`,
      blockSize: `${screen.clientHeight / scale}px`,
      transform: scale < 1 ? `scale(${scale})` : "",
      marginInlineStart: `${Math.max(0, (screen.clientWidth - width * scale) / 2)}px`,
    })
  }
  for (const link of links) {
    link.addEventListener("click", (event) => {
      event.preventDefault()
      width = Number(link.dataset.width)
      for (const other of links) other.toggleAttribute("aria-current", false)
      link.setAttribute("aria-current", "true")
      fit()
    })
  }
  pane.classList.add("preview-fits")
  new ResizeObserver(fit).observe(screen)
  fit()
  return { redraw: () => frame.contentWindow?.location.reload() }
}

const beside = document.querySelector("[data-preview-beside]")
if (!beside) for (const pane of document.querySelectorAll("[data-preview]")) prepare(pane)
else {
  const page = document.querySelector("#content-main")
  const link = document.querySelector("[data-preview-link]")
  const button = document.createElement("button")
  button.type = "button"
  button.className = "button preview-toggle"
  button.textContent = beside.dataset.previewBeside
  button.setAttribute("aria-controls", beside.id)
  link.before(button)
  page.append(beside)
  let pane = null
  const show = (open) => {
    beside.hidden = !open
    page.classList.toggle("with-preview", open)
    document.body.classList.toggle("has-preview", open)
    button.setAttribute("aria-expanded", String(open))
    if (open) pane ??= prepare(beside.querySelector("[data-preview]"))
  }
  button.addEventListener("click", () => {
    show(beside.hidden)
    if (beside.hidden) localStorage.removeItem(OPEN)
    else localStorage.setItem(OPEN, "1")
  })
  show(localStorage.getItem(OPEN) === "1" && matchMedia("(min-width: 64rem)").matches)
  document.addEventListener("form:saved", () => beside.hidden || pane.redraw(), true)
}
