/* Pasting: what a clipboard holds of another program is cleaned by the server, and stands where the cursor was.
   One rule for every browser, in clusters/pasting. What was copied in an editor like this one stays here, as it is; so does
   plain text (Ctrl+Shift+V). Where the server does not answer, the words are pasted without their form, and it is said. */
import { Extension, Plugin, crel, gettext, pm } from "django-prose-editor/editor"

const { PluginKey, TextSelection } = pm.state
const { Decoration, DecorationSet } = pm.view
const PATIENCE = 20_000 // milliseconds that an answer may take
const SHOWN_AFTER = 250 // milliseconds after which a waiting paste is seen
const key = new PluginKey("paste")
const waiting = new WeakMap() // view → the pastes that wait for their answer
let number = 0

/* `style` is renamed before anything is parsed here: the CSP reports every style attribute, even in a document nobody sees. */
const withoutStyles = (html) =>
  html.replace(/<style\b[^>]*>[\s\S]*?<\/style>/gi, "").replace(/(<[^>]*?)\sstyle\s*=/gi, "$1 data-style=")

/* A picture within the text may weigh more than the server takes; its name is enough to refuse it by. */
const withoutPictures = (html) => html.replace(/\ssrc\s*=\s*(["'])data:[^"']*\1/gi, " src=$1$1")

async function ask(url, html, token) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "text/html; charset=utf-8", "X-CSRFToken": token, Accept: "application/json" },
    body: withoutPictures(html),
    signal: AbortSignal.timeout(PATIENCE),
  })
  const answer = await response.json()
  if (!response.ok && !answer.told) throw new Error(response.status)
  return answer
}

/* Where pastes are to come, kept while others write around them. */
const places = {
  init: () => ({ pending: [], caret: null }),
  apply(tr, { pending, caret }) {
    if (tr.docChanged) {
      pending = pending.map(({ from, to, ...rest }) => {
        const [first, last] = [tr.mapping.mapResult(from, 1), tr.mapping.mapResult(to, -1)]
        const start = tr.mapping.map(from, -1)
        // What was selected has been written over: it is not there to be replaced.
        const isGone = from < to && (first.deletedAfter || last.deletedBefore)
        return { ...rest, from: from < to && !isGone ? first.pos : start, to: from < to && !isGone ? last.pos : start }
      })
      caret &&= { anchor: tr.mapping.map(caret.anchor), head: tr.mapping.map(caret.head) }
    }
    const act = tr.getMeta(key)
    if (act?.add) pending = [...pending, act.add]
    if (act?.show) pending = pending.map((one) => (one.id === act.show ? { ...one, isShown: true } : one))
    if (act?.end) pending = pending.filter((one) => one.id !== act.end)
    if (act && "caret" in act) caret = act.caret
    return { pending, caret }
  },
}

const mark = () => crel("span", { className: "paste-waiting", contentEditable: "false", textContent: gettext("Collage…") })

function decorations(state) {
  const shown = key.getState(state).pending.filter((one) => one.isShown)
  return DecorationSet.create(state.doc, shown.map((one) => Decoration.widget(one.from, mark, { key: `paste-${one.id}`, side: 1 })))
}

function tell(view, sentences) {
  const box = view.dom.closest(".prose-editor")
  box.querySelector(".paste-told")?.remove()
  if (!sentences.length) return
  const close = crel("button", { type: "button", className: "paste-close", textContent: gettext("Fermer") })
  const told = crel("div", { className: "paste-told", role: "status" }, [
    crel("ul", {}, sentences.map((textContent) => crel("li", { textContent }))),
    close,
  ])
  close.addEventListener("click", () => {
    told.remove()
    view.focus()
  })
  view.dom.after(told)
}

/* Paste at a place, and leave the caret where the writer has gone on meanwhile. */
function put(view, id, paste) {
  const place = key.getState(view.state).pending.find((one) => one.id === id)
  if (!place) return
  const { selection } = view.state
  const isThere = selection.from === place.from && selection.to === place.to
  const tr = pm.history.closeHistory(view.state.tr.setMeta(key, { end: id, caret: isThere ? null : { anchor: selection.anchor, head: selection.head } }))
  if (!isThere) tr.setSelection(TextSelection.between(tr.doc.resolve(place.from), tr.doc.resolve(place.to)))
  view.dispatch(tr)
  paste()
  const { caret } = key.getState(view.state)
  const after = pm.history.closeHistory(view.state.tr.setMeta(key, { caret: null }))
  if (caret) after.setSelection(TextSelection.between(after.doc.resolve(caret.anchor), after.doc.resolve(caret.head)))
  view.dispatch(after)
}

async function pasteThroughServer(view, url, html, text) {
  const id = ++number
  const { from, to } = view.state.selection
  view.dispatch(view.state.tr.setMeta(key, { add: { id, from, to, isShown: false } }))
  const timer = setTimeout(() => !view.isDestroyed && view.dispatch(view.state.tr.setMeta(key, { show: id })), SHOWN_AFTER)
  let answer
  try {
    answer = await ask(url, html, view.dom.closest("form")?.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "")
  } catch {
    const sentence = gettext("Le serveur n’a pas répondu : le texte est collé sans sa mise en forme. Annulez (Ctrl+Z) et collez de nouveau pour réessayer.")
    answer = { told: [sentence] }
  }
  clearTimeout(timer)
  if (view.isDestroyed) return
  put(view, id, () => {
    if (answer.html) view.pasteHTML(answer.html)
    else if (answer.html === undefined && text) view.pasteText(text)
  })
  tell(view, answer.told ?? [])
}

/* A form that is sent while a paste is on its way waits for it. */
function holdForm(view, form) {
  form?.addEventListener("submit", (event) => {
    const pastes = waiting.get(view)
    if (!pastes?.size) return
    event.preventDefault()
    event.stopImmediatePropagation()
    Promise.allSettled([...pastes]).then(() => form.requestSubmit(event.submitter))
  }, true)
}

export const PasteCleaner = Extension.create({
  name: "pasteCleaner",
  addOptions: () => ({ url: "" }),
  addProseMirrorPlugins() {
    const { url } = this.options
    return [
      new Plugin({
        key,
        state: places,
        view(view) {
          if (!waiting.has(view)) {
            waiting.set(view, new Set())
            queueMicrotask(() => holdForm(view, view.dom.closest("form"))) // it is put into its form once it is made
          }
          return {}
        },
        props: {
          decorations,
          transformPastedHTML: withoutStyles,
          handleDOMEvents: {
            paste(view, event) {
              const html = event.clipboardData?.getData("text/html")
              const isPlain = view.input?.shiftKey && view.input.lastKeyCode !== 45 // as the editor itself knows Ctrl+Shift+V
              if (!html || isPlain || view.composing || !view.editable || html.includes("data-pm-slice")) return false
              event.preventDefault()
              const paste = pasteThroughServer(view, url, html, event.clipboardData.getData("text/plain"))
              const pastes = waiting.get(view)
              pastes.add(paste)
              paste.finally(() => pastes.delete(paste))
              return true
            },
          },
        },
      }),
    ]
  },
})
