/* Remarks are added and settled where they stand: their form is sent by itself, and its answer takes the place of the list.
   Without this file the form opens its own page in another window, and what is typed in the article is safe all the same. */
const words = (text) => (window.gettext ? window.gettext(text) : text)

async function send(form, button) {
  const list = document.querySelector("[data-remarks]")
  const sent = new FormData(form, button)
  button.disabled = true
  try {
    const response = await fetch(list.dataset.remarks, { method: "POST", body: sent, redirect: "follow" })
    const page = new DOMParser().parseFromString(await response.text(), "text/html")
    const fresh = page.querySelector("[data-remarks]")
    if (!response.ok || !fresh) throw new Error(response.statusText)
    list.replaceWith(fresh)
    const told = page.querySelector(".messagelist")
    if (told) fresh.prepend(told)
    const next = fresh.querySelector(".errorlist") || button.name === "add" ? "[name=body]" : `[value="${button.value}"]`
    fresh.querySelector(next)?.focus()
  } catch {
    button.disabled = false
    let told = list.querySelector("[role=alert]")
    if (!told) {
      told = document.createElement("p")
      told.className = "errornote"
      told.setAttribute("role", "alert")
      list.append(told)
    }
    told.textContent = words("La remarque n’a pas pu être envoyée. Rien n’est perdu : réessayez dans un instant.")
  }
}

window.addEventListener("beforeunload", (event) => {
  if (document.querySelector("[data-remarks] [name=body]")?.value.trim()) event.preventDefault()
})

document.addEventListener("submit", (event) => {
  if (event.target.id !== "remarks-form" || !document.querySelector("[data-remarks]")) return
  event.preventDefault()
  send(event.target, event.submitter)
})
