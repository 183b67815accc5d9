/* A cluster in the body: <span data-cluster="GRP-0001">name</span>, a reference by id that follows a rename.
   What the server lets through of it is named beside this file's address in settings.DJANGO_PROSE_EDITOR_EXTENSIONS. */
import { Node, crel, gettext, mergeAttributes } from "django-prose-editor/editor"

const WAIT = 150 // milliseconds after the last key before the registry is asked
let dialogs = 0

function option(choice, id) {
  const words = [choice.acronym, choice.place, choice.note].filter((word) => word && word !== choice.name)
  return crel("li", { id, role: "option", "aria-selected": "false", "data-cluster-id": choice.id }, [
    crel("span", { className: "chooser-name", textContent: choice.name }),
    crel("span", { className: "chooser-note", textContent: [...words, choice.id].join(" · ") }),
  ])
}

/* Asks which cluster, and under which words. Resolves to {id, label}, or null when left with Escape. */
function choose(url, { id = "", label = "" } = {}) {
  const prefix = `cluster-chooser-${++dialogs}`
  const title = crel("h2", { id: `${prefix}-title`, textContent: gettext("Renvoyer à un cluster du registre") })
  const search = crel("input", {
    id: `${prefix}-search`, type: "search", autocomplete: "off", role: "combobox",
    "aria-controls": `${prefix}-list`, "aria-expanded": "true", "aria-autocomplete": "list",
  })
  const list = crel("ul", { id: `${prefix}-list`, className: "chooser-list", role: "listbox", "aria-label": gettext("Clusters trouvés") })
  const status = crel("p", { className: "chooser-status", role: "status" })
  const words = crel("input", { id: `${prefix}-words`, type: "text", value: label, maxLength: 200 })
  const insert = crel("button", { type: "submit", className: "chooser-insert", textContent: gettext("Insérer") })
  const cancel = crel("button", { type: "button", textContent: gettext("Annuler") })
  const form = crel("form", { method: "dialog" }, [
    title,
    crel("label", { htmlFor: search.id, textContent: gettext("Nom, sigle ou ville") }), search, list, status,
    crel("label", { htmlFor: words.id, textContent: gettext("Mots affichés dans le texte") }), words,
    crel("div", { className: "chooser-buttons" }, [insert, cancel]),
  ])
  const dialog = crel("dialog", { className: "prose-editor-dialog chooser", "aria-labelledby": title.id }, [form])

  let choices = []
  let active = -1
  let chosen = id ? { id } : null
  let asked = 0
  let timer = 0

  const point = (to) => {
    active = choices.length ? (to + choices.length) % choices.length : -1
    for (const [at, row] of [...list.children].entries()) row.setAttribute("aria-selected", String(at === active))
    const row = list.children[active]
    if (row) {
      search.setAttribute("aria-activedescendant", row.id)
      row.scrollIntoView({ block: "nearest" })
    } else search.removeAttribute("aria-activedescendant")
  }
  const ask = async () => {
    const mine = ++asked
    let found = []
    try {
      const response = await fetch(`${url}?q=${encodeURIComponent(search.value)}`, { headers: { Accept: "application/json" } })
      if (!response.ok) throw new Error(response.status)
      found = (await response.json()).results
    } catch {
      if (mine === asked) status.textContent = gettext("Le registre ne répond pas. Rechargez la page si cela dure.")
      return
    }
    if (mine !== asked) return
    choices = found
    list.replaceChildren(...choices.map((choice, at) => option(choice, `${prefix}-option-${at}`)))
    status.textContent = choices.length ? "" : gettext("Aucun cluster de ce nom dans le registre.")
    point(Math.max(0, choices.findIndex((choice) => choice.id === chosen?.id)))
  }
  const pick = (at) => {
    if (!choices[at]) return
    chosen = choices[at]
    if (!label) words.value = chosen.name
    point(at)
    words.focus()
    words.select()
  }

  search.addEventListener("input", () => {
    clearTimeout(timer)
    timer = setTimeout(ask, WAIT)
  })
  search.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault()
      point(active + (event.key === "ArrowDown" ? 1 : -1))
    } else if (event.key === "Enter") {
      event.preventDefault()
      pick(active)
    }
  })
  list.addEventListener("click", (event) => {
    const row = event.target.closest("[role=option]")
    if (row) pick([...list.children].indexOf(row))
  })
  cancel.addEventListener("click", () => dialog.close())

  return new Promise((resolve) => {
    let answer = null
    form.addEventListener("submit", (event) => {
      event.preventDefault()
      if (!chosen) {
        pick(active)
        return
      }
      answer = { id: chosen.id, label: words.value.trim() || chosen.name || label }
      dialog.close()
    })
    dialog.addEventListener("close", () => {
      clearTimeout(timer)
      dialog.remove()
      resolve(answer)
    })
    document.body.append(dialog)
    dialog.showModal()
    search.focus()
    ask()
  })
}

export const ClusterReference = Node.create({
  name: "clusterReference",
  group: "inline",
  inline: true,
  atom: true,
  selectable: true,
  draggable: true,
  addOptions: () => ({ url: "" }),
  addAttributes: () => ({
    id: {
      default: null,
      parseHTML: (element) => element.getAttribute("data-cluster"),
      renderHTML: ({ id }) => (id ? { "data-cluster": id } : {}),
    },
    label: { default: "", parseHTML: (element) => element.textContent, renderHTML: () => ({}) },
  }),
  parseHTML: () => [{ tag: "span[data-cluster]" }],
  renderHTML: ({ node, HTMLAttributes }) => ["span", mergeAttributes(HTMLAttributes), node.attrs.label],
  renderText: ({ node }) => node.attrs.label,
  addCommands() {
    return {
      referToCluster:
        () =>
        ({ editor, state }) => {
          const { from, to, node } = state.selection
          const present = node?.type.name === this.name ? node.attrs : { label: state.doc.textBetween(from, to, " ") }
          choose(this.options.url, present).then((answer) => {
            if (answer) editor.chain().focus().insertContentAt({ from, to }, { type: this.name, attrs: answer }).run()
            else editor.commands.focus()
          })
          return true
        },
    }
  },
  addKeyboardShortcuts() {
    return { "Mod-Shift-k": () => this.editor.commands.referToCluster() }
  },
  addMenuItems({ buttons, menu }) {
    menu.defineItem({
      name: "clusterReference",
      groups: "link",
      command: (editor) => editor.commands.referToCluster(),
      button: buttons.material("hub", gettext("Cluster du registre")),
      active: (editor) => editor.isActive("clusterReference"),
    })
  },
})
