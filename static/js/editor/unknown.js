/* What this editor does not know (a node of a later version, of an import) is shown as its words, cannot be changed, and is
   saved as it came. It can be moved or deleted like any block. */
import { Node, crel, gettext } from "django-prose-editor/editor"

const KNOWN = new Set(["data-cluster", "data-note", "data-picture", "data-embed", "data-box", "data-to"])
const isUnknown = (element) => {
  const names = [...element.attributes].map((one) => one.name).filter((name) => /^data-[a-z]{3,30}$/.test(name))
  return names.length > 0 && !names.some((name) => KNOWN.has(name))
}

function element(html) {
  const template = document.createElement("template")
  template.innerHTML = html
  return document.importNode(template.content.firstElementChild, true)
}

const unknown = (name, tags, values) =>
  Node.create({
    name,
    atom: true,
    selectable: true,
    draggable: true,
    priority: 10,
    ...values,
    addAttributes: () => ({ html: { default: "<div></div>", parseHTML: (one) => one.outerHTML, renderHTML: () => ({}) } }),
    parseHTML: () => tags.map((tag) => ({ tag, priority: 1, getAttrs: (one) => (isUnknown(one) ? null : false) })),
    renderHTML: ({ node }) => element(node.attrs.html),
    addNodeView: () => ({ node }) => {
      const words = element(node.attrs.html).textContent.trim()
      const label = gettext("Élément inconnu, conservé tel quel")
      const dom = crel(values.inline ? "span" : "div", { className: "node-unknown", contentEditable: "false", title: label }, [
        crel("span", { className: "node-about", textContent: `${label}${words ? " : " : ""}` }), words,
      ])
      return { dom }
    },
  })

export const UnknownBlock = unknown("unknownBlock", ["div", "figure", "aside"], { group: "block" })
export const UnknownInline = unknown("unknownInline", ["span"], { group: "inline", inline: true })
