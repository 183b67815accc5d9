/* A cluster's name that has just been typed may become a reference: offered below the words, taken by Alt+Enter or a press,
   put away by Escape or by writing on. The names come once from the registry, already as they are compared there
   (clusters/mentions.py). Also the box of names without a link, on the form: each line links in the text that is open. */
import { Extension, Plugin, crel, gettext, pm } from "django-prose-editor/editor"

const { PluginKey, TextSelection } = pm.state
const STORE = "cluster-names" // kept with its tag as long as this window is open
const READ = 120 // signs before the cursor; no name is longer
const WORD = /[\p{L}\p{N}_]+/gu
const BETWEEN = /^[\s\-‐-―’'&/.,()«»]{1,3}$/
const key = new PluginKey("mentionOffer")

const unaccented = (word) => word.normalize("NFKD").replace(/\p{M}/gu, "")
const folded = (word) => unaccented(word.toLowerCase())

async function fetchNames(url) {
  let stored = null
  try {
    stored = JSON.parse(sessionStorage.getItem(STORE))
  } catch {
    // what cannot be read is fetched
  }
  const headers = { Accept: "application/json", ...(stored ? { "If-None-Match": stored.tag } : {}) }
  const response = await fetch(url, { headers })
  if (response.status === 304) return stored.names
  if (!response.ok) throw new Error(response.status)
  const { names } = await response.json()
  try {
    sessionStorage.setItem(STORE, JSON.stringify({ tag: response.headers.get("ETag"), names }))
  } catch {
    // a full store only means that they are fetched again
  }
  return names
}

const isSmall = ([word]) => word === word.toLowerCase() && word !== word.toUpperCase()

/* The names by their last word, which is the one that is typed last; the longest first. */
function byLast(names) {
  const index = new Map()
  for (const name of [...names].sort((one, other) => other.words.length - one.words.length)) {
    const last = folded(name.words.at(-1))
    if (index.has(last)) index.get(last).push(name)
    else index.set(last, [name])
  }
  return index
}

/* The longest name that the words before the cursor end with, at most one sign after it: {name, start, end} or null. */
function nameBefore(text, index) {
  const words = [...text.matchAll(WORD)]
  const last = words.at(-1)
  if (!last || text.length - (last.index + last[0].length) > 1) return null
  for (const name of index.get(folded(last[0])) ?? []) {
    const here = words.slice(-name.words.length)
    if (here.length < name.words.length) continue
    const isCalled =
      here.length === 1
        ? unaccented(here[0][0]) === name.words[0]
        : !here.every(isSmall) &&
          here.every((word, at) => folded(word[0]) === name.words[at]) &&
          here.slice(1).every((word, at) => BETWEEN.test(text.slice(here[at].index + here[at][0].length, word.index)))
    if (isCalled) return { name, start: here[0].index, end: last.index + last[0].length }
  }
  return null
}

function refersTo(doc, id) {
  let found = false
  doc.descendants((node) => {
    found ||= node.type.name === "clusterReference" && node.attrs.id === id
    return !found
  })
  return found
}

/* What may be offered where the cursor is: {id, name, from, to}, or null. */
function offerAt(state, index, dismissed) {
  const { $from, empty } = state.selection
  if (!empty || $from.parent.type.name !== "paragraph" || $from.marks().some((mark) => mark.type.name === "link")) return null
  const text = $from.parent.textBetween(Math.max(0, $from.parentOffset - READ), $from.parentOffset, null, "\ufffc")
  const found = nameBefore(text, index)
  if (!found || dismissed.has(found.name.id) || refersTo(state.doc, found.name.id)) return null
  const from = $from.pos - text.length + found.start
  return { id: found.name.id, name: found.name.name, from, to: $from.pos - text.length + found.end }
}

function link(editor, { id, from, to }) {
  const { state, view } = editor
  const reference = state.schema.nodes.clusterReference.create({ id, label: state.doc.textBetween(from, to) })
  const tr = pm.history.closeHistory(state.tr)
  const caret = state.selection.from >= to ? state.selection.from - (to - from) + reference.nodeSize : null
  tr.replaceRangeWith(from, to, reference)
  if (caret !== null) tr.setSelection(TextSelection.near(tr.doc.resolve(Math.min(caret, tr.doc.content.size))))
  view.dispatch(tr)
  view.dispatch(pm.history.closeHistory(view.state.tr)) // a step of its own: what is written next is another
  view.focus()
}

class Offer {
  constructor(editor, url) {
    Object.assign(this, { editor, url, index: null, current: null, dismissed: new Set() })
    this.accept = crel("button", { type: "button", className: "mention-accept", tabIndex: -1 })
    this.away = crel("button", { type: "button", className: "mention-away", tabIndex: -1, textContent: "×", "aria-label": gettext("Ne plus proposer ce lien") })
    this.box = crel("div", { className: "mention-offer", hidden: true }, [this.accept, this.away])
    this.said = crel("div", { className: "visually-hidden", role: "status" })
    this.accept.addEventListener("click", () => this.take())
    this.away.addEventListener("click", () => this.dismiss())
    this.box.addEventListener("mousedown", (event) => event.preventDefault()) // the cursor stays in the text
  }

  mount(view) {
    view.dom.closest(".prose-editor")?.append(this.box, this.said)
    const fetchOnce = () => this.fetch()
    view.dom.addEventListener("focus", fetchOnce, { once: true })
    if (view.hasFocus()) fetchOnce()
  }

  async fetch() {
    try {
      this.index = byLast(await fetchNames(this.url))
    } catch {
      this.index = null // nothing is offered; the chooser still asks the registry itself
    }
  }

  update(view, before) {
    if (!this.index || view.composing) return
    const isTyped = view.state.doc !== before.doc
    if (!isTyped && view.state.selection.eq(before.selection)) return
    this.show(view, isTyped ? offerAt(view.state, this.index, this.dismissed) : null)
  }

  show(view, offer) {
    this.current = offer
    this.box.hidden = !offer
    if (!offer) {
      if (this.said.textContent) this.said.textContent = ""
      return
    }
    this.accept.textContent = gettext("Lier à « %s » : Alt+Entrée").replace("%s", offer.name)
    this.said.textContent = gettext("Alt+Entrée lie ces mots à la fiche « %s » ; Échap écarte la proposition.").replace("%s", offer.name)
    const place = view.coordsAtPos(offer.to)
    const frame = this.box.offsetParent?.getBoundingClientRect() ?? { left: 0, top: 0, width: innerWidth }
    this.box.style.left = `${Math.max(0, Math.min(place.left - frame.left, frame.width - this.box.offsetWidth))}px`
    this.box.style.top = `${place.bottom - frame.top + 4}px`
  }

  take() {
    if (!this.current) return false
    const offer = this.current
    this.show(this.editor.view, null)
    link(this.editor, offer)
    return true
  }

  dismiss() {
    if (!this.current) return false
    this.dismissed.add(this.current.id)
    this.show(this.editor.view, null)
    return true
  }

  destroy() {
    this.box.remove()
    this.said.remove()
  }
}

export const MentionOffer = Extension.create({
  name: "mentionOffer",
  addOptions: () => ({ url: "" }),
  addStorage: () => ({ offer: null }),
  addProseMirrorPlugins() {
    const offer = (this.storage.offer = new Offer(this.editor, this.options.url))
    return [
      new Plugin({
        key,
        view(view) {
          queueMicrotask(() => offer.mount(view))
          return { update: (now, before) => offer.update(now, before), destroy: () => offer.destroy() }
        },
        props: { handleDOMEvents: { blur: (view) => (offer.show(view, null), false) } },
      }),
    ]
  },
  addKeyboardShortcuts() {
    return { "Alt-Enter": () => this.storage.offer.take(), Escape: () => this.storage.offer.dismiss() }
  },
})

/* The place of some words in the text that is open, outside links and headings; null where they are no more. */
function placeOf(doc, words) {
  let found = null
  doc.descendants((node, pos, parent) => {
    if (found || !node.isText || parent.type.name !== "paragraph" || node.marks.some((mark) => mark.type.name === "link")) return !found
    for (let at = node.text.indexOf(words); at >= 0 && !found; at = node.text.indexOf(words, at + 1)) {
      const around = node.text.slice(Math.max(0, at - 1), at) + node.text.slice(at + words.length, at + words.length + 1)
      if (!/[\p{L}\p{N}_]/u.test(around)) found = { from: pos + at, to: pos + at + words.length }
    }
    return true
  })
  return found
}

document.addEventListener("prose-editor:ready", ({ detail: { editor, textarea } }) => {
  if (textarea.name !== "body") return
  for (const line of document.querySelectorAll("[data-mention]")) {
    const button = crel("button", { type: "button", className: "button", textContent: gettext("Lier dans le texte") })
    button.setAttribute("aria-label", `${button.textContent} : ${line.dataset.words}`)
    button.addEventListener("click", () => {
      const place = placeOf(editor.state.doc, line.dataset.words)
      if (place) link(editor, { id: line.dataset.mention, ...place })
      line.classList.add("mention-done")
      button.replaceWith(crel("span", { role: "status", textContent: place ? gettext("Lié ; enregistrez pour le garder.") : gettext("Ces mots ne sont plus dans le texte.") }))
    })
    line.append(button)
  }
})
