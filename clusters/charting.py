"""From recorded figures to a chart: which of them may share an axis, what is said of those that may not, and in which words.

Apart from the geometry, which knows no figures, and from the pages, of which two draw the same charts.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from clusters import charts, words
from clusters.models import Cluster, Indicator, Observation
from clusters.typography import FIXED

ONE_WORD = {"membres": "adhérents"}
"""Words for the same thing: those who belong to a cluster are called both in the sources."""
SIGNS = {"about": "≈", "at_least": ">", "at_most": "≤"}
SIZES = ((10**9, "milliards"), (10**6, "millions"))
SHAPES = {
    "exact": _("valeur exacte"),
    "about": _("environ"),
    "at_least": _("plus de"),
    "at_most": _("au plus"),
    "range": _("fourchette"),
}
Counted = tuple[str, str]


@dataclass(frozen=True)
class LeftOut:
    """A figure that is not drawn.

    Attributes:
        text: what it says and why it is not, in a sentence.
        row: the figure, whose source is still to be named.
    """

    text: str
    row: Observation


@dataclass(frozen=True)
class Chart:
    """An indicator over time with its figures, ready to be printed.

    Attributes:
        key: told apart from the other charts of a page by it.
        title: what is counted.
        name, description: what is drawn, of whom, and what it says, in words.
        unit: what the axis counts.
        drawings: the same chart for narrow and for wide screens; none where there is nothing to draw.
        reason: a sentence that says why nothing is drawn, or "".
        rows: the figures that are drawn, the latest first, those without a date last; each has `letter` and `precision_label`.
        series: {letter, name, href, has_line} of each cluster, in the order of their strokes; empty on the page of one.
        missing: names of clusters that have no figure among them.
        signs: the kinds of mark to explain, each {shape, label, outline}.
        remarks: sentences about why a line is broken.
        left_out: the figures that are not drawn.
    """

    key: str
    title: str
    name: str
    description: str
    unit: str
    drawings: list[charts.Drawing]
    reason: str
    rows: list[Observation]
    series: list[dict[str, Any]]
    missing: list[str]
    signs: list[dict[str, Any]]
    remarks: list[str]
    left_out: list[LeftOut]


def charts_of(cluster: Cluster, observations: Iterable[Observation]) -> list[Chart]:
    """The charts of a cluster's page, in the order of its figures: indicators with two dated values that may be compared."""
    by_indicator: dict[int, list[Observation]] = {}
    for row in observations:
        by_indicator.setdefault(row.indicator_id, []).append(row)
    found = (chart_of(rows[0].indicator, [(cluster, rows)], fewest=2) for rows in by_indicator.values())
    return [chart for chart in found if chart.drawings]


def comparison_of(indicator: Indicator, figures: Sequence[tuple[Cluster, Iterable[Observation]]]) -> Chart:
    """One chart of several clusters, each with its letter; drawn as soon as one value has a date and there is another."""
    return chart_of(indicator, figures, fewest=1, is_lettered=True)


def chart_of(
    indicator: Indicator,
    figures: Sequence[tuple[Cluster, Iterable[Observation]]],
    *,
    fewest: int,
    is_lettered: bool = False,
) -> Chart:
    """An indicator over time.

    Args:
        indicator: what is counted.
        figures: each cluster, four at most, with its figures, fetched `with_details`; other indicators' are passed over.
        fewest: dated values below which nothing is drawn.
        is_lettered: each value says whose it is.
    """
    drawn, left_out = sort_out(indicator, figures)
    for letter, (_cluster, own) in zip(charts.LETTERS, drawn, strict=False):
        _dress(own, letter if is_lettered else "")
    rows = [row for _cluster, own in drawn for row in own]
    reason = _reason_not_to_draw(indicator, rows, fewest)
    unit, drawings = ("", []) if reason else _drawn(indicator, [own for _cluster, own in drawn])
    named = ", ".join(cluster.shown_name for cluster, _own in drawn)
    return Chart(
        key=str(indicator.pk),
        title=indicator.label,
        name=gettext("%(indicator)s : %(names)s") % {"indicator": indicator.label, "names": named},
        description=_description(drawn, is_lettered),
        unit=unit,
        drawings=drawings,
        reason=reason,
        rows=rows,
        series=_series(drawn, drawings) if is_lettered else [],
        missing=[cluster.shown_name for cluster, own in drawn if not own],
        signs=_signs(drawings[-1]) if drawings else [],
        remarks=_remarks(rows) if drawings else [],
        left_out=left_out,
    )


def _reason_not_to_draw(indicator: Indicator, rows: Sequence[Observation], fewest: int) -> str:
    if not rows:
        return gettext("Aucune valeur ne peut être tracée.")
    if indicator.measure == Indicator.Measure.YEAR:
        return gettext("Une année ne se trace pas au fil du temps : la voici en tableau.")
    if sum(row.date is not None for row in rows) < fewest:
        return gettext("Aucune de ces valeurs n’est datée : rien ne permet de les placer dans le temps.")
    return gettext("Une seule valeur est connue : elle ne fait pas encore un graphique.") if len(rows) < 2 else ""


def _drawn(indicator: Indicator, series: Sequence[Sequence[Observation]]) -> tuple[str, list[charts.Drawing]]:
    """What the axis counts, and the drawings."""
    size, unit = _scale([row for rows in series for row in rows])
    points = [_point(row, number, size) for number, rows in enumerate(series) for row in rows]
    is_whole = indicator.measure == Indicator.Measure.COUNT and size == 1
    undated = gettext("sans date")
    return unit, [
        charts.draw(points, frame, write=words.grouped, unit=unit, undated=undated, is_whole=is_whole)
        for frame in (charts.NARROW, charts.WIDE)
    ]


def is_chartable(row: Observation) -> bool:
    """Whether a figure says something of one cluster by itself: neither set aside, nor of several together."""
    return row.rank != Observation.Rank.DEPRECATED and row.scope == Observation.Scope.CLUSTER


def sort_out(
    indicator: Indicator, figures: Sequence[tuple[Cluster, Iterable[Observation]]]
) -> tuple[list[tuple[Cluster, list[Observation]]], list[LeftOut]]:
    """The figures of an indicator that count the same thing, by cluster, and those that do not, with the reason.

    Figures that are set aside are passed over in silence: the pages show them with their reason elsewhere.
    """
    own = [
        (
            cluster,
            [row for row in rows if row.indicator_id == indicator.pk and row.rank != Observation.Rank.DEPRECATED],
        )
        for cluster, rows in figures
    ]
    thing = _common([row for _cluster, rows in own for row in rows if is_chartable(row)], indicator)
    left_out, told = [], set()
    for cluster, rows in own:
        for row in rows:
            if row.pk not in told and (reason := _reason(row, thing)):
                told.add(row.pk)  # a joint figure stands with each of its clusters, and is told once
                who = f"{cluster.shown_name}, " if len(figures) > 1 and is_chartable(row) else ""
                dated = words.when(row)
                figure = f"{who}{words.value(row)}" + (f" ({dated})" if dated else "")
                text = gettext("%(figure)s : %(reason)s.") % {"figure": figure, "reason": reason}
                left_out.append(LeftOut(text, row))
    drawn = [(cluster, [row for row in rows if is_chartable(row) and _counted(row) == thing]) for cluster, rows in own]
    return drawn, left_out


def _counted(row: Observation) -> Counted:
    """What a figure counts, as (currency, noun): figures that differ in it share no axis.

    « membres actifs » and « adhérents » are the same people counted more or less strictly, which breaks a line but not an
    axis; « entreprises » among figures of members are others.
    """
    if row.indicator.measure == Indicator.Measure.MONEY:
        return row.currency, row.unit
    said = (row.unit or row.indicator.unit).casefold()
    noun = said if " et " in said else said.partition(" ")[0]
    return "", ONE_WORD.get(noun, noun)


def _common(rows: Sequence[Observation], indicator: Indicator) -> Counted:
    """What most of the dated figures count; where as many count two things, what the indicator itself does."""
    votes: Counter[Counted] = Counter()
    for row in rows:
        # A date weighs more than any number of values without: only dated ones make a line.
        votes[_counted(row)] += len(rows) + 1 if row.date else 1
    usual = "" if indicator.measure == Indicator.Measure.MONEY else indicator.unit.casefold()
    return max(votes, key=lambda thing: (votes[thing], thing[1] == usual, thing), default=("", usual))


def _reason(row: Observation, thing: Counted) -> str:
    """Why a figure is not drawn, in words that end a sentence; empty where it is."""
    if row.scope == Observation.Scope.JOINT:
        together = gettext(" et ").join(
            filter(
                None, (", ".join(one.shown_name for one in row.shown_subjects[:-1]), row.shown_subjects[-1].shown_name)
            )
        )
        return gettext("chiffre commun à %(clusters)s, que rien ne permet de partager") % {"clusters": together}
    own = _counted(row)
    if row.scope != Observation.Scope.CLUSTER or own == thing:
        return ""
    if row.indicator.measure == Indicator.Measure.COUNT:
        return gettext("compte des %(these)s, et non des %(others)s") % {
            "these": row.unit or row.indicator.unit or own[1],
            "others": thing[1],
        }
    return gettext("exprimé en %(this)s, et non en %(other)s") % {"this": _named(own), "other": _named(thing)}


def _named(thing: Counted) -> str:
    currency, unit = thing
    return f"{words.currency_name(currency)} {unit}".strip() if currency else unit


def _scale(rows: Sequence[Observation]) -> tuple[int, str]:
    """By how much the axis divides large numbers, and what it then counts: (1, « adhérents »), (10⁶, « millions de dirhams »)."""
    measure, thing = rows[0].indicator.measure, _counted(rows[0])
    if measure == Indicator.Measure.PERCENTAGE:
        return 1, "%"
    said = {row.unit or row.indicator.unit for row in rows}
    unit = _named(thing) if measure == Indicator.Measure.MONEY or len(said) > 1 else next(iter(said))
    largest = max(row.upper or row.value for row in rows)
    for size, name in SIZES:
        if largest >= size:
            elided = "d’" if unit[:1].lower() in "aeiouyéh" and unit else f"de{FIXED}"
            return size, f"{gettext(name)} {elided}{unit}" if unit else gettext(name)
    return 1, unit


def _point(row: Observation, series: int, size: int) -> charts.Point:
    number = words.grouped(round(row.value / size, 2))
    if row.upper is not None:
        number = f"{number}\N{EN DASH}{words.grouped(round(row.upper / size, 2))}"
    elif row.precision in SIGNS:
        number = f"{SIGNS[row.precision]}{FIXED}{number}"
    return charts.Point(
        value=Decimal(row.value) / size,
        first=row.dated_first,
        last=row.dated_last,
        upper=None if row.upper is None else Decimal(row.upper) / size,
        precision=row.precision,
        unit=row.unit or row.indicator.unit,
        series=series,
        is_preferred=row.rank == Observation.Rank.PREFERRED,
        label=f"{row.letter}{FIXED}{number}".strip(),
        key=f"{words.value(row)}, {words.when(row)}",
    )


def _series(drawn: Iterable[tuple[Cluster, Any]], drawings: Iterable[charts.Drawing]) -> list[dict[str, Any]]:
    joined = {line.letter for drawing in drawings for line in drawing.lines}
    return [
        {"letter": letter, "name": cluster.shown_name, "href": cluster.shown_address, "has_line": letter in joined}
        for letter, (cluster, _rows) in zip(charts.LETTERS, drawn, strict=False)
    ]


def _dress(rows: list[Observation], letter: str) -> None:
    """Order the figures of a cluster as a table has them, the latest first, and give each what the table says besides."""
    rows.sort(key=lambda row: (row.value, row.pk))
    rows.sort(key=lambda row: row.dated_last or dt.date.min, reverse=True)
    for row in rows:
        row.letter = letter
        row.precision_label = SHAPES["range"] if row.upper is not None else SHAPES[row.precision]


def _signs(drawing: charts.Drawing) -> list[dict[str, Any]]:
    used = [
        {"shape": shape, "label": label, "outline": charts.OUTLINES.get(shape, "")}
        for shape, label in SHAPES.items()
        if shape in drawing.shapes
    ]
    if drawing.has_periods:
        used.append({"shape": "period", "label": gettext("période de la date"), "outline": ""})
    return used


def _remarks(rows: Iterable[Observation]) -> list[str]:
    """That a line is broken, or missing, where the sources count more or less strictly."""
    units = list(dict.fromkeys(row.unit or row.indicator.unit for row in rows if row.date))
    if len(units) < 2:
        return []
    return [
        gettext("Les sources ne comptent pas de la même façon (%(units)s) : ces valeurs ne sont pas reliées.")
        % {"units": ", ".join(units)}
    ]


def _description(drawn: Sequence[tuple[Cluster, list[Observation]]], is_named: bool) -> str:
    """What the chart says, in sentences: of each cluster the first and the last value with their dates, and how many there are."""
    said = []
    for cluster, rows in drawn:
        if rows:
            about = f"{cluster.shown_name}{FIXED}: " if is_named else ""
            sentence = about + _course([row for row in rows if row.date], sum(not row.date for row in rows))
            said.append(sentence[:1].upper() + sentence[1:])
    return " ".join(said)


def _course(dated: list[Observation], undated: int) -> str:
    """« 60 adhérents en 2016, puis plus de 210 adhérents en 2024, 3 valeurs datées et 1 sans date »."""
    dated.sort(key=lambda row: (row.dated_first.toordinal() + row.dated_last.toordinal(), row.pk))
    told = [f"{words.value(row)} {words.at(row.date)}" for row in dated]
    course = (
        gettext("%(first)s, puis %(last)s, ") % {"first": told[0], "last": told[-1]}
        if len(told) > 1
        else f"{told[0]}, "
        if told
        else ""
    )
    counts = ngettext("%d valeur datée", "%d valeurs datées", len(dated)) % len(dated)
    without = ngettext("%d sans date", "%d sans date", undated) % undated if undated else gettext("aucune sans date")
    return gettext("%(course)s%(dated)s et %(undated)s.") % {"course": course, "dated": counts, "undated": without}
