/* The picture at the head of an article: dropped, pasted or chosen as a file it goes to the library at once and becomes the
   cover; a button opens the library. Without this file the chosen file goes along when the article is saved. */
import { choose } from "./choose.js"
import { takesFiles, upload, words } from "./upload.js"

const input = document.querySelector("#id_cover_file")
const select = document.querySelector("#id_cover")

if (input && select) {
  const row = input.parentElement
  const told = document.createElement("p")
  const open = document.createElement("button")
  const shown = document.createElement("img")
  row.classList.add("cover-drop")
  told.className = "cover-told"
  told.setAttribute("role", "status")
  open.type = "button"
  open.className = "button"
  open.textContent = words("Choisir dans la bibliothèque")
  shown.className = "thumbnail"
  shown.alt = ""
  row.append(open, told)

  const say = (sentence, refused = false) => {
    told.textContent = sentence
    told.classList.toggle("is-refused", refused)
  }
  const put = (picture) => {
    for (const option of [...select.options]) if (option.value === String(picture.id)) option.remove()
    select.append(new Option(picture.label, picture.id, true, true))
    select.dispatchEvent(new Event("change", { bubbles: true }))
    window.django?.jQuery?.(select).trigger("change.select2")
    shown.src = picture.thumb
    shown.alt = picture.alt
    document.querySelector(".field-cover_preview .readonly")?.replaceChildren(shown)
  }
  const take = async ([file]) => {
    if (!file) return
    say(words("Envoi de l’image…"))
    try {
      const picture = await upload(file, {
        address: input.dataset.uploadAddress,
        onProgress: (share) => say(`${words("Envoi de l’image…")} ${Math.round(share * 100)} %`),
      })
      put(picture)
      const link = document.createElement("a")
      link.href = picture.address
      link.target = "_blank"
      link.rel = "noopener"
      link.textContent = words("Ouvrir sa fiche dans un nouvel onglet")
      say(`${picture.told} ${words("Elle est en tête de l’article dès que vous enregistrez.")} `)
      told.append(link)
    } catch (error) {
      say(error.message, true)
    }
  }
  takesFiles(row, take)
  input.addEventListener("change", () => {
    take([...input.files])
    input.value = ""
  })
  open.addEventListener("click", async () => {
    const picture = await choose(input.dataset.choicesAddress)
    if (picture) {
      put(picture)
      say(words("Elle est en tête de l’article dès que vous enregistrez."))
    }
  })
}
