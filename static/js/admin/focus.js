/* The focal point of a picture: a click sets it, the fields below move it, and three cuts show what becomes of it.
   Without this file it is the two numbers. */
import { words } from "./upload.js"

const box = document.querySelector("[data-focus-box]")
const fields = ["x", "y"].map((axis) => document.querySelector(`#id_focus_${axis}`))

if (box && fields.every(Boolean)) {
  const image = box.querySelector("img")
  const mark = document.createElement("span")
  const cuts = document.createElement("p")
  const hint = document.createElement("p")
  mark.className = "focus-mark"
  mark.setAttribute("aria-hidden", "true")
  cuts.className = "focus-cuts"
  for (const shape of ["wide", "square", "strip"]) {
    const cut = document.createElement("img")
    cut.className = `focus-${shape}`
    cut.src = image.src
    cut.alt = ""
    cuts.append(cut)
  }
  hint.className = "help"
  hint.textContent = words("Cliquez sur ce qu’il faut garder en vue quand l’image est recadrée, ou donnez les deux nombres. Voici ce qu’il en restera :")
  box.classList.add("has-script")
  box.append(mark)
  box.after(hint, cuts)

  const values = () => fields.map((field) => Math.min(100, Math.max(0, Number(field.value) || 0)))
  const show = () => {
    const [x, y] = values()
    mark.style.insetInlineStart = `${x}%`
    mark.style.insetBlockStart = `${y}%`
    for (const cut of cuts.children) cut.style.objectPosition = `${x}% ${y}%`
  }
  for (const field of fields) field.addEventListener("input", show)
  image.addEventListener("click", (event) => {
    const frame = image.getBoundingClientRect()
    const at = [(event.clientX - frame.left) / frame.width, (event.clientY - frame.top) / frame.height]
    fields.forEach((field, place) => {
      field.value = Math.round(at[place] * 100)
      field.dispatchEvent(new Event("input", { bubbles: true }))
    })
  })
  show()
}
