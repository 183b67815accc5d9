/* « Raccourcis »: every key of the body editor on one page. */
import { Extension, crel, gettext } from "django-prose-editor/editor"
import { open } from "grappe/dialogs"

const KEYS = [
  ["Ctrl+B", gettext("gras")],
  ["Ctrl+I", gettext("italique")],
  ["Ctrl+Alt+2", gettext("intertitre")],
  ["Ctrl+Alt+3", gettext("sous-intertitre")],
  ["Ctrl+Alt+0", gettext("paragraphe")],
  ["Ctrl+Maj+8", gettext("liste à puces")],
  ["Ctrl+Maj+7", gettext("liste numérotée")],
  ["Ctrl+Maj+B", gettext("citation")],
  ["Ctrl+Alt+Q", gettext("exergue")],
  ["Ctrl+Alt+B", gettext("encadré")],
  ["Ctrl+K", gettext("lien, vers une page du site ou une adresse")],
  ["Ctrl+Maj+K", gettext("cluster du registre")],
  ["Ctrl+Alt+I", gettext("image de la bibliothèque")],
  ["Ctrl+Alt+N", gettext("note de bas de page")],
  ["Ctrl+Alt+V", gettext("vidéo ou graphique d’un autre site")],
  ["Ctrl+Alt+T", gettext("tableau")],
  ["Ctrl+Alt+↓", gettext("dans un tableau, ligne suivante")],
  ["Ctrl+Alt+→", gettext("dans un tableau, colonne suivante")],
  ["Ctrl+Alt+H", gettext("dans un tableau, cellule d’en-tête ou non")],
  ["Tab", gettext("dans un tableau, cellule suivante ; de la dernière, hors du texte")],
  ["Entrée", gettext("sur une note ou une vidéo choisie, la modifier")],
  ["Ctrl+Z", gettext("annuler")],
  ["Ctrl+Maj+Z", gettext("rétablir")],
  ["Ctrl+Entrée", gettext("enregistrer")],
  ["Ctrl+Maj+F", gettext("chercher à la rédaction")],
]

function show(editor) {
  const rows = KEYS.map(([key, words]) => crel("div", {}, [crel("dt", {}, [crel("kbd", { textContent: key })]), crel("dd", { textContent: words })]))
  return open(gettext("Raccourcis"), [crel("div", { className: "shortcuts", tabIndex: 0, "aria-label": gettext("Raccourcis"), role: "group" }, [crel("dl", {}, rows)])], { submit: "" }).then(() => editor.commands.focus())
}

export const Shortcuts = Extension.create({
  name: "shortcuts",
  addKeyboardShortcuts() {
    return { "Mod-/": () => Boolean(show(this.editor)) }
  },
  addMenuItems({ buttons, menu }) {
    menu.defineItem({
      name: "shortcuts",
      groups: "history",
      command: show,
      button: buttons.material("keyboard", gettext("Raccourcis")),
    })
  },
})
