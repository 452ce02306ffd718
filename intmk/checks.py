"""Rules of the project as system checks, so that `manage.py check` keeps them."""

from collections.abc import Iterator

from django.apps import apps
from django.core.checks import Error, Tags, register
from django.db import models
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from wagtail import hooks
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import Panel, TitleFieldPanel
from wagtail.models import Page, get_page_models
from wagtail.snippets.models import get_snippet_models

from intmk.base.publishing_rules import RulesAtPublishing
from intmk.users.choosers import EntitledChooserViewSet

APPS = ("users", "conferences", "history", "intmk")


@register(Tags.models)
def german_names(app_configs, **kwargs) -> list[Error]:
    """Return an error for each model and each field that an editor would meet under a name in English.

    A name that Django makes of the attribute ("first_day" -> "first day") was never written by a person.
    """
    errors = []
    for app in APPS:
        for model in apps.get_app_config(app).get_models():
            if "verbose_name" not in model._meta.original_attrs:
                errors.append(Error("Der deutsche Name fehlt (Meta.verbose_name).", obj=model, id="intmk.E001"))
            inherited = fields_of_libraries(model)
            for field in model._meta.local_fields + model._meta.local_many_to_many:
                made_up = field.verbose_name == field.name.replace("_", " ")
                if made_up and field.editable and not field.auto_created and field.name not in inherited:
                    errors.append(Error(f"Der deutsche Name von {field.name} fehlt.", obj=field, id="intmk.E002"))
    return errors


def fields_of_libraries(model: type[models.Model]) -> set[str]:
    """Return the names of the fields that `model` has from an abstract model of Django or Wagtail."""
    bases = [base for base in model.__mro__ if hasattr(base, "_meta") and base._meta.abstract]
    return {field.name for base in bases if not base.__module__.startswith(APPS) for field in base._meta.local_fields}


@register(Tags.templates)
def page_types(app_configs, **kwargs) -> list[Error]:
    """Return an error for each page type without template, without its place in the tree, or with an unfit editor."""
    errors = []
    for model in get_page_models():
        if model._meta.app_label not in APPS:
            continue
        try:
            get_template(model.template)
        except TemplateDoesNotExist:
            errors.append(Error(f"Die Vorlage {model.template} fehlt.", obj=model, id="intmk.E003"))
        if model.parent_page_types is None or model.subpage_types is None:
            errors.append(Error("parent_page_types oder subpage_types fehlt.", obj=model, id="intmk.E004"))
        errors += faults_of_editor(model)
    return errors


def faults_of_editor(model: type[Page]) -> list[Error]:
    """Return an error for each field that a page of this type needs and that is not on the first tab, where alone an
    editor looks for it, for each that holds up a draft, and for an editor in which the title makes no address or
    nothing can be scheduled or discussed."""
    editor = model.get_edit_handler()
    form_class = editor.get_form_class()
    fields = form_class.base_fields
    elsewhere = [name for tab in editor.children[1:] for name in tab.get_form_options().get("fields", [])]
    errors = [
        Error(f"Das Pflichtfeld {name} steht nicht im ersten Reiter.", obj=model, id="intmk.E005")
        for name in elsewhere
        if fields[name].required
    ]
    if "slug" in fields and not any(isinstance(panel, TitleFieldPanel) for panel in panels_in(editor)):
        errors.append(Error("Aus dem Titel entsteht keine Adresse (TitleFieldPanel).", obj=model, id="intmk.E010"))
    options = editor.get_form_options()
    if not {"go_live_at", "expire_at"} <= set(options.get("fields", [])):
        errors.append(Error("Im Editor fehlt der Zeitplan (PublishingPanel).", obj=model, id="intmk.E006"))
    if "comments" not in {row.get("formset_name") for row in options.get("formsets", {}).values()}:
        errors.append(Error("Im Editor fehlen die Kommentare (CommentPanel).", obj=model, id="intmk.E007"))
    rows = [(name, formset.form) for name, formset in form_class.formsets.items() if name != "comments"]
    needed = [(name, name) for name in needed_by_a_draft(form_class) if name != "title"]
    needed += [(name, field) for name, form in rows for field in needed_by_a_draft(form)]
    errors += [
        Error(f"Ohne {field} ({name}) wird kein Entwurf gespeichert.", obj=model, id="intmk.E008")
        for name, field in needed
    ]
    errors += [
        Error(f"Regeln der Zeilen von {name} halten Entwürfe auf (RowsPanel).", obj=model, id="intmk.E009")
        for name, form in rows
        if not issubclass(form, RulesAtPublishing)
    ]
    return errors


def panels_in(panel: Panel) -> Iterator[Panel]:
    """Yield the panel and all that lie within it."""
    yield panel
    for child in getattr(panel, "children", ()):
        yield from panels_in(child)


def needed_by_a_draft(form_class: type[WagtailAdminModelForm]) -> list[str]:
    """Return the names of the fields without which not even a draft is saved."""
    deferred = form_class._meta.defer_required_on_fields
    return [name for name, field in form_class.base_fields.items() if field.required and name not in deferred]


@register(Tags.security)
def choosers(app_configs, **kwargs) -> list[Error]:
    """Return an error for each snippet that everybody in the admin could list in the window that chooses one."""
    hooks.search_for_hooks()  # where snippets are registered
    return [
        Error("Die Auswahl fragt nach keinem Recht (chooser_viewset_class).", obj=model, id="intmk.E020")
        for model in get_snippet_models()
        if not issubclass(model.snippet_viewset.chooser_viewset_class, EntitledChooserViewSet)
    ]
