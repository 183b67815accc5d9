/* From a line of the checklist to the field that it is about, and into it: the editor and the choosers hide the field that
   the link names. Without this file the link leads to the field itself, which then is not hidden. */
const FIELDS = "input, select:not(.select2-hidden-accessible), textarea, a, .ProseMirror, .select2-selection"
const PATIENCE = 4000

function goTo(hash) {
  const named = hash.length > 1 && document.getElementById(decodeURIComponent(hash.slice(1)))
  const row = named && named.closest(".form-row, .inline-group")
  if (!row) return
  const shown = [named, ...row.querySelectorAll(FIELDS)].find((one) => one.matches(FIELDS) && one.checkVisibility())
  if (!shown || shown === document.activeElement) return
  row.scrollIntoView({ block: "nearest" })
  shown.focus()
}

document.addEventListener("click", (event) => {
  const link = event.target.closest(".checklist a[href^='#']")
  if (!link) return
  event.preventDefault()
  goTo(link.getAttribute("href"))
})

/* The editor and the choosers take the place of their fields a moment after the page is there, and until then nobody acts. */
if (location.hash.length > 1) {
  const watch = new MutationObserver(() => goTo(location.hash))
  const stop = () => watch.disconnect()
  watch.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["class", "hidden"] })
  for (const kind of ["keydown", "pointerdown"]) window.addEventListener(kind, stop, { capture: true, once: true })
  setTimeout(stop, PATIENCE)
  goTo(location.hash)
}
