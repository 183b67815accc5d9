/* An address that is there to be copied: a button copies it and says so. Without this file it is selected and copied by hand. */
const words = (text) => (window.gettext ? window.gettext(text) : text)

for (const field of document.querySelectorAll("input[data-copied]")) {
  const button = document.createElement("button")
  button.type = "button"
  button.className = "button"
  button.textContent = words("Copier")
  const told = document.createElement("span")
  told.className = "note"
  told.setAttribute("role", "status")
  field.after(button, told)
  field.addEventListener("focus", () => field.select())
  button.addEventListener("click", async () => {
    field.select()
    try {
      await navigator.clipboard.writeText(field.value)
      told.textContent = field.dataset.copied
    } catch {
      told.textContent = words("Copiez l’adresse sélectionnée avec Ctrl+C.")
    }
  })
}
