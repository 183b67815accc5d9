/* A page of somebody else's inside ours: a link until the reader presses the button; then, and only then, its frame. */
for (const figure of document.querySelectorAll("[data-frame]")) {
  const link = figure.querySelector("a")
  const button = document.createElement("button")
  button.type = "button"
  button.className = "embed-open"
  button.textContent = `Afficher ici (${figure.dataset.provider} recevra votre adresse IP)`
  button.addEventListener("click", () => {
    const frame = document.createElement("iframe")
    frame.src = figure.dataset.frame
    frame.title = link.textContent
    frame.allowFullscreen = true
    frame.referrerPolicy = "strict-origin-when-cross-origin"
    button.replaceWith(frame)
    frame.focus()
  })
  figure.prepend(button)
}
