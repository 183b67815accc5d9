/* The library in a dialog, to choose from: choose(address) → Promise of a picture as upload() gives it, or null.
   `address` is that of the endpoint admin:articles_picture_choices. Arrow keys move, Enter chooses, Escape closes. */
import { words } from "./upload.js"

export function choose(address) {
  const dialog = document.createElement("dialog")
  const head = document.createElement("div")
  head.className = "library-head"
  const title = document.createElement("h2")
  const search = document.createElement("input")
  const close = document.createElement("button")
  const list = document.createElement("ul")
  const more = document.createElement("button")
  const told = document.createElement("p")
  dialog.className = "library-dialog"
  dialog.setAttribute("aria-label", words("Choisir une image"))
  title.textContent = words("Choisir une image")
  search.type = "search"
  search.placeholder = words("Ce qu’elle montre, son crédit, un article…")
  search.setAttribute("aria-label", words("Chercher une image"))
  close.type = more.type = "button"
  close.className = more.className = "button"
  close.textContent = words("Fermer")
  more.textContent = words("D’autres images")
  more.classList.add("library-more")
  list.className = "library-choices"
  told.setAttribute("role", "status")
  head.append(title, search, close)
  dialog.append(head, list, told, more)
  document.body.append(dialog)

  let page = 1
  let asked = 0
  let result = null

  const item = (picture) => {
    const row = document.createElement("li")
    const button = document.createElement("button")
    const image = document.createElement("img")
    image.src = picture.thumb
    image.alt = picture.alt === picture.label ? "" : picture.alt // not said twice
    image.loading = "lazy"
    button.type = "button"
    button.append(image, picture.label)
    button.addEventListener("click", () => {
      result = picture
      dialog.close()
    })
    row.append(button)
    return row
  }
  const load = async (from) => {
    const turn = ++asked
    try {
      const answer = await fetch(`${address}?${new URLSearchParams({ q: search.value, p: from })}`, { headers: { Accept: "application/json" } })
      const found = await answer.json()
      if (turn !== asked) return // a later search has been answered already
      if (from === 1) list.replaceChildren()
      list.append(...found.pictures.map(item))
      page = found.page
      more.hidden = !found.has_more
      told.textContent = list.children.length ? "" : words("Aucune image ne répond à cette recherche.")
    } catch {
      if (turn === asked) told.textContent = words("La bibliothèque n’a pas répondu. Recommencez ; si cela dure, reconnectez-vous dans un autre onglet.")
    }
  }
  let pause
  search.addEventListener("input", () => {
    clearTimeout(pause)
    pause = setTimeout(() => load(1), 200)
  })
  more.addEventListener("click", () => load(page + 1))
  close.addEventListener("click", () => dialog.close())
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    if (!step) return
    event.preventDefault()
    const buttons = [...list.querySelectorAll("button")]
    buttons[buttons.indexOf(document.activeElement) + step]?.focus()
  })
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove()
      resolve(result)
    })
    dialog.showModal()
    search.focus()
    load(1)
  })
}
