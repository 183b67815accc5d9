"""The upkeep of pictures: renditions that those of earlier days lack are made, files that no picture is or was are removed."""

from typing import Any

from django.core.management.base import BaseCommand

from articles.models import Picture, PictureUpload
from clusters.history import Revision


class Command(BaseCommand):
    help = "Makes the renditions that pictures lack and removes the files that nobody uses; as often as one likes, a timer may."

    def handle(self, *args: Any, **options: Any) -> None:
        made, lost = Picture.objects.complete()
        # What a picture that is still there has been can come back (its history); of those that are deleted, nothing can.
        states = Revision.objects.filter(kind=Picture._meta.label_lower, object_id__in=Picture.objects.values("pk"))
        gone = PictureUpload.objects.discard_unused(
            but={one.snapshot.fields.get("digest") for one in states.iterator()}
        )
        self.stdout.write(f"{made} pictures completed, {lost} without their file, {len(gone)} unused files removed.")
