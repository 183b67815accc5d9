/* The library: files that are chosen, dropped or pasted are sent one after the other, each with its progress and its answer.
   Without this file the form sends them together. */
import { takesFiles, upload, words } from "./upload.js"

const form = document.querySelector("form[data-upload]")

if (form) {
  const input = form.querySelector("input[type=file]")
  const list = form.querySelector("[data-upload-list]")
  const waiting = []
  let busy = false

  form.classList.add("has-script")
  form.querySelector(".help").append(` ${words("Déposez-les ici, ou collez-en une n’importe où sur cette page.")}`)

  const line = (file) => {
    const row = document.createElement("li")
    const name = document.createElement("span")
    const bar = document.createElement("progress")
    name.textContent = file.name
    bar.max = 1
    bar.value = 0
    bar.setAttribute("aria-label", file.name)
    row.append(name, bar)
    list.append(row)
    return { row, name, bar }
  }

  const shown = ({ row, bar }, picture) => {
    const image = document.createElement("img")
    const link = document.createElement("a")
    image.src = picture.thumb
    image.alt = ""
    link.href = picture.address
    link.textContent = picture.is_new ? words("Compléter sa fiche") : words("Voir sa fiche")
    bar.replaceWith(picture.told, " ", link)
    row.prepend(image)
  }

  const next = async () => {
    if (busy || !waiting.length) return
    busy = true
    const { file, at } = waiting.shift()
    try {
      shown(at, await upload(file, { address: form.dataset.uploadAddress, onProgress: (share) => (at.bar.value = share) }))
    } catch (error) {
      const told = document.createElement("span")
      told.className = "is-refused"
      told.textContent = error.message
      at.bar.replaceWith(told)
    }
    busy = false
    next()
  }

  const take = (files) => {
    for (const file of files) waiting.push({ file, at: line(file) })
    next()
  }

  takesFiles(form, take)
  document.addEventListener("paste", (event) => {
    if (event.defaultPrevented) return
    const files = [...(event.clipboardData?.files || [])].filter((file) => file.type.startsWith("image/"))
    if (files.length) take(files)
  })
  input.addEventListener("change", () => {
    take([...input.files])
    input.value = ""
  })
  window.addEventListener("beforeunload", (event) => (busy || waiting.length) && event.preventDefault())
}
