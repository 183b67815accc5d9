/* A pull quote and a boxed text: <aside data-box="quote">, <aside data-box="note">. Each wraps what is selected, and unwraps it. */
import { Node, gettext } from "django-prose-editor/editor"

const box = (name, kind, content, key, icon, label) =>
  Node.create({
    name,
    group: "block",
    content,
    defining: true,
    parseHTML: () => [{ tag: `aside[data-box=${kind}]` }],
    renderHTML: () => ["aside", { "data-box": kind }, 0],
    addKeyboardShortcuts() {
      return { [key]: () => this.editor.commands.toggleWrap(name) }
    },
    addMenuItems({ buttons, menu }) {
      menu.defineItem({
        name,
        groups: "nodes",
        command: (editor) => editor.chain().focus().toggleWrap(name).run(),
        button: buttons.material(icon, label),
        active: (editor) => editor.isActive(name),
      })
    },
  })

export const PullQuote = box("pullQuote", "quote", "paragraph+", "Mod-Alt-q", "format_quote", gettext("Exergue"))
export const BoxedText = box("boxedText", "note", "block+", "Mod-Alt-b", "article", gettext("Encadré"))
