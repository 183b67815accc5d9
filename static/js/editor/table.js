/* Tables: a caption, header cells that say what they head (the server writes it where it is not said), and their keys. */
import { TableHeader as BaseHeader, Table as BaseTable, gettext } from "django-prose-editor/editor"
import { field, open } from "grappe/dialogs"

const kept = (attribute) => ({ default: null, parseHTML: (one) => one.getAttribute(attribute), renderHTML: (values) => (values[attribute] ? { [attribute]: values[attribute] } : {}) })

export const TableHeader = BaseHeader.extend({
  addAttributes() {
    return { ...this.parent?.(), scope: kept("scope") }
  },
})

export const Table = BaseTable.extend({
  addAttributes() {
    return {
      ...this.parent?.(),
      caption: {
        default: null,
        parseHTML: (one) => one.querySelector(":scope > caption")?.textContent || null,
        renderHTML: () => ({}),
      },
    }
  },
  parseHTML: () => [{ tag: "table" }, { tag: "caption", ignore: true }],
  renderHTML({ node, HTMLAttributes }) {
    const caption = node.attrs.caption ? [["caption", node.attrs.caption]] : []
    return ["table", HTMLAttributes, ...caption, ["tbody", 0]]
  },
  addNodeView() {
    const made = this.parent?.()
    return (values) => {
      const view = made(values)
      const show = (node) => {
        let caption = view.table.querySelector(":scope > caption")
        if (!node.attrs.caption) caption?.remove()
        else {
          if (!caption) {
            caption = view.table.createCaption()
            caption.contentEditable = "false"
          }
          caption.textContent = node.attrs.caption
        }
      }
      const update = view.update.bind(view)
      view.update = (node) => {
        const done = update(node)
        if (done) show(node)
        return done
      }
      const ignore = view.ignoreMutation?.bind(view)
      view.ignoreMutation = (mutation) => mutation.target.nodeName === "CAPTION" || mutation.target === view.table || Boolean(ignore?.(mutation))
      show(values.node)
      return view
    }
  },
  addCommands() {
    return {
      ...this.parent?.(),
      /* A header row from the start, so that a table can be read aloud. */
      insertTableWithOptions:
        () =>
        ({ commands }) =>
          commands.insertTable({ rows: 3, cols: 3, withHeaderRow: true }),
      captionTable:
        () =>
        ({ editor }) => {
          if (!editor.isActive("table")) return false
          const written = field(gettext("Titre du tableau"), { value: editor.getAttributes("table").caption ?? "", maxLength: 300 })
          open(gettext("Titre du tableau"), written.parts, {
            submit: gettext("Valider"),
            first: written.input,
            answer: () => ({ caption: written.input.value.trim() || null }),
          }).then((answer) => {
            const chain = editor.chain().focus()
            if (answer) chain.updateAttributes("table", answer).run()
            else chain.run()
          })
          return true
        },
    }
  },
  addKeyboardShortcuts() {
    return {
      ...this.parent?.(),
      Tab: () => this.editor.commands.goToNextCell(), // from the last one out of the text: the library would add rows for ever
      "Mod-Alt-t": () => this.editor.commands.insertTableWithOptions(),
      "Mod-Alt-ArrowDown": () => this.editor.commands.addRowAfter(),
      "Mod-Alt-ArrowRight": () => this.editor.commands.addColumnAfter(),
      "Mod-Alt-h": () => this.editor.commands.toggleHeaderCell(),
    }
  },
  addMenuItems(values) {
    this.parent?.(values)
    const { buttons, menu } = values
    const item = (name, icon, label, command) =>
      menu.defineItem({
        name,
        groups: "table",
        command,
        button: buttons.material(icon, label),
        hidden: (editor) => !editor.isActive("table"),
      })
    item("table:toggleHeaderRow", "table_rows", gettext("Ligne d’en-tête ou non"), (editor) => editor.chain().focus().toggleHeaderRow().run())
    item("table:toggleHeaderColumn", "view_column", gettext("Colonne d’en-tête ou non"), (editor) => editor.chain().focus().toggleHeaderColumn().run())
    item("table:caption", "subtitles", gettext("Titre du tableau"), (editor) => editor.commands.captionTable())
  },
})
