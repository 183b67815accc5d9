"""How an article is seen before it is out: its page beside the form, at the width of a screen, and links for others.

Both show the page itself, made by the same view as the public one; who may ask for them says the article's own admin.
"""

from typing import Any

from csp.constants import SELF
from csp.decorators import csp_replace
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from articles.models import Article, ShareLink
from articles.views import desk_page
from clusters.related import is_id

WIDTHS = ((360, _("Téléphone")), (768, _("Tablette")), (1280, _("Ordinateur")))
"""Widths of a screen, in CSS pixels, at which a page is looked at before it is out."""


class ShareForm(forms.ModelForm):
    class Meta:
        model = ShareLink
        fields = ["label"]
        widgets = {"label": forms.TextInput(attrs={"class": "vTextField"})}


class ShowingPages(admin.ModelAdmin):
    """An admin whose articles are looked at, and shown to others, before they are out."""

    def showing_address(self, page: str, *args: Any) -> str:
        return reverse(f"{self.admin_site.name}:articles_article_{page}", args=args)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<path:object_id>/preview/", view(self.preview_view), name="articles_article_preview"),
            path("<path:object_id>/preview/page/", view(self.framed_view), name="articles_article_framed"),
            path("<path:object_id>/share/", view(self.share_view), name="articles_article_share"),
            path("<path:object_id>/share/<int:pk>/revoke/", view(self.revoke_view), name="articles_article_revoke"),
            *super().get_urls(),
        ]

    # -- beside the form

    @method_decorator([require_safe, csp_replace({"frame-src": [SELF]})])
    def preview_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The page at the width of a telephone, of a tablet or of a desk, chosen by a link: `?width=768`."""
        article = self._seen(request, object_id)
        chosen = request.GET.get("width", "")
        context = self.preview_of(article, int(chosen) if is_id(chosen) else 0)
        return self._showing_page(request, article, "admin/articles/article/preview.html", gettext("Aperçu"), context)

    @method_decorator([require_safe, xframe_options_sameorigin, csp_replace({"frame-ancestors": [SELF]})])
    def framed_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The page itself, as it would be read."""
        return desk_page(request, self._seen(request, object_id), in_frame=True)

    @method_decorator(csp_replace({"frame-src": [SELF]}))  # of the page beside the form
    def change_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().change_view(request, *args, **kwargs)

    def preview_of(self, article: Article, width: int = 0) -> dict[str, Any]:
        """What the pane of the preview prints.

        Args:
            width: one of WIDTHS; any other is the last of them.
        """
        current = width if width in dict(WIDTHS) else WIDTHS[-1][0]
        widths = [{"pixels": pixels, "label": label, "is_current": pixels == current} for pixels, label in WIDTHS]
        return {"widths": widths, "page_address": self.showing_address("framed", article.pk)}

    # -- for others

    def share_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The links of an article, and a form that makes one."""
        article = self._shared(request, object_id)
        form = ShareForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            link = ShareLink.objects.share(article, request.user, form.cleaned_data["label"])
            done = gettext("Le lien est prêt : copiez son adresse ci-dessous.")
            self.log_change(request, article, gettext("Lien de partage créé : %s.") % (link.label or "–"))
            messages.success(request, done)
            return HttpResponseRedirect(self.showing_address("share", article.pk))
        links = [
            {
                "link": link,
                "address": request.build_absolute_uri(link.get_absolute_url()) if link.is_working() else "",
                "revoke_address": self.showing_address("revoke", article.pk, link.pk),
            }
            for link in ShareLink.objects.filter(article=article).select_related("created_by", "revoked_by")
        ]
        title, context = gettext("Partager avant parution"), {"links": links, "form": form}
        return self._showing_page(request, article, "admin/articles/article/share.html", title, context)

    @method_decorator(require_POST)
    def revoke_view(self, request: HttpRequest, object_id: str, pk: int) -> HttpResponse:
        """End a link; one that works no more is left as it is."""
        article = self._shared(request, object_id)
        link = get_object_or_404(ShareLink, pk=pk, article=article)
        if ShareLink.objects.filter(pk=link.pk).revoke(request.user):
            self.log_change(request, article, gettext("Lien de partage révoqué : %s.") % (link.label or "–"))
            messages.success(request, gettext("Le lien est révoqué : il n’ouvre plus l’article."))
        else:
            messages.info(request, gettext("Ce lien n’ouvrait déjà plus l’article."))
        return HttpResponseRedirect(self.showing_address("share", article.pk))

    # -- what they share

    def _seen(self, request: HttpRequest, object_id: str) -> Article:
        """The article, if this person may see it at the desk."""
        article = self.get_object(request, unquote(object_id))
        if article is None:
            raise Http404
        if not self.has_view_or_change_permission(request, article):
            raise PermissionDenied
        return article

    def _shared(self, request: HttpRequest, object_id: str) -> Article:
        """The article, if this person may show it to others: whoever may write in it."""
        article = self._seen(request, object_id)
        if not self.has_change_permission(request, article):
            raise PermissionDenied
        return article

    def _showing_page(
        self, request: HttpRequest, article: Article, template: str, title: str, context: dict[str, Any]
    ) -> TemplateResponse:
        page = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "article": article,
            "title": title,
            "subtitle": str(article),
            "module_name": capfirst(str(self.opts.verbose_name_plural)),
            **context,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, template, page)
