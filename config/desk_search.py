"""The search of the admin: records of every kind that one may see, and the admin's own pages.

It has no rule of its own for who finds what. Each kind is asked through its own admin (has_view_permission, get_queryset,
get_search_results), so that what a list hides is neither found nor counted here, and each row is told in the words of that list.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.admin.utils import display_for_field, display_for_value, lookup_field, unquote
from django.db.models import Case, Exists, IntegerField, OuterRef, Q, Value, When
from django.http import Http404, HttpRequest
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils.functional import Promise
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.models import ShareLink
from articles.models.links import RECORDS, ROUTES
from clusters import addresses, fulltext
from clusters.destinations import own_address
from clusters.markup import plain
from clusters.related import is_id

LONGEST = 200
"""Signs of a query that are read; nobody types more, and what is pasted by mistake is not searched for."""
SHOWN = 6
"""Rows of each kind; the rest is one click away, in the list of that kind."""
TITLE = 160
NUMBER = re.compile(r"#?\s?([0-9]{1,18})")
COMMENT_ANCHOR = re.compile(r"c([0-9]{1,18})")


def _as_it_is(rows: Any) -> Any:
    return rows


@dataclass(frozen=True)
class Kind:
    """How rows of a kind are found and told, where it is not simply as its admin lists them.

    Attributes:
        columns: of its admin's list, told beneath each row.
        rows: fetches what these columns print.
        order: of rows that match equally well; the admin's own unless given.
        everything: what its list is asked besides the words, so as not to hide what was found.
        is_numbered: colleagues speak of one by its number.
        is_ranked: it stands in the full-text index, which knows what matches best.
    """

    columns: tuple[str, ...] = ()
    rows: Callable[[Any], Any] = _as_it_is
    order: tuple[str, ...] = ()
    everything: Mapping[str, str] = field(default_factory=dict)
    is_numbered: bool = False
    is_ranked: bool = False


KINDS = {
    "articles.article": Kind(
        ("state_in_words", "signed_by", "date"), lambda rows: rows.with_teaser(), is_numbered=True, is_ranked=True
    ),
    "articles.comment": Kind(
        ("standing", "author", "about", "age"),
        order=("-created_at", "-pk"),
        everything={"state": "all"},
        is_numbered=True,
    ),
    "articles.picture": Kind(("created_at",), is_numbered=True),
    "articles.series": Kind(("articles_out",), lambda rows: rows.with_article_counts()),
    "articles.tag": Kind(("leads_to",)),
    "articles.author": Kind(("account",)),
    "clusters.cluster": Kind(("publication", "situation", "country_name"), is_numbered=True, is_ranked=True),
    "clusters.observation": Kind(("validity", "indicator", "subject", "dated_in_words")),
    "clusters.suggestion": Kind(("situation", "what", "about", "waiting"), is_numbered=True),
    "clusters.source": Kind(("publication", "publisher", "date")),
    "clusters.programme": Kind(("publication", "kind", "period")),
    "clusters.indicator": Kind(("code",)),
    "clusters.sector": Kind(("code",)),
    "clusters.merge": Kind(("state", "day")),
    "clusters.formeraddress": Kind(("kind_in_words", "day")),
    "auth.user": Kind(("full_name", "roles")),
}
"""Model → how it is told. A kind that is registered and not named here is searched as well, and told by its title alone."""


@dataclass(frozen=True)
class Page:
    """A page of the admin's own that no list of a table is.

    Attributes:
        permissions: open it; none for everybody in the newsroom.
        words: by which it is looked for besides its name.
    """

    label: str | Promise
    view: str
    permissions: tuple[str, ...] = ()
    words: str | Promise = ""


PAGES = (
    Page(
        _("Images sans texte ou sans crédit"), "articles_picture_texts", ("articles.change_picture",),
        _("textes manquants alternatif légende accessibilité"),
    ),
    Page(
        _("Liens à réparer"), "articles_article_links", ("articles.view_article",),
        _("cassés morts brisés rompus extérieurs"),
    ),
    Page(
        _("Fiches à soigner"), "clusters_cluster_care", ("clusters.change_cluster",),
        _("clusters soin vérifier doublons homonymes avertissements"),
    ),
    Page(_("Mot de passe"), "password_change", words=_("changer compte")),
    Page(_("Aujourd’hui"), "index", words=_("accueil bureau tâches")),
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A record: its title, its address in the admin, and what its list tells of it."""

    title: str
    href: str
    told: list[str]
    kind: str = ""


@dataclass(frozen=True)
class Group:
    """What was found of one kind: the best rows, how many there are, and the list of all of them."""

    label: str
    anchor: str
    rows: list[Row]
    total: int
    more: str


@dataclass
class Found:
    """What a query found, of what this person may see.

    Attributes:
        named: what it names by number, identifier or address.
        pages: (name, address) of pages of the admin.
    """

    named: list[Row] = field(default_factory=list)
    pages: list[tuple[str, str]] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(group.total for group in self.groups)

    def __bool__(self) -> bool:
        return bool(self.named or self.pages or self.groups)


def asked(text: str) -> str:
    """What is searched for of what was typed: one line, without what disguises it, and no longer than anybody types."""
    return " ".join(plain(text[: 4 * LONGEST]).split())[:LONGEST].strip()


def run(site: AdminSite, request: HttpRequest, query: str) -> Found:
    """Search everything that this person may see; a few queries for each kind, however much there is.

    Args:
        query: as `asked` returns it.
    """
    if not query:
        return Found()
    found = Found(named=_named(site, request, query))
    if found.named and own_address(request, query):
        return found
    found.pages = _pages(site, request, query)
    found.groups = [group for owner in searched(site, request) if (group := _group(owner, request, query))]
    return found


def searched(site: AdminSite, request: HttpRequest) -> Iterator[ModelAdmin]:
    """The admins that are asked for this person, in the order of the work."""
    for app in site.get_app_list(request):
        for entry in app["models"]:
            owner = site.get_model_admin(entry["model"]) if "model" in entry else None
            if owner and owner.has_view_permission(request) and owner.get_search_fields(request):
                yield owner


# -- One kind ----------------------------------------------------------------------------------------------------------


def _kind_of(owner: ModelAdmin) -> Kind:
    return KINDS.get(owner.opts.label_lower, Kind())


def _group(owner: ModelAdmin, request: HttpRequest, query: str) -> Group | None:
    seen = owner.get_queryset(request)
    matching, has_duplicates = owner.get_search_results(request, seen, query)
    if has_duplicates:  # as the admin's own lists do it
        matching = seen.filter(Exists(matching.filter(pk=OuterRef("pk"))))
    rows = list(_listed(owner, request, _best_first(owner, request, matching, query))[: SHOWN + 1])
    if not rows:
        return None
    total = len(rows) if len(rows) <= SHOWN else matching.order_by().count()
    asks = urlencode({**_kind_of(owner).everything, "q": query})
    return Group(
        label=capfirst(str(owner.opts.verbose_name_plural)),
        anchor=f"{owner.opts.app_label}-{owner.opts.model_name}",
        rows=[_row(owner, request, record) for record in rows[:SHOWN]],
        total=total,
        more=f"{_address(owner, 'changelist')}?{asks}",
    )


def _listed(owner: ModelAdmin, request: HttpRequest, rows: Any) -> Any:
    """Rows with what the list of their kind prints of them."""
    related = owner.get_list_select_related(request)
    rows = _kind_of(owner).rows(rows)
    return rows.select_related(*related) if isinstance(related, (list, tuple)) and related else rows


def _best_first(owner: ModelAdmin, request: HttpRequest, rows: Any, query: str) -> Any:
    """By the full-text index where the kind stands in it; else what is called so, what begins so, what is named so."""
    kind = _kind_of(owner)
    if kind.is_ranked and (hits := fulltext.hits(rows, query)).best:
        return hits.in_order(rows)
    order = kind.order or (*(owner.get_ordering(request) or owner.opts.ordering), "-pk")
    name = owner.get_search_fields(request)[0].lstrip("^=@")
    if "__" in name:
        return rows.order_by(*order)
    how_well = ("iexact", "istartswith", "icontains")
    places = [When(Q((f"{name}__{lookup}", query)), then=Value(place)) for place, lookup in enumerate(how_well)]
    return rows.order_by(Case(*places, default=Value(len(places)), output_field=IntegerField()), *order)


def _row(owner: ModelAdmin, request: HttpRequest, record: Any, kind: str = "") -> Row:
    columns = {getattr(column, "__name__", column): column for column in owner.get_list_display(request)}
    title = _told(owner, record, next(iter(columns.values())))
    told = [_told(owner, record, columns.get(name, name)) for name in _kind_of(owner).columns]
    return Row(
        title=Truncator(title or str(record)).chars(TITLE) or gettext("(sans titre)"),
        href=_address(owner, "change", record.pk),
        told=[one for one in told if one],
        kind=kind,
    )


def _told(owner: ModelAdmin, record: Any, column: Any) -> str:
    """What a column of a list says of a record; "" if nothing."""
    empty = owner.get_empty_value_display()
    column_field, _attribute, value = lookup_field(column, record, owner)
    shown = display_for_field(value, column_field, empty) if column_field else display_for_value(value, empty)
    return "" if str(shown) in ("", "–", str(empty)) else shown


def _address(owner: ModelAdmin, page: str, *arguments: Any) -> str:
    return reverse(f"{owner.admin_site.name}:{owner.opts.app_label}_{owner.opts.model_name}_{page}", args=arguments)


# -- What a query names ------------------------------------------------------------------------------------------------


def _named(site: AdminSite, request: HttpRequest, query: str) -> list[Row]:
    """The records that a query names: `#42`, `GRP-0042`, an identifier elsewhere, or an address of ours."""
    if own_address(request, query):
        return list(_at_address(site, request, query))
    by_number = NUMBER.fullmatch(query)
    rows = []
    for owner in searched(site, request):
        ways = Q()
        if by_number and _kind_of(owner).is_numbered:
            ways |= Q(pk=by_number[1])
        if owner.opts.label_lower == "clusters.cluster" and " " not in query:
            identified = owner.model.identifiers.rel.related_model.objects.filter(value__iexact=query)
            ways |= Q(public_id__iexact=query) | Q(pk__in=identified.values("cluster"))
        rows += _rows_of(owner, request, owner.get_queryset(request).filter(ways)[:SHOWN]) if ways else []
    return rows


def _rows_of(owner: ModelAdmin, request: HttpRequest, rows: Any) -> list[Row]:
    kind = capfirst(str(owner.opts.verbose_name))
    return [_row(owner, request, record, kind) for record in _listed(owner, request, rows)]


def _at_address(site: AdminSite, request: HttpRequest, address: str) -> Iterator[Row]:
    """What a page of the site or of the admin is about, as far as this person's admin shows it."""
    parts = own_address(request, address)
    match = _resolved(parts.path)
    if match is None:
        return
    anchor = COMMENT_ANCHOR.fullmatch(parts.fragment)
    if anchor and match.view_name == "articles:detail":
        yield from _one(site, request, "articles.comment", pk=anchor[1])
    yield from _of_page(site, request, match)


def _resolved(path: str) -> ResolverMatch | None:
    for one in (path, f"{path}/"):
        try:
            return resolve(one)
        except Resolver404:
            continue
    return None


def _of_page(site: AdminSite, request: HttpRequest, match: ResolverMatch) -> list[Row]:
    given = match.kwargs
    if match.namespaces == [site.name]:
        named = unquote(str(given.get("object_id", "")))
        models = {f"{model._meta.app_label}_{model._meta.model_name}": model for model in site._registry}
        model = models.get("_".join(str(match.url_name).split("_")[:2]))
        return _one(site, request, model._meta.label, pk=named) if model and is_id(named) else []
    if match.view_name == "articles:picture":
        return _one(site, request, "articles.picture", pk=given["pk"])
    if match.view_name == "articles:shared":
        link = ShareLink.objects.of_token(given["token"])
        return _one(site, request, "articles.article", pk=link.article_id) if link else []
    if match.view_name == "clusters:correction_followed":
        return _one(site, request, "clusters.suggestion", token=given["token"])
    if match.view_name == "api:cluster":
        return _one(site, request, "clusters.cluster", public_id=given["public_id"])
    kind = ROUTES.get("articles:detail" if match.view_name == "comments:submit" else match.view_name)
    return _one(site, request, RECORDS[kind], slug=given["slug"]) if kind else []


def _one(site: AdminSite, request: HttpRequest, label: str, **lookup: Any) -> list[Row]:
    """The row of a kind that has this key; by its slug also where it stood before."""
    owner = next(one for model, one in site._registry.items() if model._meta.label_lower == label.lower())
    if not owner.has_view_permission(request) or not is_id(lookup.get("pk", 0)):
        return []
    rows = owner.get_queryset(request)
    if "slug" not in lookup:
        return _rows_of(owner, request, rows.filter(**lookup)[:1])
    try:
        pk = addresses.find(rows, lookup["slug"]).pk
    except addresses.Moved as moved:
        pk = moved.record.pk
    except Http404:
        return []
    return _rows_of(owner, request, rows.filter(pk=pk))


# -- Pages of the admin ------------------------------------------------------------------------------------------------


def _pages(site: AdminSite, request: HttpRequest, query: str) -> list[tuple[str, str]]:
    """The pages whose name has every word of the query, or the beginning of it."""
    forms = fulltext.query_terms(query)
    if not forms:
        return []
    return [(label, href) for label, href, words in _all_pages(site, request) if _has_all(forms, f"{label} {words}")]


def _all_pages(site: AdminSite, request: HttpRequest) -> Iterator[tuple[str, str, str]]:
    """(name, address, other words) of each page that opens for this person without naming a record."""
    for app in site.get_app_list(request):
        for entry in app["models"]:
            yield str(entry["name"]), entry["admin_url"] or "", ""
            if entry["add_url"]:
                owner = site.get_model_admin(entry["model"])
                own_title, name = str(getattr(owner, "add_title", "")), str(owner.opts.verbose_name)
                told = own_title if " " in own_title else gettext("Ajouter : %s") % name
                yield told, entry["add_url"], f"{gettext('ajouter créer nouveau')} {name}"
            owner = site.get_model_admin(entry["model"]) if "model" in entry else None
            # Not by its class: what is read while the site of the admin is being made cannot read the admins.
            may_import = getattr(owner, "may_import", None)
            if may_import and may_import(request):
                yield str(owner.import_title), owner.address_of("import"), "csv xlsx excel"
    for page in PAGES:
        if request.user.has_perms(page.permissions):
            yield str(page.label), reverse(f"{site.name}:{page.view}"), str(page.words)


def _has_all(asked_for: list[list[str]], words: str) -> bool:
    terms = set(fulltext.analyse(words))

    def is_there(form: str) -> bool:
        return form in terms or (len(form) >= 3 and any(term.startswith(form) for term in terms))

    return all(any(map(is_there, forms)) for forms in asked_for)
