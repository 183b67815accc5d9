/* Links: to any address, or to a page of ours by id (<a data-to="article/12">), which follows it wherever it moves.
   One dialog for both: an address of ours that is typed or pasted becomes a link by id where the site knows it. */
import { Link as BaseLink, Mark, getMarkRange, gettext } from "django-prose-editor/editor"
import { field, json, name, note, open, search } from "grappe/dialogs"

const ADDRESS = /^(?:https?:|mailto:|\/|#)|^(?:[\w-]+\.)+[a-z]{2,}(?:[/?#:]|$)/i

async function choose(url, { to = "", href = "", words = "" }) {
  let chosen = to ? { to } : null
  const shown = field(gettext("Mots affichés dans le texte"), { value: words, maxLength: 300 })
  const find = search({
    label: gettext("Titre d’une page du site, ou adresse"),
    listLabel: gettext("Pages trouvées"),
    empty: gettext("Aucune page de ce nom sur le site."),
    ask: async (typed) => (typed && ADDRESS.test(typed) ? (await json(url, { address: typed })).results : (await json(url, { q: typed })).results),
    row: (choice) => [name(choice.name), note(choice.note)],
    pick(choice) {
      chosen = { to: choice.id }
      find.input.value = choice.name
      if (!shown.input.value) shown.input.value = choice.name
      shown.input.focus()
      shown.input.select()
    },
  })
  find.input.value = href
  find.input.addEventListener("input", () => {
    chosen = null
  })
  if (href) find.load()
  const remove = Object.assign(document.createElement("button"), { type: "button", textContent: gettext("Retirer le lien"), answer: { remove: true } })
  const answer = await open(gettext("Lien"), [...find.parts, ...shown.parts], {
    first: find.input,
    actions: to || href ? [remove] : [],
    answer() {
      const typed = find.input.value.trim()
      const label = shown.input.value.trim()
      if (chosen) return { ...chosen, words: label || typed }
      if (ADDRESS.test(typed)) return { href: typed, words: label || typed }
      find.refuse(gettext("Choisissez une page dans la liste, ou tapez une adresse (https://…)."))
      return undefined
    },
  })
  if (answer?.href) {
    try {
      const [ours] = (await json(url, { address: answer.href })).results
      if (ours) return { to: ours.id, words: answer.words === answer.href ? ours.name : answer.words }
    } catch {
      /* the site does not answer: the address stays one */
    }
    if (/^(?:[\w-]+\.)+[a-z]{2,}/i.test(answer.href)) answer.href = `https://${answer.href}`
  }
  return answer
}

export const InternalLink = Mark.create({
  name: "internalLink",
  priority: 1001,
  inclusive: false,
  excludes: "link internalLink",
  addOptions: () => ({ url: "" }),
  addAttributes: () => ({
    to: { default: null, parseHTML: (element) => element.getAttribute("data-to"), renderHTML: ({ to }) => ({ "data-to": to }) },
  }),
  parseHTML: () => [{ tag: "a[data-to]" }],
  renderHTML: ({ HTMLAttributes }) => ["a", HTMLAttributes, 0],
  addCommands() {
    return {
      editLink:
        () =>
        ({ editor, state }) => {
          const { schema, selection, doc } = state
          const kinds = [schema.marks.internalLink, schema.marks.link]
          const around = kinds.map((kind) => kind && getMarkRange(doc.resolve(selection.from), kind)).find(Boolean)
          const { from, to } = selection.empty && around ? around : selection
          const attributes = { ...editor.getAttributes("link"), ...editor.getAttributes("internalLink") }
          const words = doc.textBetween(from, to, " ")
          choose(this.options.url, { to: attributes.to, href: attributes.href, words }).then((answer) => {
            const chain = editor.chain().focus()
            if (!answer) chain.run()
            else if (answer.remove) chain.setTextSelection({ from, to }).unsetMark("internalLink").unsetMark("link").run()
            else {
              const mark = answer.to ? { type: "internalLink", attrs: { to: answer.to } } : { type: "link", attrs: { href: answer.href } }
              if (answer.words === words) {
                chain.setTextSelection({ from, to }).unsetMark("internalLink").unsetMark("link").setMark(mark.type, mark.attrs).setTextSelection(to).run()
              } else chain.insertContentAt({ from, to }, { type: "text", text: answer.words, marks: [mark] }).run()
            }
          })
          return true
        },
    }
  },
  addKeyboardShortcuts() {
    return {
      "Mod-k": () => this.editor.commands.editLink(),
      /* With the capitals locked, Shift makes a small k, which is taken for the key above. */
      "Mod-Shift-k": () => this.editor.commands.referToCluster(),
    }
  },
})

/* The library's own asks for nothing but an address, and only of words that are selected. */
export const Link = BaseLink.extend({
  parseHTML: () => [{ tag: "a[href]:not([data-to])" }],
  addKeyboardShortcuts: () => ({}),
  addMenuItems({ buttons, menu }) {
    menu.defineItem({
      name: "link",
      groups: "link",
      command: (editor) => editor.commands.editLink(),
      button: buttons.material("insert_link", gettext("Lien")),
      active: (editor) => editor.isActive("link") || editor.isActive("internalLink"),
    })
  },
})
