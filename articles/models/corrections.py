"""What was wrong in an article that readers had before them, and has been put right: said on its page, and never taken back.

Apart from articles.py because a correction is not part of the text: it is an editor's act, of which there are only ever more.
"""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models.articles import Article
from clusters.models.publication import typeset_fields


class Correction(models.Model):
    """A correction of a published article: when, and of what nature."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="corrections", verbose_name=_("article"))
    nature = models.CharField(
        _("nature de la correction"),
        max_length=300,
        help_text=_("Ce qui était faux et ce qui l’a remplacé, en une phrase ; lue sous l’article."),
    )
    corrected_at = models.DateTimeField(_("corrigé le"), default=timezone.now)

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ["corrected_at", "pk"]
        default_permissions = ()  # whoever may publish the article may correct it
        constraints = [models.CheckConstraint(condition=~models.Q(nature=""), name="correction_says_what")]

    def __str__(self) -> str:
        return self.nature

    def clean(self) -> None:
        super().clean()
        typeset_fields(self, "nature")
