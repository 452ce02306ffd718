"""The form of Wagtail's picture library; it finds it by the setting WAGTAILIMAGES_IMAGE_FORM_BASE."""

from django import forms
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from intmk.media.images import upload as image_upload
from intmk.media.library_form import LibraryForm, waiting_upload

TAKEN = "JPEG, PNG, WebP, AVIF oder HEIC, höchstens 15 MB und 40 Megapixel."
FOCAL_POINT = {"focal_point_x", "focal_point_y", "focal_point_width", "focal_point_height"}


class PictureFormField(WagtailImageField):
    """Cleans the uploaded file instead of decoding it unseen, as Wagtail's field does.

    Wagtail decodes before it knows the dimensions and, for a truncated file, outside its `try`: the answer is a 500.
    """

    def to_python(self, data):
        """Return the upload with clean content; raise ValidationError with a German message."""
        upload = forms.FileField.to_python(self, data)
        if upload is not None:
            image_upload.clean_in_place(upload)
        return upload


class PictureForm(LibraryForm, BaseImageForm):
    """The form of a picture, in all four places: add, add many, choose, edit."""

    class Meta(BaseImageForm.Meta):
        # Without the script that writes the file name into the title.
        widgets = {**BaseImageForm.Meta.widgets, "file": forms.FileInput()}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "file" in self.fields:
            field = self.fields["file"]
            self.fields["file"] = PictureFormField(label=field.label, required=field.required, widget=field.widget)
            self.fields["file"].help_text = TAKEN  # in place of all the endings under which JPEG comes

    def clean(self):
        """Refuse an alternative text that repeats the name of the file that waits from the first step."""
        cleaned = super().clean()
        waiting = waiting_upload(self.prefix)
        if waiting:
            self.instance.description = cleaned.get("description") or ""
            if self.instance.repeats(waiting.file.name):
                self.add_error(None, self.instance.repetition())
        return cleaned

    def save(self, commit=True):
        """Save; the focal point of a replaced picture means nothing on the new one."""
        if "file" in self.changed_data and not FOCAL_POINT.intersection(self.changed_data):
            self.instance.set_focal_point(None)
        return super().save(commit=commit)
