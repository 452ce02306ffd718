"""What is typed of photos that wait: what holds for all of them, and what is each one's own."""

from typing import Any

from django import forms
from wagtail.admin.widgets import AdminAutoHeightTextInput

from intmk.media.images.waiting import FOR_ALL, PhotoBatch, WaitingPhoto


class BatchForm(forms.ModelForm):
    """Credit, licence and day of all photos."""

    class Meta:
        model = PhotoBatch
        fields = FOR_ALL
        labels = {"credit": "Bildnachweis (©) *"}
        widgets = {
            "credit": forms.TextInput({"aria-required": "true"}),
            "licence": AdminAutoHeightTextInput(),
            "taken_on": forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        }


class PhotoForm(forms.ModelForm):
    """A row: what is to see, who, and whether and where it stands on the page."""

    class Meta:
        model = WaitingPhoto
        fields = ("description", "people", "is_shown", "position")
        labels = {"description": "Alternativtext *"}
        widgets = {
            "description": AdminAutoHeightTextInput({"aria-required": "true"}),
            "people": AdminAutoHeightTextInput(),
        }

    def __init__(self, data: Any = None, *, instance: WaitingPhoto) -> None:
        super().__init__(data, instance=instance, prefix=f"foto-{instance.pk}")

    @property
    def is_sent(self) -> bool:
        """Say whether it was on the screen: a photo may have come from another window meanwhile."""
        return self.add_prefix("description") in self.data
