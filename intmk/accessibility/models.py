"""Reports of barriers on the website: the message and what became of it, its mails, and who sent one lately."""

import calendar
from datetime import date, timedelta
from typing import Any, Self
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Case, F, Q, When
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, Panel

from intmk.language.dates import german_day, german_moment
from intmk.language.day import today

# No vowels, and nothing that is mistaken for something else when it is read out or written down.
LETTERS = "CDFGHJKMNPQRTWXY34679"
LONGEST_PAGE, LONGEST_TEXT, LONGEST_NAME, LONGEST_EMAIL, LONGEST_PHONE = 500, 4000, 100, 254, 40
MONTHS_TO_ANSWER = 1
MONTHS_OF_PERSONAL_DATA = 6  # after the answer; the page Datenschutz says so


def months_later(day: date, months: int) -> date:
    """Return the same day so many months later, or the last one of that month where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def local_path(address: str, hosts: set[str]) -> str:
    """Return the path of an address of this site, whose names are `hosts`; "" for every other address or text."""
    try:
        parts = urlsplit(address)
        host = parts.netloc
    except ValueError:
        return ""
    is_own = not parts.scheme and not host
    is_own = is_own or (parts.scheme in ("http", "https") and host.lower() in hosts)
    # Browsers read a backslash as a slash, so that "/\example.org" would lead elsewhere.
    if not is_own or not parts.path.startswith("/") or parts.path.startswith("//") or "\\" in address:
        return ""
    if any(letter.isspace() for letter in address):
        return ""
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


class BarrierReportQuerySet(models.QuerySet):
    """Reports by name of what is asked."""

    def unanswered(self) -> Self:
        return self.filter(state__in=BarrierReport.OPEN)

    def overdue(self, day: date) -> Self:
        """Return those that should have been answered before `day`."""
        return self.unanswered().filter(due_on__lt=day)

    def to_be_forgotten(self, day: date) -> Self:
        """Return those with personal data that was answered so long before `day` that it has to go."""
        personal = ~Q(name="", email="", phone="")
        return self.filter(personal, answered_on__lte=months_later(day, -MONTHS_OF_PERSONAL_DATA))


class ReportedPanel(Panel):
    """What the report says, to be read only."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "intmk/accessibility/barrier_reported.html"

        class Media:
            css = {"all": ["css/handover.css"]}


class BarrierAnswerForm(WagtailAdminModelForm):
    """What became of a report; with a tick the answer goes out as a mail, and is not typed again."""

    send_answer = forms.BooleanField(
        label="Diesen Text als Antwort per E-Mail verschicken",
        required=False,
        help_text="Geht binnen einer Minute an die Adresse aus der Meldung, mit Anrede und Eingangsnummer davor. "
        "Antworten darauf gehen an die Geschäftsstelle, wenn ihre Adresse eingetragen ist. Der Stand wird "
        "„beantwortet“.",
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.email:
            del self.fields["send_answer"]

    def clean(self) -> dict[str, Any]:
        """Take a report whose answer is sent for answered today, unless another day is given."""
        cleaned = super().clean()
        if cleaned.get("send_answer"):
            cleaned["state"] = BarrierReport.State.ANSWERED
            cleaned["answered_on"] = cleaned.get("answered_on") or today()
        return cleaned

    @transaction.atomic
    def save(self, commit: bool = True) -> "BarrierReport":
        """Store the report, and with it the mail that the clock sends; one click more sends the same text once."""
        report = super().save(commit)
        if self.cleaned_data.get("send_answer"):
            BarrierMail.objects.get_or_create(report=report, to=BarrierMail.To.ANSWER, text=report.answer)
        return report


class BarrierReport(models.Model):
    """One report of a barrier, and what became of it."""

    seen_by_readers = False

    class State(models.TextChoices):
        NEW = "new", "neu"
        IN_PROGRESS = "in_progress", "in Bearbeitung"
        ANSWERED = "answered", "beantwortet"
        NO_ACTION = "no_action", "kein Handlungsbedarf"

    class Form(models.TextChoices):
        NONE = "", "keine Angabe"
        TEXT = "text", "als Text in einer E-Mail"
        DOCUMENT = "document", "als barrierefreies Dokument"
        LARGE = "large", "in großer Schrift auf Papier"
        SPOKEN = "spoken", "am Telefon vorgelesen"
        OTHER = "other", "in einer anderen Form, die ich oben beschreibe"

    OPEN = (State.NEW, State.IN_PROGRESS)

    receipt = models.CharField("Eingangsnummer", max_length=20, unique=True, editable=False)
    nonce = models.CharField("Kennung des Formulars", max_length=64, unique=True, editable=False)
    received_at = models.DateTimeField("Eingegangen", default=timezone.now, editable=False)
    due_on = models.DateField("Zu beantworten bis", editable=False)
    page = models.CharField("Seite", max_length=LONGEST_PAGE, blank=True, editable=False)
    text = models.TextField("Was nicht funktioniert", editable=False)
    wanted_form = models.CharField(
        "Gewünschte Form", max_length=10, choices=Form, blank=True, default=Form.NONE, editable=False
    )
    name = models.CharField("Name", max_length=LONGEST_NAME, blank=True, editable=False)
    email = models.CharField("E-Mail", max_length=LONGEST_EMAIL, blank=True, editable=False)
    phone = models.CharField("Telefon", max_length=LONGEST_PHONE, blank=True, editable=False)
    state = models.CharField("Stand", max_length=12, choices=State, default=State.NEW)
    answer = models.TextField(
        "Antwort oder Notiz",
        blank=True,
        max_length=10_000,
        help_text="Was geantwortet wurde oder warum nichts zu tun ist. Die Website verschickt den Text nur mit dem "
        "Häkchen darunter.",
    )
    answered_on = models.DateField(
        "Beantwortet am", null=True, blank=True, help_text="Gehört zu „beantwortet“ und zu „kein Handlungsbedarf“."
    )
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="Beantwortet von",
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
    )
    forgotten_on = models.DateField("Angaben zur Person gelöscht am", null=True, editable=False)

    objects = BarrierReportQuerySet.as_manager()

    panels = [
        ReportedPanel(heading="Die Meldung"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("state"), FieldPanel("answered_on")]),
                FieldPanel("answer"),
                FieldPanel("send_answer"),
            ],
            heading="Bearbeitung",
        ),
    ]
    base_form_class = BarrierAnswerForm

    class Meta:
        verbose_name = "gemeldete Barriere"
        verbose_name_plural = "gemeldete Barrieren"
        # Unanswered ones first, of these the most urgent; then the others, the latest first.
        ordering = [
            Case(When(state__in=["new", "in_progress"], then=0), default=1),
            Case(When(state__in=["new", "in_progress"], then=F("due_on"))),
            F("received_at").desc(),
        ]

    def __str__(self) -> str:
        return self.receipt

    def get_absolute_url(self) -> str:
        """Return the address of its receipt, e.g. "/barriere-melden/B-2026-K7QF3X/"."""
        return reverse("barrier_receipt", args=[self.receipt])

    def clean(self) -> None:
        """Raise ValidationError when state, day and answer do not fit together."""
        super().clean()
        errors = {}
        if self.is_open:
            if self.answered_on:
                errors["answered_on"] = "Ein Tag der Antwort passt nur zu „beantwortet“ und „kein Handlungsbedarf“."
        elif not self.answered_on:
            errors["answered_on"] = f"Zu „{self.get_state_display()}“ gehört ein Tag."
        elif not timezone.localdate(self.received_at) <= self.answered_on <= today():
            errors["answered_on"] = "Der Tag liegt vor dem Eingang der Meldung oder in der Zukunft."
        if not self.is_open and not self.answer.strip():
            errors["answer"] = "Bitte festhalten, was geantwortet wurde oder warum nichts zu tun ist."
        if errors:
            raise ValidationError(errors)

    def begin(self) -> None:
        """Fill in moment, term and a receipt number that is not taken; before the first `save()`, under a lock."""
        self.received_at = timezone.now()
        day = timezone.localdate(self.received_at)
        self.due_on = months_later(day, MONTHS_TO_ANSWER)
        while not self.receipt or BarrierReport.objects.filter(receipt=self.receipt).exists():
            self.receipt = f"B-{day.year}-{get_random_string(6, LETTERS)}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def received_day(self) -> str:
        return german_day(timezone.localdate(self.received_at))

    @property
    def can_be_answered(self) -> bool:
        return bool(self.email or self.phone)

    @property
    def page_is_ours(self) -> bool:
        """Say whether `page` is a path of this site and so may be a link."""
        return local_path(self.page, set()) != ""

    @property
    def urgency(self) -> str:
        """Return in words how far the term is, or when it was answered."""
        if not self.is_open:
            return f"{german_day(self.answered_on)}" if self.answered_on else ""
        days = (self.due_on - today()).days
        if days == 0:
            return "heute fällig"
        counted = f"{abs(days)} {'Tag' if abs(days) == 1 else 'Tage' if days > 0 else 'Tagen'}"
        return f"noch {counted}" if days > 0 else f"überfällig seit {counted}"

    @property
    def mail_report(self) -> str:
        """Return in words what became of its mails."""
        return "; ".join(str(mail) for mail in self.mails.all())


class BarrierMailQuerySet(models.QuerySet):
    """Mails by name of what is asked."""

    def tried_in_vain(self) -> Self:
        """Return what has not gone out: answers, and what belongs to a report that waits for one."""
        matters = Q(to=BarrierMail.To.ANSWER) | Q(report__state__in=BarrierReport.OPEN)
        return self.filter(matters, sent_at=None, attempts__gt=0)


class BarrierMail(models.Model):
    """A mail that belongs to a report: stored with it, sent afterwards, tried again until it has gone out."""

    seen_by_readers = False

    class To(models.TextChoices):
        SECRETARIAT = "secretariat", "an die Geschäftsstelle"
        REPORTER = "reporter", "Eingangsbestätigung"
        ANSWER = "answer", "Antwort"

    report = models.ForeignKey(
        BarrierReport, verbose_name="Meldung", on_delete=models.CASCADE, related_name="mails", editable=False
    )
    to = models.CharField("An wen", max_length=11, choices=To, editable=False)
    # Of an answer, as it went out.
    text = models.TextField("Verschickter Text", blank=True, default="", db_default="", editable=False)
    sent_at = models.DateTimeField("Verschickt", null=True, editable=False)
    attempts = models.PositiveSmallIntegerField("Vergebliche Versuche", default=0, editable=False)
    next_attempt_at = models.DateTimeField("Nächster Versuch", default=timezone.now, editable=False)
    given_up = models.BooleanField("Nicht zustellbar", default=False, editable=False)
    problem = models.CharField("Woran es lag", max_length=200, blank=True, editable=False)

    objects = BarrierMailQuerySet.as_manager()

    class Meta:
        verbose_name = "E-Mail zu einer Barriere"
        verbose_name_plural = "E-Mails zu Barrieren"
        ordering = ["-to", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "to"], condition=~Q(to="answer"), name="one_barrier_mail_of_a_kind"
            )
        ]

    def __str__(self) -> str:
        label = self.get_to_display()
        if self.sent_at:
            return f"{label}: verschickt am {german_moment(self.sent_at)}"
        if self.given_up:
            return f"{label}: nicht zustellbar"
        return f"{label}: noch nicht verschickt" + (f" ({self.problem})" if self.problem else "")


class BarrierSenderQuerySet(models.QuerySet):
    """Messages that are counted."""

    def recent(self) -> "BarrierSenderQuerySet":
        """Return those of the last hour; of the next one as well, by which the time may have been set back."""
        now = timezone.now()
        return self.filter(at__range=(now - BarrierSender.KEPT, now + BarrierSender.KEPT))


class BarrierSender(models.Model):
    """That a report came from somewhere, for an hour: counted so that nobody floods the inbox.

    Apart from the report, so that nobody can tell whose it is; `sender` is a keyed hash of the address and the day.
    """

    seen_by_readers = False

    KEPT = timedelta(hours=1)

    sender = models.CharField("Absender", max_length=64, db_index=True, editable=False)
    at = models.DateTimeField("Wann", default=timezone.now, db_index=True, editable=False)

    objects = BarrierSenderQuerySet.as_manager()

    class Meta:
        verbose_name = "Absender einer Meldung"
        verbose_name_plural = "Absender von Meldungen"

    def __str__(self) -> str:
        return f"{self.at:%H:%M}"
