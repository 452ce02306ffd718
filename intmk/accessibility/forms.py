"""The form "Barriere melden" as readers fill it in."""

import re
from collections.abc import Mapping

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator

from intmk.accessibility.models import (
    LONGEST_EMAIL,
    LONGEST_NAME,
    LONGEST_PAGE,
    LONGEST_PHONE,
    LONGEST_TEXT,
    BarrierReport,
    local_path,
)
from intmk.language.phone_numbers import as_typed
from intmk.language.readable_text import readable

NO_EMAIL = "Das ist keine vollständige E-Mail-Adresse. Ein Beispiel: name@example.org."
NO_PHONE = "Das ist keine Telefonnummer. Möglich sind Ziffern, Leerzeichen und die Zeichen + ( ) / -."
TOO_LONG = "Höchstens %(limit_value)d Zeichen sind möglich, es sind jetzt %(show_value)d."
FEWEST_DIGITS = 5
MANY_LINES = "text"


class BarrierForm(forms.Form):
    """What is reported. Only the description is required."""

    page = forms.CharField(
        label="Auf welcher Seite ist die Barriere?",
        required=False,
        max_length=LONGEST_PAGE,
        help_text="Adresse der Seite, freiwillig. Geht es um die ganze Website, lassen Sie das Feld leer.",
        error_messages={"max_length": TOO_LONG},
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
    )
    text = forms.CharField(
        label="Was funktioniert nicht? (Pflichtfeld)",
        max_length=LONGEST_TEXT,
        help_text=f"Höchstens {LONGEST_TEXT} Zeichen. Hilfreich ist auch, welches Gerät, welchen "
        "Browser oder welches Hilfsmittel Sie benutzen. Angaben zu Ihrer Gesundheit sind nicht nötig.",
        error_messages={
            "required": "Bitte beschreiben Sie, was nicht funktioniert.",
            "max_length": TOO_LONG,
        },
        widget=forms.Textarea(attrs={"rows": 8, "autocomplete": "off"}),
    )
    wanted_form = forms.ChoiceField(
        label="In welcher Form brauchen Sie den Inhalt?",
        required=False,
        choices=BarrierReport.Form.choices,
        help_text="Freiwillig. Was davon möglich ist, sagt Ihnen die Geschäftsstelle.",
        error_messages={"invalid_choice": "Bitte wählen Sie eine der genannten Formen."},
    )
    name = forms.CharField(
        label="Ihr Name",
        required=False,
        max_length=LONGEST_NAME,
        help_text="Freiwillig.",
        error_messages={"max_length": TOO_LONG},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label="Ihre E-Mail-Adresse",
        required=False,
        max_length=LONGEST_EMAIL,
        help_text="Freiwillig. Dorthin gehen eine Eingangsbestätigung und die Antwort.",
        error_messages={"invalid": NO_EMAIL, "max_length": TOO_LONG},
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )
    phone = forms.CharField(
        label="Ihre Telefonnummer",
        required=False,
        max_length=LONGEST_PHONE,
        help_text="Freiwillig, wenn Sie lieber angerufen werden.",
        error_messages={"max_length": TOO_LONG},
        validators=[RegexValidator(re.compile(r"\A\+?[0-9 ()/.-]+\Z"), NO_PHONE)],
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )

    def __init__(self, data: Mapping[str, str] | None = None, hosts: frozenset[str] = frozenset(), **kwargs) -> None:
        """Take what was sent and the host names of this site, whose addresses become paths."""
        if data is not None:
            data = {name: readable(data.get(name, ""), lines=name == MANY_LINES) for name in self.base_fields}
            data["phone"] = as_typed(data["phone"])
        super().__init__(data, **kwargs)
        self.hosts = set(hosts)
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"
            # A browser would cut off what is pasted, without a word.
            field.widget.attrs.pop("maxlength", None)

    def clean_page(self) -> str:
        """Return the path for an address of this site, all else as it was typed."""
        page = self.cleaned_data["page"]
        return local_path(page, self.hosts) or page

    def clean_phone(self) -> str:
        """Return the number as it was typed; raise ValidationError for what cannot be one."""
        phone = self.cleaned_data["phone"]
        if phone and sum(letter.isdecimal() for letter in phone) < FEWEST_DIGITS:
            raise ValidationError(NO_PHONE)
        return phone

    @property
    def faulty(self) -> list:
        """Return the fields with errors, for the list above the form."""
        return [field for field in self if field.errors]
