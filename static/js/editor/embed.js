/* A page of somebody else's: <figure data-embed="https://…"><figcaption>title</figcaption></figure>. Nothing of it is loaded
   here, and on the site not before a reader asks. Whose pages may be shown is said by the server (clusters/embeds.py). */
import { Node, crel, gettext } from "django-prose-editor/editor"
import { field, open } from "grappe/dialogs"

const whose = (providers, address) => providers.find((one) => new RegExp(one.address).test(address))?.name

function ask(providers, { address = "", title = "" }) {
  const page = field(gettext("Adresse de la page"), { type: "url", value: address, maxLength: 500 })
  const words = field(gettext("Titre, pour les lecteurs"), { value: title, maxLength: 200 })
  return open(gettext("Vidéo ou graphique d’un autre site"), [...page.parts, ...words.parts], {
    first: page.input,
    answer() {
      const typed = { address: page.input.value.trim(), title: words.input.value.trim() }
      if (!whose(providers, typed.address)) {
        const names = providers.map((one) => one.name).join(", ")
        page.refuse(gettext("Cette adresse n’est pas celle d’une page de %s. Mettez plutôt un lien dans le texte.").replace("%s", names))
        return undefined
      }
      if (!typed.title) {
        words.refuse(gettext("Donnez un titre : il est lu avant que la page ne soit chargée."))
        return undefined
      }
      return typed
    },
  })
}

export const Embed = Node.create({
  name: "embed",
  group: "block",
  atom: true,
  draggable: true,
  addOptions: () => ({ providers: [] }),
  addAttributes: () => ({
    address: { default: "", parseHTML: (one) => one.getAttribute("data-embed"), renderHTML: ({ address }) => ({ "data-embed": address }) },
    title: { default: "", parseHTML: (one) => one.textContent, renderHTML: () => ({}) },
  }),
  parseHTML: () => [{ tag: "figure[data-embed]" }],
  renderHTML: ({ node, HTMLAttributes }) => ["figure", HTMLAttributes, ["figcaption", node.attrs.title]],
  renderText: ({ node }) => `${node.attrs.title} (${node.attrs.address})`,
  addNodeView() {
    return ({ node, getPos, editor }) => {
      const kind = crel("p", { className: "node-about" })
      const title = crel("p", { className: "node-title" })
      const dom = crel("figure", { className: "node-embed", contentEditable: "false" }, [kind, title])
      const show = ({ attrs }) => {
        kind.textContent = whose(this.options.providers, attrs.address) ?? gettext("Fournisseur inconnu : un simple lien sera affiché")
        title.textContent = `${attrs.title} – ${attrs.address}`
      }
      show(node)
      dom.addEventListener("dblclick", () => editor.chain().setNodeSelection(getPos()).editEmbed().run())
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
      editEmbed:
        () =>
        ({ editor, state }) => {
          const { from, to, node } = state.selection
          const isHere = node?.type.name === this.name
          ask(this.options.providers, isHere ? node.attrs : {}).then((attrs) => {
            const chain = editor.chain().focus()
            if (!attrs) chain.run()
            else if (isHere) chain.insertContentAt({ from, to }, { type: this.name, attrs }).run()
            else chain.insertContent({ type: this.name, attrs }).run()
          })
          return true
        },
    }
  },
  addKeyboardShortcuts() {
    return {
      "Mod-Alt-v": () => this.editor.commands.editEmbed(),
      Enter: ({ editor }) => editor.state.selection.node?.type.name === this.name && editor.commands.editEmbed(),
    }
  },
  addMenuItems({ buttons, menu }) {
    menu.defineItem({
      name: "embed",
      groups: "nodes",
      command: (editor) => editor.commands.editEmbed(),
      button: buttons.material("smart_display", gettext("Vidéo ou graphique")),
      active: (editor) => editor.isActive("embed"),
    })
  },
})
