/* The dialogs of the body editor's nodes: a form of fields, and a search whose results are a list. By keyboard alone, named
   for a screen reader; Escape leaves everything as it was. */
import { crel, gettext } from "django-prose-editor/editor"

const WAIT = 150 // milliseconds after the last key before the server is asked
let dialogs = 0

/* Opens a dialog around its parts. `answer()` gives what it resolves to, or undefined to stay open; null if it was left. */
export function open(heading, parts, { submit = gettext("Insérer"), answer, first, actions = [] } = {}) {
  const prefix = `node-dialog-${++dialogs}`
  const title = crel("h2", { id: `${prefix}-title`, textContent: heading })
  const go = submit && crel("button", { type: "submit", className: "chooser-insert", textContent: submit })
  const cancel = crel("button", { type: "button", textContent: submit ? gettext("Annuler") : gettext("Fermer") })
  const form = crel("form", { method: "dialog" }, [
    title, ...parts, crel("div", { className: "chooser-buttons" }, [go, ...actions, cancel].filter(Boolean)),
  ])
  form.noValidate = true
  const dialog = crel("dialog", { className: "prose-editor-dialog chooser", "aria-labelledby": title.id }, [form])
  cancel.addEventListener("click", () => dialog.close())
  return new Promise((resolve) => {
    let found = null
    const finish = (value) => {
      found = value
      dialog.close()
    }
    form.addEventListener("submit", (event) => {
      event.preventDefault()
      const value = answer?.()
      if (value !== undefined) finish(value)
    })
    for (const action of actions) action.addEventListener("click", () => finish(action.answer))
    dialog.addEventListener("close", () => {
      dialog.remove()
      resolve(found)
    })
    document.body.append(dialog)
    dialog.showModal()
    first?.focus()
  })
}

/* A labelled field with a place for what is wrong with it. */
export function field(label, values = {}) {
  const id = `node-field-${++dialogs}`
  const input = crel("input", { id, type: "text", autocomplete: "off", ...values })
  const fault = crel("p", { id: `${id}-fault`, className: "chooser-fault", role: "alert" })
  input.setAttribute("aria-describedby", fault.id)
  const refuse = (text) => {
    fault.textContent = text
    input.setAttribute("aria-invalid", String(Boolean(text)))
    if (text) input.focus()
  }
  input.addEventListener("input", () => refuse(""))
  return { input, refuse, parts: [crel("label", { htmlFor: id, textContent: label }), input, fault] }
}

/* A search field over a list. `ask(words)` gives the choices, `row(choice)` what a line shows, `pick(choice)` is told. */
export function search({ label, listLabel, ask, row, pick, empty, type = "search", className = "" }) {
  const { input, refuse, parts } = field(label, { type })
  const list = crel("ul", { id: `${input.id}-list`, className: `chooser-list ${className}`, role: "listbox", "aria-label": listLabel })
  const status = crel("p", { className: "chooser-status", role: "status" })
  for (const [name, value] of Object.entries({ role: "combobox", "aria-controls": list.id, "aria-expanded": "true", "aria-autocomplete": "list" }))
    input.setAttribute(name, value)
  let choices = []
  let active = -1
  let asked = 0
  let timer = 0
  const point = (to) => {
    active = choices.length ? (to + choices.length) % choices.length : -1
    for (const [at, line] of [...list.children].entries()) line.setAttribute("aria-selected", String(at === active))
    const line = list.children[active]
    if (line) {
      input.setAttribute("aria-activedescendant", line.id)
      line.scrollIntoView({ block: "nearest" })
    } else input.removeAttribute("aria-activedescendant")
  }
  const load = async () => {
    const mine = ++asked
    let found = []
    try {
      found = await ask(input.value.trim())
    } catch {
      if (mine === asked) status.textContent = gettext("Le site ne répond pas. Réessayez dans un instant.")
      return
    }
    if (mine !== asked) return
    choices = found
    list.replaceChildren(
      ...choices.map((choice, at) => crel("li", { id: `${list.id}-${at}`, role: "option", "aria-selected": "false" }, row(choice))),
    )
    status.textContent = choices.length ? "" : empty
    point(-1)
    if (choices.length) point(0)
  }
  const take = (at) => {
    if (!choices[at]) return
    point(at)
    pick(choices[at])
  }
  input.addEventListener("input", () => {
    clearTimeout(timer)
    timer = setTimeout(load, WAIT)
  })
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault()
      point(active + (event.key === "ArrowDown" ? 1 : -1))
    } else if (event.key === "Enter" && choices[active]) {
      event.preventDefault()
      take(active)
    }
  })
  list.addEventListener("click", (event) => {
    const line = event.target.closest("[role=option]")
    if (line) take([...list.children].indexOf(line))
  })
  load()
  return { input, refuse, load, parts: [...parts.slice(0, 2), list, status, parts[2]] }
}

export const name = (text) => crel("span", { className: "chooser-name", textContent: text })
export const note = (text) => crel("span", { className: "chooser-note", textContent: text })

export async function json(url, values) {
  const response = await fetch(`${url}?${new URLSearchParams(values)}`, { headers: { Accept: "application/json" } })
  if (!response.ok) throw new Error(response.status)
  return response.json()
}
