"""The pages of an import in the admin: the file is uploaded, what it would do is shown, and then it is done or not.

It decides nothing: what a file means stands in clusters/imports; this asks, shows and logs.
"""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from clusters.imports import keeping, samples
from clusters.imports.reading import ENCODINGS, MAX_BYTES
from clusters.imports.review import Act, Importer, Review, carry_out, review
from clusters.words import grouped

LINKED = 100
"""Records that the message about an import links to; more would not fit into an address."""


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("Fichier"), help_text=_("CSV ou XLSX, 10 Mo et 100 000 lignes au plus."), max_length=200, allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx,text/csv"}),
        error_messages={
            "required": _("Choisissez un fichier."), "invalid": _("Choisissez un fichier."),
            "max_length": _("Le nom de ce fichier est trop long : raccourcissez-le."),
        },
    )  # fmt: skip
    encoding = forms.ChoiceField(
        label=_("Encodage du CSV"), choices=list(ENCODINGS.items()), required=False,
        help_text=_("À dire seulement si les accents sont faux dans l’aperçu. Un XLSX n’en a pas besoin."),
    )  # fmt: skip

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > MAX_BYTES:
            raise forms.ValidationError(_("Ce fichier dépasse 10 Mo : coupez-le en plusieurs fichiers."))
        return upload

    def clean_encoding(self) -> str:
        return self.cleaned_data["encoding"] or "auto"


class Importing(admin.ModelAdmin):
    """An admin whose records can be imported."""

    importer: ClassVar[type[Importer]]
    import_title: ClassVar[Any]
    import_about: ClassVar[Any]
    import_permissions: ClassVar[tuple[str, ...]]

    def may_import(self, request: HttpRequest) -> bool:
        """Whether this person may do by hand all that an import may do."""
        return request.user.has_perms(self.import_permissions)

    def name_of(self, page: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"

    def address_of(self, page: str) -> str:
        return reverse(f"{self.admin_site.name}:{self.name_of(page)}")

    def get_urls(self) -> list[URLPattern]:
        of_import = [path("import/", self.admin_site.admin_view(self.import_view), name=self.name_of("import"))]
        of_import += [
            path(f"import/modele.{extension}", self.admin_site.admin_view(self.import_sample), {"extension": extension}, name=self.name_of(f"import_{extension}"))
            for extension in samples.SAMPLES
        ]  # fmt: skip
        return [*of_import, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        address = self.address_of("import") if self.may_import(request) else ""
        return super().changelist_view(request, {"import_address": address, **(extra_context or {})})

    def import_sample(self, request: HttpRequest, extension: str) -> HttpResponse:
        """The model file that an import starts from."""
        if not self.may_import(request):
            raise PermissionDenied
        if extension not in samples.SAMPLES:
            raise Http404
        kind, make = samples.SAMPLES[extension]
        name = f"modele-{self.importer.key}.{extension}"
        return HttpResponse(
            make(self.importer), content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
        )

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """Upload, preview and confirmation; only the confirmation writes."""
        if not self.may_import(request):
            raise PermissionDenied
        if request.method == "POST" and "token" in request.POST:
            return self._after_preview(request)
        form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
        if not (form.is_bound and form.is_valid()):
            return self._upload_page(request, form)
        upload = form.cleaned_data["file"]
        content = upload.read()
        return self._preview(request, content, keeping.put(content), upload.name, form.cleaned_data["encoding"])

    def _after_preview(self, request: HttpRequest) -> HttpResponse:
        """Import what was shown, or read it again in another encoding."""
        kept = keeping.read(request.POST["token"], self.importer.key, request.user)
        content = keeping.get(kept.file) if kept else None
        if kept is None or content is None:
            messages.error(
                request,
                gettext("Cet aperçu n’est plus valable : rien n’a été importé. Choisissez le fichier de nouveau."),
            )
            return HttpResponseRedirect(request.path)
        if (encoding := request.POST.get("encoding")) is not None:
            return self._preview(request, content, kept.file, kept.name, encoding if encoding in ENCODINGS else "auto")
        done = carry_out(self.importer, content, kept.encoding, kept.seen, request.user, kept.name)
        if not done.is_written:
            return self._preview(request, content, kept.file, kept.name, kept.encoding, done)
        self._log(request, done, kept.name)
        return HttpResponseRedirect(self.address_of("changelist"))

    def _upload_page(self, request: HttpRequest, form: UploadForm) -> TemplateResponse:
        context = {
            "form": form,
            "about": self.import_about,
            "columns": self.importer.offered(),
            "most": grouped(self.importer.most),
            "samples": [(one.upper(), self.address_of(f"import_{one}")) for one in samples.SAMPLES],
        }  # fmt: skip
        return self._page(request, "admin/clusters/import/upload.html", context)

    def _preview(
        self, request: HttpRequest, content: bytes, digest: str, name: str, encoding: str, found: Review | None = None
    ) -> TemplateResponse:
        """What the file would do. `found`: a confirmation has just found this instead of what had been shown."""
        shown = found or review(self.importer, content, encoding)
        kept = keeping.Kept(self.importer.key, digest, name[:200], encoding, shown.digest, request.user.pk)
        context = {
            "review": shown,
            "is_overtaken": found is not None,
            "token": kept.signed(),
            "file_name": name,
            "encoding": encoding,
            "encodings": ENCODINGS.items(),
        }
        return self._page(request, "admin/clusters/import/preview.html", context)

    def _page(self, request: HttpRequest, template: str, context: dict[str, Any]) -> TemplateResponse:
        page = {**self.admin_site.each_context(request), "opts": self.opts, "title": self.import_title, **context}
        return TemplateResponse(request, template, page)

    def _log(self, request: HttpRequest, done: Review, name: str) -> None:
        """Say in the admin's log and to the person what has been imported."""
        message = gettext("Import de « %(file)s »") % {"file": name}
        acts = [outcome.act for outcome in done.pending]
        for act, flag in ((Act.CREATED, ADDITION), (Act.CHANGED, CHANGE)):
            rows = [record for record, what in zip(done.records, acts, strict=True) if what is act]
            _log_rows(request, rows, flag, message)
        counts = [
            _counted("%s création", "%s créations", done.created.total),
            _counted("%s modification", "%s modifications", done.changed.total),
            _counted("%s ligne ignorée", "%s lignes ignorées", done.skipped.total),
        ]
        said = gettext("%(import)s : %(counts)s.") % {"import": message, "counts": ", ".join(counts)}
        if len(done.records) <= LINKED:
            listed = f"{self.address_of('changelist')}?id__in={','.join(str(one.pk) for one in done.records)}"
            said = format_html('{} <a href="{}">{}</a>', said, listed, gettext("Les voir"))
        messages.success(request, said)


def _counted(one: str, many: str, number: int) -> str:
    return ngettext(one, many, max(number, 1)) % grouped(number)  # in French, none is singular


def _log_rows(request: HttpRequest, rows: list[Model], flag: int, message: str) -> None:
    if rows:
        # Each with its own line, even a single one: Django's own helper is for the rows of one queryset.
        LogEntry.objects.log_actions(request.user.pk, rows, flag, change_message=message)
