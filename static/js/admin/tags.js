/* A field of suggestions in which a name that is not among them may be made: « Créer #Xyz » stands last.
   The server says whether it is new, or the same as another but for capitals and accents. Without this file the window beside the field adds one. */
const words = (text) => (window.gettext ? window.gettext(text) : text)

function upgrade(field) {
  const $ = window.django.jQuery
  const said = document.createElement("p")
  said.className = "help tags-told"
  said.setAttribute("role", "status")
  field.closest(".related-widget-wrapper, .form-row").after(said)
  const bare = (text) => text.trim().replace(/^#/, "")

  $(field).select2({
    tags: true,
    ajax: {
      data: ({ term, page }) => ({
        term: bare(term || ""), page, app_label: field.dataset.appLabel, model_name: field.dataset.modelName, field_name: field.dataset.fieldName,
      }),
    },
    createTag: ({ term }) => {
      const name = bare(term)
      return name ? { id: `new:${name}`, text: `${words("Créer")} #${name}`, name } : null
    },
    insertTag: (found, made) => {
      if (!found.some((one) => bare(one.text) === made.name)) found.push(made)
    },
  })

  $(field).on("select2:select", async (event) => {
    const { id, name } = event.params.data
    if (!String(id).startsWith("new:")) return
    for (const option of [...field.options]) if (option.value === id) option.remove()
    $(field).trigger("change")
    said.textContent = words("Un instant…")
    try {
      const token = field.form.querySelector("[name=csrfmiddlewaretoken]").value
      const response = await fetch(field.dataset.createUrl, {
        method: "POST", headers: { "X-CSRFToken": token }, body: new URLSearchParams({ name }), credentials: "same-origin",
      })
      const answer = await response.json()
      said.textContent = answer.said
      if (!response.ok) return
      const known = [...field.options].find((option) => option.value === String(answer.id))
      if (known) known.selected = true
      else field.add(new Option(answer.text, answer.id, true, true))
      $(field).trigger("change")
      field.dispatchEvent(new Event("change", { bubbles: true }))
    } catch {
      said.textContent = words("Le mot-dièse n’a pas pu être créé : vérifiez la connexion, puis recommencez.")
    }
  })
}

window.django.jQuery(() => document.querySelectorAll("select[data-create-url]").forEach(upgrade))
