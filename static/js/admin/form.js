/* A form that one works in all day: Ctrl+S saves, Ctrl+Enter goes on to publishing (or saves, where
   that is not one's to do), leaving it unsaved asks first, lines are numbered, long texts counted.
   Without this file every form works as it does without a mouse: by its fields and its buttons. */
const form = document.querySelector("#content-main > form")
const words = (text) => (window.gettext ? window.gettext(text) : text)

if (form) {
  let dirty = Boolean(document.querySelector(".errornote"))
  /* Fields that stand here and belong to another form are that form's to keep. */
  const isElsewhere = (field) => field.form !== undefined && field.form !== form
  for (const kind of ["input", "change"]) form.addEventListener(kind, (event) => (dirty ||= !isElsewhere(event.target)))
  form.addEventListener("submit", () => (dirty = false))
  form.addEventListener("form:saved", () => (dirty = false)) // it has saved itself: js/admin/autosave.js
  window.addEventListener("beforeunload", (event) => dirty && event.preventDefault())

  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || (event.key !== "Enter" && event.key !== "s") || document.querySelector("dialog[open]")) return
    if (isElsewhere(event.target)) return
    const onward = event.key === "Enter" && form.querySelector("[name=_ask][value=publish]")
    const save = onward || form.querySelector(".submit-row [name=_continue], .submit-row [name=_save]")
    if (!save) return
    event.preventDefault()
    form.requestSubmit(save)
  }, true)

  /* A new line comes after the others. */
  document.addEventListener("formset:added", (event) => {
    const position = event.target.querySelector("input[name$=-position]")
    const group = event.target.closest(".inline-group")
    if (position && group) position.value = group.querySelectorAll(".dynamic-" + event.detail.formsetName).length
  })

  for (const field of form.querySelectorAll("[data-counts-to]")) {
    const limit = Number(field.dataset.countsTo)
    const counter = document.createElement("p")
    counter.className = "help counter"
    const count = () => {
      counter.textContent = `${field.value.length} / ${limit} ${words("signes")}`
      counter.classList.toggle("counter-over", field.value.length > limit)
    }
    field.after(counter)
    field.addEventListener("input", count)
    count()
  }
}

/* select2 draws its own fields and names none of them: they take the name of the <select> they stand for. */
function nameChoosers() {
  for (const box of document.querySelectorAll(".select2-container:not([data-named])")) {
    const select = box.previousElementSibling?.matches("select") ? box.previousElementSibling : null
    if (!select) continue
    const name = (select.labels?.[0]?.textContent || select.getAttribute("aria-label") || "").replace(/\s*:\s*$/, "").trim()
    box.dataset.named = name
    for (const field of box.querySelectorAll("[role=combobox], [role=textbox], .select2-search__field")) {
      field.removeAttribute("aria-labelledby")
      field.setAttribute("aria-label", name)
    }
  }
  for (const field of document.querySelectorAll(".select2-search__field:not([aria-label])")) {
    field.setAttribute("aria-label", document.querySelector(".select2-container--open[data-named]")?.dataset.named || words("Rechercher"))
  }
}
new MutationObserver(nameChoosers).observe(document.body, { childList: true, subtree: true })
nameChoosers()
