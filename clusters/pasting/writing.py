"""The house's HTML of paragraphs that stand in a row: headings of two levels, lists within lists, quotations, tables."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from clusters.pasting.lines import INDENTED, Item, Line
from clusters.pasting.runs import tidy, written
from clusters.pasting.tables import Table, read_table

DEEPEST_LIST = 6
TITLE = 1
"""The ranks up to this one may be a document's title."""


@dataclass
class _List:
    """A list that is open: what comes after its last item."""

    is_ordered: bool
    next_number: int


def html_of(lines: list[Line]) -> str:
    """Paragraphs as the body has them."""
    lines = _without_frames(lines)
    _quote_the_indented(lines)
    levels = _levels(lines)
    writer = _Writer()
    for line in lines:
        writer.add(line, levels)
    return writer.end()


def _without_frames(lines: Iterable[Line]) -> list[Line]:
    out: list[Line] = []
    for line in lines:
        table = read_table(line.table) if line.table is not None else None
        if table is not None and table.is_frame:
            out += [replace(inner, is_quoted=line.is_quoted) for inner in table.lines]
        else:
            out.append(line)
    return out


def _quote_the_indented(lines: list[Line]) -> None:
    """A paragraph that stands in is quoted, unless all do: then it is the page that is narrow."""
    plain = [
        line for line in lines if line.rank is None and line.item is None and line.table is None and not line.is_rule
    ]
    if any(line.indent < INDENTED for line in plain):
        for line in plain:
            line.is_quoted = line.is_quoted or line.indent >= INDENTED


def _levels(lines: list[Line]) -> dict[int, int]:
    """Rank of a heading → level in the body: the highest that is used is the second level, whatever it was there.

    The title of a document, alone above everything, is not one level of the text: what is below it begins anew.
    """
    ranks = [line.rank for line in lines if line.rank is not None]
    used = sorted(set(ranks))
    levels = dict.fromkeys(used, 3)
    first = lines[0].rank if lines else None
    if len(used) > 1 and first == used[0] and first <= TITLE and ranks.count(first) == 1:
        levels[used[0]] = levels[used[1]] = 2
    elif used:
        levels[used[0]] = 2
    return levels


class _Writer:
    def __init__(self) -> None:
        self.out: list[str] = []
        self._lists: list[_List] = []
        self._is_quoting = False

    def add(self, line: Line, levels: dict[int, int]) -> None:
        if line.item is None:
            self._close_lists(0)
        if line.is_quoted != self._is_quoting:
            self._close_lists(0)
            self.out.append("<blockquote>" if line.is_quoted else "</blockquote>")
            self._is_quoting = line.is_quoted
        if line.table is not None:
            self._close_lists(0)
            self.out.append(_table(read_table(line.table)))
        elif line.is_rule:
            self._close_lists(0)
            self.out.append("<hr>")
        elif line.item is not None:
            self._item(line.item, line)
        elif line.rank is not None and not line.is_quoted:
            tag = f"h{levels.get(line.rank, 3)}"
            self.out.append(f"<{tag}>{written(tidy(line.runs, bold=False))}</{tag}>")
        else:
            self.out.append(_paragraph(line))

    def end(self) -> str:
        self._close_lists(0)
        if self._is_quoting:
            self.out.append("</blockquote>")
        return "".join(self.out)

    def _item(self, item: Item, line: Line) -> None:
        level = min(item.level, len(self._lists) + 1, DEEPEST_LIST)
        if not item.is_new and self._lists:
            self._close_lists(min(item.level, len(self._lists)))
            self.out.append(_paragraph(line))
            return
        self._close_lists(level)
        number = item.number or 1
        if len(self._lists) == level:
            here = self._lists[-1]
            goes_on = here.is_ordered == item.is_ordered and (
                not item.is_ordered or here.next_number in (item.number, item.or_number)
            )
            if goes_on:
                self.out.append("</li>")
                here.next_number += 1
            else:
                self._close_lists(level - 1)
        if len(self._lists) < level:
            self._lists.append(_List(item.is_ordered, number + 1))
            start = f' start="{number}"' if item.is_ordered and number != 1 else ""
            self.out.append(f"<ol{start}>" if item.is_ordered else "<ul>")
        self.out.append(f"<li>{_paragraph(line)}")

    def _close_lists(self, level: int) -> None:
        """End the lists that are deeper than a level."""
        while len(self._lists) > level:
            self.out.append("</li></ol>" if self._lists.pop().is_ordered else "</li></ul>")


def _paragraph(line: Line) -> str:
    return f"<p>{written(tidy(line.runs))}</p>"


def _table(table: Table) -> str:
    out = [_paragraph(line) for line in table.caption]
    out.append("<table><tbody>")
    for row in table.rows:
        out.append("<tr>")
        for cell in row:
            tag = "th" if cell.is_header else "td"
            spans = "".join(
                f' {name}="{count}"' for name, count in (("colspan", cell.columns), ("rowspan", cell.rows)) if count > 1
            )
            writer = _Writer()
            for line in cell.lines:
                runs = tidy(line.runs, bold=not cell.is_header)
                writer.add(replace(line, runs=runs), {})
            out.append(f"<{tag}{spans}>{writer.end()}</{tag}>")
        out.append("</tr>")
    out.append("</tbody></table>")
    return "".join(out)
