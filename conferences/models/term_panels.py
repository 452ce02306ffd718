"""What the page of a term shows beside its fields: what a change does, and how it goes on."""

from wagtail.admin.panels import Panel

from conferences.rules.rotation import Rotation
from conferences.rules.term_changes import FOLLOWING


class EffectsPanel(Panel):
    """Before and after, and the box that confirms it; only after a first attempt to save a change of the rotation."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "conferences/terms/effects_panel.html"

        def is_shown(self) -> bool:
            return self.form is not None and self.form.effects is not None


class OutlookPanel(Panel):
    """The term on the page and the next ones, as they are stored or follow from the rule; to be read only."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "conferences/terms/outlook_panel.html"

        def is_shown(self) -> bool:
            return self.instance is not None and self.instance.pk is not None

        def get_context_data(self, parent_context=None) -> dict:
            """Add `terms`: this one and the next, as saved, whatever has been typed into the form."""
            saved = type(self.instance).objects.by_key()
            this = saved[self.instance.pk]
            following = Rotation(saved.values()).next_terms(FOLLOWING, this.start)
            return super().get_context_data(parent_context) | {"terms": [this, *following]}
