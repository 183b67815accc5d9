/* A footnote: <span data-note="">its text</span> at the place of its call, written in a dialog of its own and numbered by the
   style sheet; the page lists the notes at its end. */
import { Bold, Document, Editor, Italic, Mark, Node, Paragraph, Subscript, Superscript, Text, crel, gettext } from "django-prose-editor/editor"
import { open } from "grappe/dialogs"

/* Marks that a note keeps and this small editor does not make: links by id and to anywhere. */
const KeptLink = Mark.create({
  name: "keptLink",
  inclusive: false,
  addAttributes: () => ({
    href: { default: null, parseHTML: (one) => one.getAttribute("href"), renderHTML: ({ href }) => (href ? { href } : {}) },
    title: { default: null, parseHTML: (one) => one.getAttribute("title"), renderHTML: ({ title }) => (title ? { title } : {}) },
    to: { default: null, parseHTML: (one) => one.getAttribute("data-to"), renderHTML: ({ to }) => (to ? { "data-to": to } : {}) },
    cluster: { default: null, parseHTML: (one) => one.getAttribute("data-cluster"), renderHTML: ({ cluster }) => (cluster ? { "data-cluster": cluster } : {}) },
  }),
  parseHTML: () => [{ tag: "a" }, { tag: "span[data-cluster]" }],
  renderHTML: ({ HTMLAttributes }) => [HTMLAttributes["data-cluster"] ? "span" : "a", HTMLAttributes, 0],
})

function write(html) {
  const label = crel("p", { id: "note-text-label", className: "chooser-label", textContent: gettext("Texte de la note") })
  const place = crel("div", { className: "note-text" })
  const fault = crel("p", { className: "chooser-fault", role: "alert" })
  const editor = new Editor({
    element: place,
    extensions: [Document.extend({ content: "paragraph" }), Paragraph, Text, Bold, Italic, Superscript, Subscript, KeptLink],
    content: `<p>${html}</p>`,
    editorProps: { attributes: { role: "textbox", "aria-multiline": "true", "aria-labelledby": label.id } },
  })
  place.addEventListener("keydown", (event) => {
    if (event.key === "Escape") event.stopPropagation() // the small editor would keep it, and the dialog not close
    if (event.key !== "Enter") return
    event.preventDefault()
    event.stopPropagation()
    place.closest("form").requestSubmit()
  }, true)
  const remove = Object.assign(crel("button", { type: "button", textContent: gettext("Supprimer la note") }), { answer: "" })
  const help = crel("p", { className: "chooser-note", textContent: gettext("Ctrl+B gras, Ctrl+I italique, Entrée pour valider.") })
  const done = open(gettext("Note de bas de page"), [label, place, help, fault], {
    submit: gettext("Valider"),
    actions: html ? [remove] : [],
    answer() {
      if (editor.isEmpty) {
        fault.textContent = gettext("Écrivez le texte de la note.")
        editor.commands.focus()
        return undefined
      }
      return editor.getHTML().replace(/^<p>|<\/p>$/g, "")
    },
  })
  editor.commands.focus("end")
  return done.finally(() => editor.destroy())
}

export const Footnote = Node.create({
  name: "footnote",
  group: "inline",
  inline: true,
  atom: true,
  selectable: true,
  priority: 1100,
  addAttributes: () => ({ html: { default: "", parseHTML: (element) => element.innerHTML, renderHTML: () => ({}) } }),
  parseHTML: () => [{ tag: "span[data-note]" }],
  renderHTML({ node }) {
    const dom = document.createElement("span")
    dom.setAttribute("data-note", "")
    dom.innerHTML = node.attrs.html
    return dom
  },
  renderText: ({ node }) => ` (${node.attrs.html.replace(/<[^>]*>/g, "")})`,
  addNodeView() {
    return ({ node, getPos, editor }) => {
      const dom = crel("span", { className: "node-note", role: "img", contentEditable: "false" })
      const show = (one) => {
        const words = new DOMParser().parseFromString(one.attrs.html, "text/html").body.textContent
        dom.title = words
        dom.setAttribute("aria-label", gettext("Note : %s").replace("%s", words))
      }
      show(node)
      dom.addEventListener("dblclick", () => editor.chain().setNodeSelection(getPos()).editNote().run())
      return {
        dom,
        update(changed) {
          if (changed.type !== node.type) return false
          show(changed)
          return true
        },
      }
    }
  },
  addCommands() {
    return {
      editNote:
        () =>
        ({ editor, state }) => {
          const { from, to, node } = state.selection
          const isHere = node?.type.name === this.name
          write(isHere ? node.attrs.html : "").then((html) => {
            const chain = editor.chain().focus()
            if (html === null) chain.run()
            else if (html === "") chain.deleteRange({ from, to }).run()
            else chain.insertContentAt(isHere ? { from, to } : to, { type: this.name, attrs: { html } }).run()
          })
          return true
        },
    }
  },
  addKeyboardShortcuts() {
    return {
      "Mod-Alt-n": () => this.editor.commands.editNote(),
      Enter: ({ editor }) => editor.state.selection.node?.type.name === this.name && editor.commands.editNote(),
    }
  },
  addMenuItems({ buttons, menu }) {
    menu.defineItem({
      name: "footnote",
      groups: "link",
      command: (editor) => editor.commands.editNote(),
      button: buttons.material("looks_one", gettext("Note")),
      active: (editor) => editor.isActive("footnote"),
    })
  },
})
