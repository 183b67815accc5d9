"""The kept states of pictures say which file they had: until now that could not change, so it is the one of today.

Without it, the first replacement would leave no state to go back to.
"""

import json
import zlib

from django.db import migrations


def _each(apps, change):
    Picture, Revision = apps.get_model("articles", "Picture"), apps.get_model("clusters", "Revision")
    digests = dict(Picture.objects.values_list("pk", "digest"))
    for revision in Revision.objects.filter(kind="articles.picture", object_id__in=digests).iterator():
        state = json.loads(zlib.decompress(revision.content))
        change(state["fields"], digests[revision.object_id])
        text = json.dumps(state, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        Revision.objects.filter(pk=revision.pk).update(content=zlib.compress(text.encode(), 9))


def tell(apps, schema_editor):
    _each(apps, lambda fields, digest: fields.setdefault("digest", digest))


def untell(apps, schema_editor):
    _each(apps, lambda fields, digest: fields.pop("digest", None))


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0010_files_focus_and_uses_of_pictures"),
        ("clusters", "0020_proof_of_a_correction"),
    ]
    operations = [migrations.RunPython(tell, untell)]
