"""How the admin of a cluster leads to the texts that name it, without the registry knowing of texts."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.http import urlencode

from clusters.models import Cluster

register = template.Library()


@register.inclusion_tag("admin/articles/mentions_link.html", takes_context=True)
def mentions_link(context: Any, cluster: Cluster) -> dict[str, str]:
    """The link, for those who may write in texts; nothing of a cluster that no text may refer to yet."""
    may = context["request"].user.has_perm("articles.change_article") and cluster.is_published
    page = f"{reverse('admin:articles_article_mentions')}?{urlencode({'fiche': cluster.public_id})}"
    return {"href": page if may and not cluster.merged_into_id else ""}
