/* Pictures sent to the library without a form.

   upload(file, { address, texts, onProgress }) → Promise of the picture, as the server tells it:
     { id, label, thumb, width, height, alt, is_decorative, caption, credit, address, is_new, told }
   It is in the library by then; `told` is a sentence for whoever has sent it. A refusal rejects with an Error whose message
   is the sentence. `address` is that of the endpoint, by default the first [data-upload-address] of the page; `texts` may
   hold alt, caption, credit; `onProgress` is called with a number from 0 to 1.

   takesFiles(element, take) gives an element what is dropped on it or pasted in it: take(files) is called with pictures only. */

export const words = (text) => (window.gettext ? window.gettext(text) : text)

export function upload(file, { address, texts = {}, onProgress = () => {} } = {}) {
  const to = address || document.querySelector("[data-upload-address]")?.dataset.uploadAddress
  const body = new FormData()
  for (const [name, value] of Object.entries(texts)) body.append(name, value)
  body.append("file", file, file.name || "image")
  return new Promise((resolve, reject) => {
    const sent = new XMLHttpRequest()
    const refuse = (sentence) => reject(new Error(sentence))
    sent.open("POST", to)
    sent.setRequestHeader("Accept", "application/json")
    sent.setRequestHeader("X-CSRFToken", document.querySelector("[name=csrfmiddlewaretoken]")?.value || "")
    sent.upload.addEventListener("progress", (event) => event.lengthComputable && onProgress(event.loaded / event.total))
    sent.addEventListener("load", () => {
      let answer = null
      try {
        answer = JSON.parse(sent.responseText)
      } catch {
        /* a page: that of the login, or of an error */
      }
      if (answer && (sent.status === 200 || sent.status === 201)) resolve(answer)
      else if (answer?.told) refuse(answer.told)
      else if (sent.status === 200) refuse(words("Votre session a expiré. Reconnectez-vous dans un autre onglet, puis recommencez."))
      else if (sent.status === 413) refuse(words("Cette image est trop lourde. Réduisez-la puis envoyez-la de nouveau."))
      else refuse(words("L’image n’a pas pu être envoyée. Recommencez ; si cela dure, rechargez la page."))
    })
    sent.addEventListener("error", () => refuse(words("Le réseau ne répond pas. L’image n’est pas envoyée ; recommencez.")))
    sent.send(body)
  })
}

export function takesFiles(element, take) {
  const pictures = (data) => [...(data?.files || [])].filter((file) => file.type.startsWith("image/"))
  const carries = (event) => [...(event.dataTransfer?.types || [])].includes("Files")
  element.addEventListener("dragover", (event) => {
    if (!carries(event)) return
    event.preventDefault()
    element.classList.add("is-over")
  })
  element.addEventListener("dragleave", () => element.classList.remove("is-over"))
  element.addEventListener("drop", (event) => {
    if (!carries(event)) return
    event.preventDefault()
    element.classList.remove("is-over")
    const files = pictures(event.dataTransfer)
    take(files.length ? files : [...event.dataTransfer.files]) // what is no picture is refused by the server, with its sentence
  })
  element.addEventListener("paste", (event) => {
    const files = pictures(event.clipboardData)
    if (!files.length) return
    event.preventDefault()
    take(files)
  })
}
