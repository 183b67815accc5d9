/* Rows that are put in order: by the mouse, by Alt+↑ and Alt+↓, or by their buttons; what was moved is told aloud and keeps the focus.
   The order is written into the numbers that the form sends anyway: without this file one types them, or each button is a request. */
const words = (text) => (window.gettext ? window.gettext(text) : text)

class Ordering {
  /* list: the element around the rows. rows: () => the rows in order. number: selector of the field that holds a row's place. */
  constructor(list, rows, number, said) {
    Object.assign(this, { list, rows, number, said, dragged: null })
    list.addEventListener("keydown", (event) => {
      const step = { ArrowUp: -1, ArrowDown: 1 }[event.key]
      const row = event.target.closest("[data-row]")
      if (!event.altKey || !step || !row || !rows().includes(row)) return
      event.preventDefault()
      this.move(row, step, document.activeElement)
    })
    list.addEventListener("click", (event) => {
      const button = event.target.closest("[data-move]")
      if (!button) return
      event.preventDefault()
      this.move(button.closest("[data-row]"), Number(button.dataset.move), button)
    })
    list.addEventListener("dragstart", (event) => {
      const row = event.target.closest?.("[data-row]")
      if (!row || event.target !== row) return
      this.dragged = row
      row.classList.add("is-dragged")
      event.dataTransfer.effectAllowed = "move"
      event.dataTransfer.setData("text/plain", row.dataset.name || "")
    })
    list.addEventListener("dragover", (event) => {
      const over = event.target.closest("[data-row]")
      if (!this.dragged || !over || over === this.dragged || !rows().includes(over)) return
      event.preventDefault()
      const box = over.getBoundingClientRect()
      over[event.clientY < box.top + box.height / 2 ? "before" : "after"](this.dragged)
    })
    list.addEventListener("drop", (event) => this.dragged && event.preventDefault())
    list.addEventListener("dragend", () => {
      if (!this.dragged) return
      const row = this.dragged
      row.classList.remove("is-dragged")
      row.draggable = false
      this.dragged = null
      this.write(row)
    })
    /* A row is drawn by its handle alone: its texts stay texts that can be chosen, and its fields fields. */
    list.addEventListener("pointerdown", (event) => {
      const row = event.target.closest("[data-handle]")?.closest("[data-row]")
      if (row) row.draggable = true
    })
    list.addEventListener("pointerup", () => rows().forEach((row) => (row.draggable = false)))
    this.refresh()
  }

  move(row, step, focused) {
    const order = this.rows()
    const other = order[order.indexOf(row) + step]
    if (other) {
      other[step < 0 ? "before" : "after"](row)
      this.write(row)
    } else this.tell(row)
    const wanted = focused?.disabled ? row.querySelector("[data-move]:not([disabled])") : focused
    wanted?.focus()
  }

  write(row) {
    this.rows().forEach((one, place) => {
      const field = one.querySelector(this.number)
      if (field) field.value = place + 1
    })
    this.list.dispatchEvent(new Event("change", { bubbles: true }))
    this.refresh()
    this.tell(row)
  }

  refresh() {
    const order = this.rows()
    order.forEach((row, place) => {
      for (const button of row.querySelectorAll("[data-move]")) {
        button.disabled = place + Number(button.dataset.move) < 0 || place + Number(button.dataset.move) >= order.length
      }
    })
  }

  tell(row) {
    const order = this.rows()
    this.said.textContent = `${row.dataset.name || nameOf(row)} : ${order.indexOf(row) + 1} / ${order.length}`
  }
}

function nameOf(row) {
  const chosen = row.querySelector("select")?.selectedOptions[0]?.textContent.trim()
  return chosen || row.querySelector("input[type=text], input[type=url]")?.value || words("ligne")
}

function handle() {
  const made = document.createElement("span")
  made.className = "ordering-handle"
  made.dataset.handle = ""
  made.setAttribute("aria-hidden", "true")
  made.textContent = "⠿"
  return made
}

function button(step) {
  const made = document.createElement("button")
  made.type = "button"
  made.className = "button"
  made.dataset.move = step
  made.textContent = step < 0 ? "↑" : "↓"
  made.setAttribute("aria-label", step < 0 ? words("Monter la ligne") : words("Descendre la ligne"))
  return made
}

function status(after) {
  const said = document.createElement("p")
  said.className = "visually-hidden"
  said.setAttribute("role", "status")
  after.append(said)
  return said
}

for (const list of document.querySelectorAll("[data-orderable]")) {
  const form = list.closest("form")
  for (const row of list.querySelectorAll("[data-row]")) row.prepend(handle())
  for (const hint of form.querySelectorAll("[data-needs-script]")) hint.hidden = false
  const ordering = new Ordering(list, () => [...list.querySelectorAll("[data-row]")], list.dataset.position, form.querySelector("[data-told]"))
  /* Numbers may still be typed; the rows follow when one leaves the field, as the server would put them. */
  list.addEventListener("focusout", (event) => {
    if (!event.target.matches(list.dataset.position)) return
    const order = ordering.rows()
    const place = (row) => Number(row.querySelector(list.dataset.position).value) || order.length
    order.sort((one, other) => place(one) - place(other)).forEach((row) => list.append(row))
    ordering.refresh()
  })
}

/* Lines of a record that have a place: the column of numbers gives way to buttons and a handle. */
for (const group of document.querySelectorAll(".inline-group[data-inline-type=tabular]")) {
  const body = group.querySelector("tbody")
  const sample = group.querySelector("tr.empty-form input[name$=-position]")
  if (!body || !sample) continue
  group.classList.add("is-orderable")
  const rows = () => [...body.querySelectorAll("tr.form-row:not(.empty-form)")]
  const prepare = (row) => {
    const cell = row.querySelector("td.field-position")
    if (!cell || row.hasAttribute("data-row")) return
    row.dataset.row = ""
    cell.querySelector("input[name$=-position]").tabIndex = -1 // out of sight beside its buttons: nobody should stop there
    const box = document.createElement("span")
    box.className = "ordering-buttons"
    box.append(handle(), button(-1), button(1))
    cell.append(box)
  }
  rows().forEach(prepare)
  const ordering = new Ordering(body, rows, "input[name$=-position]", status(group))
  const again = (event) => {
    if (!group.contains(event.target) && event.type === "formset:added") return
    rows().forEach(prepare)
    if (event.type === "formset:removed") {
      const place = (row) => Number(row.querySelector("input[name$=-position]").value)
      const after = body.querySelector("tr.empty-form")
      rows().sort((one, other) => place(one) - place(other)).forEach((row) => after.before(row))
    }
    ordering.refresh()
  }
  /* Whoever takes a new line away has the others counted anew in the order in which they stand, and those on record come
     first in what a form sends: they are put back before, and in their order again after. */
  body.addEventListener("click", (event) => {
    if (!event.target.closest(".inline-deletelink")) return
    const sent = (row) => Number(row.id.split("-").pop())
    const after = body.querySelector("tr.empty-form")
    rows().sort((one, other) => sent(one) - sent(other)).forEach((row) => after.before(row))
  }, true)
  document.addEventListener("formset:added", again)
  document.addEventListener("formset:removed", again)
}
