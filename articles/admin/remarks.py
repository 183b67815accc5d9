"""Remarks of colleagues beside an article's form, and on a page of their own, where they are written and settled.

They are sent by a form of their own that opens another window, so that nothing typed in the article is lost on the way; a
script (static/js/admin/remarks.js) keeps it all in place. Who may read them says Article.may_share_remarks_with.
"""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods
from js_asset import Script

from articles import notices
from articles.models import Article, Remark
from articles.models.remarks import NOTHING_SAID
from clusters.colleagues import person
from clusters.related import OneOf, is_id

IDS = "remark_%s"
"""Ids of its fields: the article's form, beside which it stands, has a body too."""


class RemarkForm(forms.ModelForm):
    """A remark, and perhaps to whom."""

    class Meta:
        model = Remark
        fields = ["body", "to"]
        field_classes = {"to": OneOf}
        widgets = {"body": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].error_messages["required"] = NOTHING_SAID
        self.fields["to"].queryset = readers(self.instance.article).exclude(pk=self.instance.by_id)
        self.fields["to"].label_from_instance = person
        self.fields["to"].empty_label = _("Toute la rédaction")
        for field in self.fields.values():
            field.widget.attrs["form"] = "remarks-form"


def readers(article: Article) -> models.QuerySet:
    """Accounts that may read the remarks on an article: editors, and those whose article it is."""
    people = get_user_model().objects
    own = models.Q(author__bylines__article=article) | models.Q(pk__in=(article.created_by_id, article.assigned_to_id))
    asked = models.Q(pk__in=[one.pk for one in notices.editors()]) | own
    found = people.filter(asked, is_active=True, is_staff=True).distinct()
    return found.order_by("first_name", "last_name", "username")


class RemarkPages(admin.ModelAdmin):
    """An admin of articles that colleagues speak of."""

    def get_urls(self) -> list[URLPattern]:
        page = require_http_methods(["GET", "HEAD", "POST"])(self.remarks_page)
        own = path("<path:object_id>/remarks/", self.admin_site.admin_view(page), name="articles_article_remarks")
        return [own, *super().get_urls()]

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        # ?remarks__isnull=0 would tell whoever may not read them that there are some.
        return not lookup.startswith("remarks") and super().lookup_allowed(lookup, value, request)

    def remarks_of(
        self, request: HttpRequest, article: Article | None, form: RemarkForm | None = None
    ) -> dict[str, Any]:
        """What the list of remarks and its form print; nothing for whoever may not read them."""
        if article is None or not article.may_share_remarks_with(request.user):
            return {"remarks_href": ""}
        return {
            "remarks_href": reverse(f"{self.admin_site.name}:articles_article_remarks", args=[article.pk]),
            "remarks": list(article.remarks.with_people()),
            "open_remarks": article.remarks.open().count(),
            "remark_form": form or RemarkForm(instance=Remark(article=article, by=request.user), auto_id=IDS),
        }

    def remarks_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """All remarks on an article; a POST adds one, or settles or reopens one."""
        key = unquote(object_id)
        article = self.get_queryset(request).filter(pk=key if is_id(key) else None).first()
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        if article is None:
            raise Http404
        if not article.may_share_remarks_with(request.user):
            raise PermissionDenied
        form = None
        if request.method == "POST":
            form = RemarkForm(request.POST, instance=Remark(article=article, by=request.user), auto_id=IDS)
            if self._settled(request, article) or self._added(request, form):
                return HttpResponseRedirect(request.path, status=303)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": article,
            "title": gettext("Remarques"),
            "form_href": reverse(f"{self.admin_site.name}:articles_article_change", args=[article.pk]),
            **self.remarks_of(request, article, form),
        }
        return TemplateResponse(request, "admin/articles/article/remarks.html", context)

    def _settled(self, request: HttpRequest, article: Article) -> bool:
        for name in ("settle", "reopen"):
            key = request.POST.get(name, "")
            if key:
                one = article.remarks.filter(pk=key if is_id(key) else None)
                if not (one.settle(request.user) if name == "settle" else one.reopen()):
                    self.message_user(request, gettext("C’était déjà fait."), messages.INFO)
                return True
        return False

    def _added(self, request: HttpRequest, form: RemarkForm) -> bool:
        if not form.is_valid():
            return False
        with transaction.atomic():
            remark = form.save()
            notices.remarked(remark, partial(self.message_user, request, level=messages.WARNING))
        return True

    class Media:
        js = (Script("js/admin/remarks.js", type="module"),)
