/* A form that saves itself while it is written in, keeps a copy in this browser until the server has confirmed it, and
   survives a lost network, a stopped server and a session that has run out. Without this file the form's buttons do all
   that they do. The server's part is clusters/autosaving.py; what the page needs stands in includes/autosave.html.
   Past 400 lines: one form, one conversation with the server, and every part of it waits for the others. */
const IDLE = 2000 // after the last key
const LONGEST = 15000 // while typing
const BEAT = 20000
const PATIENCE = 20000 // for one answer
const WAITS = [2000, 4000, 8000, 15000, 30000]
const OLDEST = 14 * 24 * 3600 * 1000
const MOST = 20 // copies in this browser
const LARGEST = 2_000_000 // characters of one

const box = document.querySelector("[data-autosave]")
if (box) start(box, box.closest("form"))

function start(box, form) {
  const field = (name) => form.elements.namedItem(name)
  const status = box.querySelector(".autosave-status")
  const spoken = box.querySelector("[role=status]")
  const notes = box.querySelector(".autosave-notes")
  const people = box.querySelector(".autosave-people")
  const tab = [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("")
  const gone = new Set()
  let record = box.dataset.record
  let confirmed = written() // what the server has, as far as this form knows
  let firstTyped = 0
  let timer = 0
  let flight = null
  let failures = 0
  let trouble = "" // what stands between this form and the server: "", offline, expired, refused
  let lastSent = Date.now()
  let leaving = false

  field("tab").value = tab
  // In sight wherever one writes: with the buttons that stay on the screen (on a phone the main ones alone), else at its top.
  const rows = [...form.querySelectorAll(".submit-row, .submit-main")]
  const buttons = rows.find((row) => getComputedStyle(row).position === "sticky")
  if (buttons) buttons.prepend(status)
  else form.prepend(status)
  if (navigator.locks) navigator.locks.request(`grappe:${tab}`, () => new Promise(() => {})).catch(() => {})

  /* -- what the form says */

  function data() {
    const data = new FormData(form)
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name)
    data.delete("csrfmiddlewaretoken")
    return data
  }

  function written() {
    const own = data()
    for (const name of ["version", "tab", "gone", "contested"]) own.delete(name)
    return new URLSearchParams(own).toString()
  }

  const isDirty = () => written() !== confirmed

  function typed() {
    if (leaving) return
    firstTyped ||= Date.now()
    keepSoon()
    if (trouble === "offline" || trouble === "expired") return // the next try is set already
    plan(Math.min(IDLE, Math.max(0, firstTyped + LONGEST - Date.now())))
  }

  function plan(wait) {
    clearTimeout(timer)
    timer = setTimeout(save, wait)
  }

  /* -- the copy in this browser */

  const place = () => `grappe:copy:${box.dataset.user}:${box.dataset.kind}:${record || "new"}:${tab}`
  let keeping = 0

  function keepSoon() {
    if (!keeping) keeping = setTimeout(keep, 250)
  }

  function keep(extra = {}) {
    clearTimeout(keeping)
    keeping = 0
    const fields = [...data()]
    if (!isDirty() && !extra.submitted && !extra.parts) return
    const copy = JSON.stringify({ at: Date.now(), tab, fields, ...extra })
    if (copy.length > LARGEST) return
    try {
      localStorage.setItem(place(), copy)
    } catch {
      prune(MOST / 2)
      try {
        localStorage.setItem(place(), copy)
      } catch {
        say(status, "Ce navigateur ne garde plus rien : enregistrez souvent.")
      }
    }
  }

  function forget(key = place()) {
    clearTimeout(keeping)
    keeping = 0
    localStorage.removeItem(key)
  }

  function copies(prefix) {
    const found = []
    for (let n = 0; n < localStorage.length; n++) {
      const key = localStorage.key(n)
      if (!key.startsWith(prefix)) continue
      try {
        found.push({ key, ...JSON.parse(localStorage.getItem(key)) })
      } catch {
        found.push({ key, at: 0, fields: [] })
      }
    }
    return found.sort((one, other) => other.at - one.at)
  }

  function prune(most = MOST) {
    copies("grappe:copy:").forEach((copy, n) => (n >= most || copy.at < Date.now() - OLDEST) && localStorage.removeItem(copy.key))
  }

  /* -- asking the server */

  async function ask(address, options = {}) {
    const patience = new AbortController()
    const over = setTimeout(() => patience.abort(), PATIENCE)
    try {
      const response = await fetch(address, { redirect: "manual", credentials: "same-origin", cache: "no-store", signal: patience.signal, ...options })
      if (response.type === "opaqueredirect") return { kind: "expired" }
      const isJson = (response.headers.get("Content-Type") || "").startsWith("application/json")
      const answer = isJson ? await response.json() : null
      if (response.ok && answer) return { kind: "done", answer }
      if (response.status === 403 && !answer) return { kind: "token" }
      if (response.status < 500 && answer) return { kind: "refused", answer }
      return { kind: response.status < 500 ? "refused" : "offline", answer: answer || {} }
    } catch {
      return { kind: "offline" }
    } finally {
      clearTimeout(over)
    }
  }

  /* A sign of life, and a token that holds: logging in again has made the one of this page stale. */
  async function here(other = "") {
    const query = new URLSearchParams({ tab: other || tab, version: field("version")?.value || "" })
    const found = await ask(`${box.dataset.here}?${query}`)
    if (found.kind !== "done") return found
    if (String(found.answer.user) !== box.dataset.user) return { kind: "stranger" }
    const token = field("csrfmiddlewaretoken")
    if (token) token.value = found.answer.token
    if (found.answer.others) show(found.answer.others)
    return found
  }

  async function save() {
    clearTimeout(timer)
    if (flight) return flight
    if (leaving) return null
    if (!isDirty()) {
      firstTyped = 0
      return null
    }
    flight = send().finally(() => (flight = null))
    const isDone = await flight
    if (isDone && isDirty()) typed()
    return isDone
  }

  async function send() {
    keep({ sent: true })
    const sent = data()
    const says = written()
    const rows = new Map()
    for (const row of form.querySelectorAll(".inline-related tr.form-row:not(.empty-form)")) rows.set(row.id, row)
    const removed = [...gone]
    firstTyped = 0
    lastSent = Date.now()
    if (!trouble) say(status, "Enregistrement…")
    let found = await post(sent)
    if (found.kind === "token") {
      const life = await here()
      found = life.kind === "done" ? await post(sent) : life
      if (found.kind === "token") found = { kind: "refused", answer: {} }
    }
    if (found.kind !== "done") {
      fail(found)
      return false
    }
    const { answer } = found
    const recovered = trouble
    trouble = ""
    failures = 0
    if (field("version")) field("version").value = answer.version
    for (const one of removed) gone.delete(one)
    for (const [prefix, id] of Object.entries(answer.lines)) {
      const row = rows.get(prefix)
      const input = row?.querySelector("input[name$='-id']")
      if (row?.isConnected && input) input.value = id
      else gone.add(`${prefix.replace(/-\d+$/, "")}:${id}`) // taken out while its save was on the way
    }
    field("gone").value = [...gone].join(" ")
    if (!record) begun(answer)
    confirmed = says === written() ? says : withIds(says)
    const isWhole = !answer.pending.length && !answer.contested.length
    if (isWhole && !isDirty()) forget()
    else keep({ parts: true })
    form.dispatchEvent(new CustomEvent("form:saved"))
    const text = `Enregistré à ${answer.at}${answer.is_copy ? " dans la copie de travail" : ""}`
    say(status, text)
    if (recovered) say(spoken, text)
    tell(answer)
    show(answer.others)
    return true
  }

  /* The ids that lines were given are not something that somebody typed. */
  function withIds(says) {
    const old = new URLSearchParams(says)
    for (const input of form.querySelectorAll(".inline-related input[name$='-id']")) if (old.has(input.name)) old.set(input.name, input.value)
    return old.toString()
  }

  async function post(sent) {
    const body = new FormData()
    for (const [name, value] of sent) body.append(name, value)
    body.set("csrfmiddlewaretoken", field("csrfmiddlewaretoken").value)
    return ask(box.dataset.autosave, { method: "POST", body, headers: { "X-Requested-With": "XMLHttpRequest" } })
  }

  function begun(answer) {
    forget()
    record = String(answer.id)
    history.replaceState(null, "", answer.address)
    box.dataset.autosave = `${answer.address}autosave/`
    box.dataset.here = `${answer.address}here/`
  }

  function fail({ kind, answer = {} }) {
    const isNew = trouble !== kind
    trouble = kind
    const wait = WAITS[Math.min(failures++, WAITS.length - 1)]
    if (kind === "expired") {
      say(status, "Session expirée : ", link("reconnectez-vous dans un autre onglet", box.dataset.login), ", rien n’est perdu")
      plan(5000)
    } else if (kind === "stranger") {
      say(status, "Vous êtes connecté sous un autre nom : rien n’est envoyé, tout est gardé dans ce navigateur")
      plan(15000)
    } else if (kind === "refused") {
      say(status, `Pas enregistré, gardé dans ce navigateur. ${answer.error || "Enregistrez avec le bouton pour savoir pourquoi."}`)
      plan(30000)
    } else {
      say(status, `Hors ligne : gardé dans ce navigateur, nouvel essai dans ${wait / 1000} s`)
      plan(wait)
    }
    if (isNew) say(spoken, status.textContent)
  }

  /* -- what is said */

  function say(element, ...parts) {
    element.replaceChildren(...parts)
  }

  function link(text, href) {
    const link = Object.assign(document.createElement("a"), { href, target: "_blank", rel: "noopener", textContent: text })
    return link
  }

  function tell({ pending, contested, told }) {
    const lines = []
    if (contested.length) lines.push(`Quelqu’un a changé la même chose : ${contested.join(", ")}. Votre texte reste dans ce formulaire ; le bouton Enregistrer vous fera choisir.`)
    if (told) lines.push(`${told} Cela s’ajoute au vôtre ; rouvrez la page pour le voir.`)
    for (const one of pending) lines.push(`Pas encore enregistré – ${one}`)
    const news = contested.join() !== notes.dataset.contested
    notes.dataset.contested = contested.join()
    notes.replaceChildren(...lines.map((text) => Object.assign(document.createElement("p"), { textContent: text })))
    notes.hidden = !lines.length
    if (contested.length && news) say(spoken, lines[0])
  }

  function show(others) {
    people.hidden = !others.length
    const text = others.length ? `Ouvert aussi chez ${others.join(", ")} : ce que vous changez ailleurs l’un et l’autre se réunit.` : ""
    if (people.textContent.trim() !== text) people.textContent = text
  }

  /* -- a save that somebody asks for */

  form.addEventListener("submit", async (event) => {
    if (form.dataset.passed) return // asked again below, once the server is known to be there
    event.preventDefault()
    if (leaving) return // a second click
    leaving = true
    const submitter = event.submitter
    clearTimeout(timer)
    keep()
    if (flight) await flight // so that nobody conflicts with oneself
    const life = await here()
    if (life.kind !== "done") {
      leaving = false
      fail(life)
      status.scrollIntoView({ block: "nearest" })
      return
    }
    keep({ submitted: true })
    form.dataset.passed = "1"
    form.requestSubmit(submitter)
    if (!form.matches(":valid") && !form.noValidate && !submitter?.formNoValidate) {
      leaving = false
      delete form.dataset.passed
    }
  })
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return
    leaving = false
    delete form.dataset.passed
  })

  /* -- what was not confirmed when this form was closed */

  async function recover() {
    prune()
    const held = navigator.locks ? (await navigator.locks.query()).held.map((lock) => lock.name) : []
    const prefix = `grappe:copy:${box.dataset.user}:${box.dataset.kind}:${record || "new"}:`
    for (const copy of copies(prefix)) {
      if (copy.tab === tab || held.includes(`grappe:${copy.tab}`)) continue // of a tab that is open
      const version = Number(new Map(copy.fields).get("version") || 0)
      const life = await ask(`${box.dataset.here}?${new URLSearchParams({ asked: copy.tab })}`)
      const made = life.kind === "done" ? life.answer.made : null
      const isThere = (copy.submitted || copy.sent) && made && made > version
      if (isThere || isShown(copy)) forget(copy.key)
      else offer(copy)
    }
  }

  function isShown(copy) {
    const own = new FormData(form)
    const aside = ["version", "tab", "gone", "contested", "why", "csrfmiddlewaretoken"]
    return copy.fields.every(([name, value]) => aside.includes(name) || own.getAll(name).map(plain).includes(plain(value)))
  }

  const plain = (value) => String(value).replace(/\r\n/g, "\n").trim()

  function offer(copy) {
    const at = new Date(copy.at).toLocaleString("fr-FR", { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" })
    const text = Object.assign(document.createElement("p"), { textContent: `Ce navigateur a gardé, le ${at}, ce que le serveur n’a pas reçu.` })
    const take = Object.assign(document.createElement("button"), { type: "button", className: "button default", textContent: "Reprendre ce texte" })
    const drop = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: "L’écarter" })
    const offered = document.createElement("section")
    offered.className = "autosave-offer"
    offered.append(text, take, " ", drop)
    box.prepend(offered)
    say(spoken, text.textContent)
    drop.addEventListener("click", () => {
      forget(copy.key)
      offered.remove()
      status.tabIndex = -1
      status.focus()
    })
    take.addEventListener("click", async () => {
      take.disabled = true
      const life = await here()
      if (life.kind !== "done") {
        take.disabled = false
        return fail(life)
      }
      const found = await post(copy.fields)
      if (found.kind !== "done") {
        take.disabled = false
        return fail(found)
      }
      const left = [...found.answer.pending, ...found.answer.contested.map((label) => `${label} : changé entre-temps par quelqu’un d’autre`)]
      if (!left.length) {
        forget(copy.key)
        leaving = true
        form.dispatchEvent(new CustomEvent("form:saved"))
        return location.assign(found.answer.address)
      }
      // What could not be taken over is shown as it was typed.
      text.textContent = `Repris, sauf : ${left.join(" ; ")}. Voici ce qui avait été écrit :`
      const kept = document.createElement("dl")
      for (const [name, value] of copy.fields) {
        const label = form.querySelector(`label[for="id_${CSS.escape(name)}"]`)
        if (!label || !plain(value) || field(name)?.value === value) continue
        kept.append(Object.assign(document.createElement("dt"), { textContent: label.textContent }), Object.assign(document.createElement("dd"), { textContent: plain(value) }))
      }
      take.replaceWith(kept, link("Rouvrir l’article", found.answer.address))
    })
  }

  /* -- what is listened to */

  form.addEventListener("input", typed)
  form.addEventListener("change", typed)
  window.django?.jQuery?.(form).on("change", typed) // select2 tells nobody else
  document.addEventListener("formset:added", typed)
  document.addEventListener("formset:removed", typed)
  form.addEventListener("click", (event) => {
    const line = event.target.closest(".inline-deletelink")?.closest("tr")
    const id = line?.querySelector("input[name$='-id']")
    if (id?.value) gone.add(`${id.name.replace(/-\d+-id$/, "")}:${id.value}`)
    field("gone").value = [...gone].join(" ")
  }, true)
  window.addEventListener("online", () => trouble && save())
  window.addEventListener("focus", () => trouble === "expired" && save())
  document.addEventListener("visibilitychange", () => document.hidden && !flight && save())
  window.addEventListener("pagehide", () => !leaving && isDirty() && keep())
  setInterval(() => {
    if (record && !document.hidden && !flight && !leaving && Date.now() - lastSent >= BEAT && !trouble) here().then(({ kind }) => kind === "expired" && fail({ kind }))
  }, BEAT)
  if (record) here()
  recover()
}
