"""The discussion under an article: threads by key, and the form, with no script and no cookie."""

from typing import Any

from django import template
from django.template import Context

from articles.comments.forms import CommentForm, form_token
from articles.comments.models import Comment
from articles.models import Article

register = template.Library()

PER_PAGE = 25


@register.inclusion_tag("articles/comments/_discussion.html", takes_context=True)
def discussion(context: Context, article: Article, form: CommentForm | None) -> dict[str, Any]:
    """The comments of an article and the form.

    The address says which page of threads it is: `?after=` the last thread read, or `?thread=` one that must be on it;
    `?reply=` the comment that the form answers.

    Args:
        form: the bound form of a post that was refused, or None.
    """
    query = {} if form else context["request"].GET
    reply = form.answered.pk if form and form.answered else _number(query.get("reply"))
    shown = Comment.objects.threads(article)
    start, is_first = shown, True
    if wanted := _number(query.get("thread")) or reply:
        if shown.filter(pk__lt=wanted)[:PER_PAGE].count() == PER_PAGE:
            start, is_first = shown.filter(pk__gte=wanted), False
    elif after := _number(query.get("after")):
        start, is_first = shown.filter(pk__gt=after), False
    threads = list(start.with_replies()[: PER_PAGE + 1])
    has_more, threads = len(threads) > PER_PAGE, threads[:PER_PAGE]
    address = article.get_absolute_url()
    is_preview = bool(context.get("is_preview"))
    is_open = article.accepts_comments and not is_preview
    for thread in threads:
        for comment in (thread, *thread.shown_replies):
            comment.article = article  # its address needs the article's; fetched once, not per comment
        can_answer = is_open and thread.is_published
        thread.reply_href = f"{address}?thread={thread.pk}&reply={thread.pk}#repondre" if can_answer else ""
    return {
        "article": article,
        "threads": threads,
        "first_href": "" if is_first else f"{address}#discussion",
        "next_href": f"{address}?after={threads[-1].pk}#discussion" if has_more else "",
        "is_open": is_open,
        "is_preview": is_preview,
        "is_received": query.get("comment") == "received",
        "form": form or CommentForm(article=article),
        "answered": next((thread for thread in threads if thread.pk == reply and thread.is_published), None),
        "cancel_href": f"{address}#repondre",
        "token": form_token(article) if is_open else "",
    }


def _number(text: str | None) -> int | None:
    """A key from an address; None for anything that cannot be one."""
    return int(text) if text and len(text) < 19 and text.isascii() and text.isdigit() else None
