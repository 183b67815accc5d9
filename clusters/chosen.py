"""Rows ticked in a list of the admin, as whoever ticked them saw them: what somebody has saved since is told, and left alone.

Apart from the actions because each list acts otherwise, and all of them must refuse alike.
"""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

SEEN = "seen"
"""Hidden field of each row: its key and the version that was on the screen."""


class ChosenRows(admin.ModelAdmin):
    """An admin whose rows have a version, and whose list says which it shows."""

    def action_checkbox(self, obj: Any) -> SafeString:
        return format_html(
            '{}<input type="hidden" name="{}" value="{}:{}">', super().action_checkbox(obj), SEEN, obj.pk, obj.version
        )

    def as_seen(self, request: HttpRequest, chosen: Any) -> tuple[list[Any], list[Any]]:
        """The rows that are what was on the screen, and those that somebody has saved since.

        Those of other pages of the list, if all of it was chosen, were seen by nobody and are taken as they are.

        Args:
            chosen: what the admin hands an action.
        """
        if request.POST.get("select_across", "0") in {"", "0"}:
            # Not from `chosen`: a row that a colleague has decided is no longer in the filtered list, and would be
            # passed over in silence.
            ticked = request.POST.getlist(ACTION_CHECKBOX_NAME)
            chosen = self.get_queryset(request).filter(pk__in=ticked).order_by(*chosen.query.order_by)
        seen = dict(pair.split(":", 1) for pair in request.POST.getlist(SEEN) if ":" in pair)
        rows = list(chosen)
        changed = [row for row in rows if seen.get(str(row.pk), str(row.version)) != str(row.version)]
        return [row for row in rows if row not in changed], changed

    def unchanged(self, request: HttpRequest, chosen: Any) -> list[Any]:
        """The rows that are what was on the screen; of each of the others a message says that nothing was done."""
        rows, changed = self.as_seen(request, chosen)
        for row in changed:
            text = gettext(
                "« %s » a changé depuis que vous avez ouvert la liste : rien n’y est fait. Relisez, puis recommencez."
            )
            self.message_user(request, text % row, messages.ERROR)
        return rows
