"""The form of Wagtail's document library; it finds it by the setting WAGTAILDOCS_DOCUMENT_FORM_BASE."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import File
from wagtail.documents.forms import BaseDocumentForm

from intmk.media.documents.parts import DocumentVersion
from intmk.media.documents.text import VERSION
from intmk.media.library_form import LibraryForm, waiting_upload


class DocumentForm(LibraryForm, BaseDocumentForm):
    """The form of a document."""

    cleaned = forms.BooleanField(
        label="Bereinigte Kopie speichern",
        required=False,
        help_text="Nur bei PDF-Dateien. Entfernt, was man nicht sieht oder was die Datei über sich verrät: Text unter "
        "Balken, Anmerkungen, angehängte Dateien, Verfasser; auch aus früheren Fassungen. Eine Seite, auf der "
        "etwas verdeckt ist, wird dafür zum Bild mit durchsuchbarem Text. Danach bitte „Barrierefrei“ neu prüfen.",
    )
    knowingly = forms.BooleanField(label="Trotzdem so öffentlich machen", required=False)

    class Meta(BaseDocumentForm.Meta):
        widgets = {**BaseDocumentForm.Meta.widgets, "file": forms.FileInput()}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.order_fields(["title", "file", "knowingly", "cleaned"])
        if not self.is_bound:
            del self.fields["knowingly"]
        self.version_copies: list[tuple[DocumentVersion, File]] = []
        # Of a file that waits for the second step of adding many (file_lists.NewDocumentsView).
        if self.instance.pk is None and (warnings := self.instance.warnings):
            field = self.fields.get("released") or self.fields["title"]
            field.help_text = " ".join([*warnings, field.help_text])

    def clean(self):
        """Put the cleaned copy in place of the file where that is asked for and nothing else is wrong."""
        cleaned = super().clean()
        if cleaned.get("cleaned") and not self.errors:
            try:
                self.put_cleaned_copies(cleaned)
            except ValidationError as error:
                self.add_error("cleaned", error)
        return cleaned

    def _post_clean(self):
        """Ask before a file becomes public that holds what nobody sees. Inner name of Django: files are read by it."""
        super()._post_clean()
        is_asked = not self.errors and self.publishes_a_file() and self.instance.may_hide_text
        if is_asked and not self.cleaned_data.get("knowingly"):
            self.add_error("knowingly", self.instance.warnings[0])
        elif not is_asked:
            del self.fields["knowingly"]

    def publishes_a_file(self):
        """Say whether readers get a new file at once; that of the second step of adding many is read for this."""
        if self.cleaned_data.get("withheld"):
            return False
        if waiting := waiting_upload(self.prefix):
            if not self.cleaned_data.get("released"):
                return False
            with waiting.file.storage.open(waiting.file.name) as content:
                self.instance.reading_of(content, waiting.file.name)
            return True
        is_public = self.cleaned_data.get("released") or (
            self.instance.pk and type(self.instance).objects.public().filter(pk=self.instance.pk).exists()
        )
        return "file" in self.changed_data and bool(is_public)

    def put_cleaned_copies(self, cleaned):
        """Put the copies in place of the new file, the waiting one or the stored one, and of former versions."""
        title = cleaned["title"]
        if waiting := waiting_upload(self.prefix):
            storage, name = waiting.file.storage, waiting.file.name
            with storage.open(name) as content:
                copy = self.instance.cleaned_copy(content, name, title)
            storage.delete(name)
            storage.save(name, copy)
            return
        if "file" in self.changed_data:
            cleaned["file"] = self.instance.cleaned_copy(cleaned["file"], cleaned["file"].name, title)
        elif self.instance.warnings or not self.instance.is_read:
            with self.instance.open_file() as content:
                cleaned["file"] = self.instance.cleaned_copy(content, self.instance.filename, title)
        for version in self.instance.versions.all() if self.instance.pk else ():
            if version.warnings or version.read_by != VERSION:
                self.version_copies.append((version, version.cleaned_copy(title)))

    def save(self, commit=True):
        """Save, also the cleaned copies of former versions."""
        saved = super().save(commit=commit)
        for version, copy in self.version_copies:
            version.replace(copy)
        return saved
