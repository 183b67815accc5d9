/* The body editor at home in this admin: under the strict CSP, in French, and named for a screen reader.
   Loaded by django-prose-editor before any editor is made (settings.DJANGO_PROSE_EDITOR_EXTENSIONS). */
import { OrderedList as BaseOrderedList, getHTMLFromFragment, gettext, pm } from "django-prose-editor/editor"

/* Tiptap writes its eight rules into a <style>, which the CSP forbids, unless it finds one that is there already.
   An element of another namespace is found by its query and is no style sheet; the rules stand in css/editor.css. */
if (!document.querySelector("style[data-tiptap-style]")) {
  const placeholder = document.createElementNS("urn:grappe", "style")
  placeholder.setAttribute("data-tiptap-style", "")
  document.head.append(placeholder)
}

/* Numbers, from any number on; the library's letters and Roman numerals would not survive the server. */
export const OrderedList = BaseOrderedList.extend({
  addAttributes() {
    const { start } = this.parent?.() ?? {}
    return { start }
  },
})

const LABELS = {
  paragraph: gettext("Paragraphe"),
  heading2: gettext("Intertitre"),
  heading3: gettext("Sous-intertitre"),
  bulletList: gettext("Liste à puces"),
  orderedList: gettext("Liste numérotée"),
  orderedListProperties: gettext("Numérotation de la liste"),
  blockquote: gettext("Citation"),
  horizontalRule: gettext("Filet"),
  bold: gettext("Gras (Ctrl+B)"),
  italic: gettext("Italique (Ctrl+I)"),
  subscript: gettext("Indice"),
  superscript: gettext("Exposant"),
  link: gettext("Lien (Ctrl+K)"),
  clusterReference: gettext("Cluster du registre (Ctrl+Maj+K)"),
  bodyPicture: gettext("Image de la bibliothèque (Ctrl+Alt+I)"),
  footnote: gettext("Note de bas de page (Ctrl+Alt+N)"),
  pullQuote: gettext("Exergue (Ctrl+Alt+Q)"),
  boxedText: gettext("Encadré (Ctrl+Alt+B)"),
  embed: gettext("Vidéo ou graphique d’un autre site (Ctrl+Alt+V)"),
  shortcuts: gettext("Raccourcis (Ctrl+/)"),
  table: gettext("Insérer un tableau"),
  "table:toggleHeaderRow": gettext("Ligne d’en-tête ou non"),
  "table:toggleHeaderColumn": gettext("Colonne d’en-tête ou non"),
  "table:caption": gettext("Titre du tableau"),
  "table:addColumnAfter": gettext("Ajouter une colonne"),
  "table:deleteColumn": gettext("Supprimer la colonne"),
  "table:addRowAfter": gettext("Ajouter une ligne"),
  "table:deleteRow": gettext("Supprimer la ligne"),
  "table:mergeCells": gettext("Fusionner les cellules"),
  "table:splitCell": gettext("Scinder la cellule"),
  "table:toggleHeaderCell": gettext("Cellule d’en-tête ou non"),
  "table:deleteTable": gettext("Supprimer le tableau"),
  "history:undo": gettext("Annuler (Ctrl+Z)"),
  "history:redo": gettext("Rétablir (Ctrl+Maj+Z)"),
}
const TOGGLES = new Set(["paragraph", "heading2", "heading3", "orderedList", "blockquote", "pullQuote", "boxedText", "bold", "italic", "subscript", "superscript", "link"])

function nameBox(box, textarea, editor) {
  const label = textarea.labels?.[0]
  if (label) {
    label.id ||= `${textarea.id}_label`
    box.setAttribute("aria-labelledby", label.id)
    label.addEventListener("click", () => editor.commands.focus())
  }
  box.setAttribute("role", "textbox")
  box.setAttribute("aria-multiline", "true")
  box.setAttribute("spellcheck", "true")
  box.classList.add("prose")
  const help = textarea.getAttribute("aria-describedby")
  if (help) box.setAttribute("aria-describedby", help)
}

/* One stop for the Tab key; arrows go from button to button (ARIA Authoring Practices, toolbar). */
function makeToolbar(bar, box, editor) {
  bar.setAttribute("role", "toolbar")
  bar.setAttribute("aria-label", gettext("Mise en forme"))
  box.id ||= `prose-${Math.random().toString(36).slice(2)}`
  bar.setAttribute("aria-controls", box.id)
  const buttons = [...bar.querySelectorAll("button")]
  for (const button of buttons) {
    const name = LABELS[button.dataset.name]
    if (name) {
      button.title = name
      button.setAttribute("aria-label", name)
    }
    button.tabIndex = -1
  }
  const shown = () => buttons.filter((button) => !button.classList.contains("hidden"))
  let current = buttons[0]
  const moveTo = (button) => {
    if (current) current.tabIndex = -1
    current = button
    current.tabIndex = 0
  }
  const update = () => {
    for (const button of buttons) {
      if (TOGGLES.has(button.dataset.name)) button.setAttribute("aria-pressed", String(button.classList.contains("active")))
      button.setAttribute("aria-disabled", String(button.classList.contains("disabled")))
    }
    if (!shown().includes(current)) moveTo(shown()[0])
  }
  moveTo(current)
  update()
  editor.on("transaction", update)
  bar.addEventListener("focusin", (event) => buttons.includes(event.target) && moveTo(event.target))
  bar.addEventListener("keydown", (event) => {
    const list = shown()
    const at = list.indexOf(document.activeElement)
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: list.length - 1 }[event.key]
    if (at < 0 || to === undefined) return
    event.preventDefault()
    list[(to + list.length) % list.length].focus()
  })
}

/* The library writes the whole text anew at each key, most of the time that a key takes in a long one. A block that has not
   changed is the same object and says the same: only the one that is typed in is written anew. */
function rememberBlocks(editor) {
  const written = new WeakMap()
  editor.getHTML = () => {
    const parts = []
    editor.state.doc.forEach((block) => {
      if (!written.has(block)) written.set(block, getHTMLFromFragment(pm.model.Fragment.from(block), editor.schema))
      parts.push(written.get(block))
    })
    return parts.join("")
  }
}

document.addEventListener("prose-editor:ready", ({ detail: { editor, textarea } }) => {
  rememberBlocks(editor)
  const box = editor.view.dom
  nameBox(box, textarea, editor)
  /* The library makes its bar when Tiptap says "create", a moment after this event. */
  const bar = () => makeToolbar(box.closest(".prose-editor").querySelector(".prose-menubar"), box, editor)
  if (editor.isInitialized) bar()
  else editor.on("create", bar)
})
