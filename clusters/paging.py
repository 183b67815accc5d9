"""Pages of a long list: the one asked for, or none.

Apart from the views because both rooms list things, and a page that is not there must be answered alike everywhere.
"""

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest

PER_PAGE = 24


def page_of(rows: QuerySet, request: HttpRequest, per_page: int = PER_PAGE, total: int | None = None) -> Page:
    """The page asked for by `?page=`.

    Args:
        total: how many rows there are, where the caller has counted them already.
    Raises:
        Http404: there is no such page; the first is there even when it is empty.
    """
    asked = request.GET.get("page", "1")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 9):
        raise Http404
    paginator = Paginator(rows, per_page)
    if total is not None:
        paginator.count = total
    if not 1 <= int(asked) <= paginator.num_pages:
        raise Http404
    return paginator.page(int(asked))
