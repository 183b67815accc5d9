/* Ctrl+Maj+F goes to the search of the newsroom from wherever one is, the body editor included, where Ctrl+K makes a link.
   With a modifier, so that nobody who types or dictates sets it off. Without this file the field is there all the same. */
const field = document.querySelector("[data-desk-search]")

document.addEventListener("keydown", (event) => {
  const isAsked = (event.ctrlKey || event.metaKey) && event.shiftKey && !event.altKey && event.key.toLowerCase() === "f"
  if (!field || !isAsked || document.querySelector("dialog[open]")) return
  event.preventDefault()
  field.focus()
  field.select()
}, true)
