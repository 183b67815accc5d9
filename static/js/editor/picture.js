/* A picture of the library in the body: <figure data-picture="12"><figcaption>a caption of its own</figcaption></figure>.
   Alternative text and credit are the library's, and its caption too where none is written here. */
import { Node, crel, gettext } from "django-prose-editor/editor"
import { json, name, note, open, search } from "grappe/dialogs"

function picked(url) {
  return new Promise((resolve) => {
    let chosen = null
    const find = search({
      label: gettext("Légende, description ou crédit"),
      listLabel: gettext("Images de la bibliothèque"),
      empty: gettext("Aucune image ne répond à ces mots. Ajoutez-la d’abord à la bibliothèque."),
      className: "chooser-pictures",
      ask: async (words) => (await json(url, { q: words })).pictures,
      row: (picture) => [
        crel("img", { src: picture.thumb, alt: "", width: 96, height: Math.round((96 * picture.height) / picture.width), loading: "lazy" }),
        crel("span", {}, [name(picture.label), note([picture.alt, picture.credit].filter(Boolean).join(" · "))]),
      ],
      pick(picture) {
        chosen = picture
        find.input.closest("form").requestSubmit()
      },
    })
    open(gettext("Insérer une image de la bibliothèque"), find.parts, {
      first: find.input,
      answer() {
        if (chosen) return chosen
        find.refuse(gettext("Choisissez une image dans la liste."))
        return undefined
      },
    }).then(resolve)
  })
}

export const BodyPicture = Node.create({
  name: "bodyPicture",
  group: "block",
  content: "inline*",
  isolating: true,
  draggable: true,
  addOptions: () => ({ url: "" }),
  addAttributes: () => ({
    picture: {
      default: null,
      parseHTML: (element) => element.getAttribute("data-picture"),
      renderHTML: ({ picture }) => ({ "data-picture": picture }),
    },
  }),
  parseHTML: () => [{ tag: "figure[data-picture]", contentElement: "figcaption" }],
  renderHTML: ({ HTMLAttributes }) => ["figure", HTMLAttributes, ["figcaption", 0]],
  addNodeView() {
    return ({ node }) => {
      const image = crel("img", { alt: "" })
      const about = crel("p", { className: "node-about", textContent: gettext("Image…") })
      const caption = crel("figcaption", { "data-hint": gettext("Légende (vide : celle de la bibliothèque)") })
      const head = crel("div", { contentEditable: "false" }, [image, about])
      const dom = crel("figure", { className: "node-picture" }, [head, caption])
      let shown = null
      const show = async (id) => {
        if (id === shown) return
        shown = id
        try {
          const [picture] = (await json(this.options.url, { id })).pictures
          if (!picture) {
            image.remove()
            about.textContent = gettext("Cette image n’est plus dans la bibliothèque : rien ne s’affichera.")
            return
          }
          image.src = picture.thumb
          image.alt = picture.alt
          caption.dataset.hint = picture.caption || gettext("Légende (facultative)")
          about.textContent = [picture.alt || gettext("sans texte de remplacement"), picture.credit || gettext("sans crédit")].join(" · ")
        } catch {
          about.textContent = gettext("Image n° %s").replace("%s", id)
        }
      }
      const empty = (one) => dom.classList.toggle("is-empty", one.content.size === 0)
      show(node.attrs.picture)
      empty(node)
      return {
        dom,
        contentDOM: caption,
        update(changed) {
          if (changed.type !== node.type) return false
          show(changed.attrs.picture)
          empty(changed)
          return true
        },
        ignoreMutation: (mutation) => mutation.type === "attributes" || !caption.contains(mutation.target),
      }
    }
  },
  addCommands() {
    return {
      insertPicture:
        () =>
        ({ editor }) => {
          picked(this.options.url).then((picture) => {
            const chain = editor.chain().focus()
            if (!picture) chain.run()
            else if (editor.isActive(this.name)) chain.updateAttributes(this.name, { picture: String(picture.id) }).run()
            else chain.insertContent({ type: this.name, attrs: { picture: String(picture.id) } }).run()
          })
          return true
        },
    }
  },
  addKeyboardShortcuts() {
    return {
      "Mod-Alt-i": () => this.editor.commands.insertPicture(),
      /* Enter in a caption goes on below it, in a paragraph. */
      Enter: ({ editor }) => {
        const { $from } = editor.state.selection
        if ($from.parent.type.name !== this.name) return false
        return editor.chain().insertContentAt($from.after(), { type: "paragraph" }).setTextSelection($from.after() + 1).run()
      },
    }
  },
  addMenuItems({ buttons, menu }) {
    menu.defineItem({
      name: "bodyPicture",
      groups: "nodes",
      command: (editor) => editor.commands.insertPicture(),
      button: buttons.material("image", gettext("Image")),
      active: (editor) => editor.isActive("bodyPicture"),
    })
  },
})
