"""Texts from before the door: without what nobody can see, as new ones are. Drafts are cleaned when they are published."""

import json

from django.db import migrations, models
from django.db.models import F, Value
from django.db.models.functions import Cast
from wagtail.fields import StreamField

from intmk.language.readable_text import readable, readable_parts

APPS = ("intmk", "conferences", "history", "users")
PAGES = ("title", "draft_title", "seo_title", "search_description")


def make_readable(apps, schema_editor) -> None:
    for model in [apps.get_model("wagtailcore", "Page"), *(m for app in APPS for m in apps.get_app_config(app).get_models())]:
        if model._meta.proxy or not model._meta.managed:
            continue
        for field in model._meta.local_concrete_fields:
            if model._meta.app_label == "wagtailcore" and field.name not in PAGES:
                continue
            if isinstance(field, StreamField):
                streams(model, field.name)
            elif (
                isinstance(field, (models.CharField, models.TextField))
                and not (field.choices or field.primary_key or field.name == "password")
            ):
                texts(model, field)


def texts(model, field) -> None:
    lines = isinstance(field, models.TextField)
    rows = model._base_manager.exclude(**{field.name: ""}).values_list("pk", field.name)
    changed = [(pk, text, made) for pk, text in rows.iterator(1000) if text and (made := readable(text, lines)) != text]
    for pk, text, made in changed:
        taken = field.unique and model._base_manager.filter(**{field.name: made}).exists()
        if not taken:
            model._base_manager.filter(pk=pk).update(**{field.name: made})


def streams(model, name: str) -> None:
    rows = model._base_manager.annotate(stored=Cast(F(name), models.TextField())).values_list("pk", "stored")
    for pk, stored in rows.iterator(200):
        if not stored:
            continue
        parts = json.loads(stored)
        made = readable_parts(parts)
        if made != parts:
            model._base_manager.filter(pk=pk).update(**{name: Cast(Value(json.dumps(made)), models.JSONField())})


class Migration(migrations.Migration):
    dependencies = [
        # None on `conferences`: its squashed migration stands on the tables of this app. Django takes the apps one after
        # the other, `conferences` first.
        ("intmk", "0014_placeholder_pictures"),
        ("users", "0003_sign_in_cache"),
    ]

    operations = [migrations.RunPython(make_readable, migrations.RunPython.noop, elidable=True)]
