/* From a line of the checklist to the field that it is about, and into it: the editor and the choosers hide the field that
   the link names. Without this file the link leads to the field itself, which then is not hidden. */
function goTo(hash) {
  const named = hash.length > 1 && document.getElementById(decodeURIComponent(hash.slice(1)))
  const row = named && named.closest(".form-row, .inline-group")
  if (!row) return
  const inside = [named, ...row.querySelectorAll(".ProseMirror, .select2-selection, input, select, textarea, a")]
  const shown = inside.find((one) => one.matches("input, select, textarea, .ProseMirror, .select2-selection, a") && one.checkVisibility() && one.clientHeight > 1)
  row.scrollIntoView({ block: "nearest" })
  shown?.focus()
}

document.addEventListener("click", (event) => {
  const link = event.target.closest(".checklist a[href^='#']")
  if (!link) return
  event.preventDefault()
  goTo(link.getAttribute("href"))
})
window.addEventListener("load", () => goTo(location.hash))
