"""What the coming Land has ready for its first day in the chair; until then only editors see it."""

from django.core.exceptions import ValidationError
from django.db import models
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, HelpPanel, InlinePanel
from wagtail.models import Orderable

from conferences.models.chair import ChairPerson, ChairTerm, OfficeHolder
from conferences.models.land import PUBLISHER_PANELS, Land, PublisherFacts
from conferences.rules.rotation import Term

FACTS = {field.name: field for field in PublisherFacts._meta.fields}
OF_PERSON = [field.name for field in OfficeHolder._meta.fields]


class ChairPreparation(PublisherFacts, ClusterableModel):
    """The facts and persons that a Land will publish under; on its first day they take the place of those stored.

    Of its own and not in the row of the Land: readers see that one already, and only the chair publishes.
    """

    seen_by_readers = False
    # What it shows is not public yet, and no reference from here makes it so.
    wagtail_reference_index_ignore = True

    # To tell what it changes from what others have changed since.
    begun_with = models.JSONField("Stand beim Beginn", default=dict, editable=False)
    land = models.OneToOneField(Land, verbose_name="Land", on_delete=models.CASCADE, related_name="preparation")

    panels = [
        HelpPanel(
            "<p>Was hier steht, sieht bis zum ersten Tag Ihres Vorsitzes nur die Redaktion. An diesem Tag gilt es von "
            "selbst: auf den Seiten Vorsitz, Impressum, Kontakt, Datenschutz und Barrierefreiheit.</p>"
            "<p>Neue Seiten wie die der nächsten Konferenz bereiten Sie als Entwurf vor. Unter „Mehr "
            "Aktionen“ merken Sie sie für den ersten Tag vor.</p>"
        ),
        *PUBLISHER_PANELS,
        InlinePanel("persons", heading="Personen im Vorsitz", label="Person"),
    ]

    class Meta:
        verbose_name = "Vorbereitung des Vorsitzes"
        verbose_name_plural = "Vorbereitungen des Vorsitzes"

    def __str__(self) -> str:
        return f"Vorbereitung: {self.land}"

    def clean(self) -> None:
        """Raise ValidationError where somebody else of the Land has begun meanwhile."""
        super().clean()
        if self.pk is None and ChairPreparation.objects.filter(land=self.land).exists():
            raise ValidationError(
                "Jemand aus Ihrem Land hat das inzwischen begonnen. Was Sie geschrieben haben, steht unten."
            )

    @classmethod
    def begun_from(cls, land: Land, term: Term) -> "ChairPreparation":
        """Return a new one, not saved, with what is stored for the Land and its `term`."""
        begun = cls(land=land, **{name: getattr(land, name) for name in FACTS})
        stored = ChairTerm.objects.filter(land=land, start=term.start).first()
        persons = list(stored.persons.all()) if stored else []
        begun.persons = [PreparedPerson(**{name: getattr(person, name) for name in OF_PERSON}) for person in persons]
        begun.begun_with = begun.facts_as_text() | {"persons": [person.name for person in persons]}
        return begun

    def facts_as_text(self) -> dict[str, str]:
        """Return the facts by name, as JSON can hold them."""
        return {name: field.value_to_string(self) for name, field in FACTS.items()}

    def put_in_force(self, term: Term) -> None:
        """Write it to the Land and to `term`, which is stored where it followed from the rule alone; then delete it.

        Call it in a transaction. What was not changed here stays as others have it by now, and so do persons whom they
        have added, or all without a person here; who stands there by the same name keeps days, note and sources.
        """
        for name, text in self.facts_as_text().items():
            if text != self.begun_with.get(name):
                setattr(self.land, name, getattr(self, name))
        self.land.save()
        if persons := list(self.persons.all()):
            row = ChairTerm.objects.filter(land=self.land, start=term.start).first() or ChairTerm(
                land=self.land, start=term.start, end=term.end
            )
            known = {person.name: person for person in row.persons.all()}
            gone = {*self.begun_with.get("persons", []), *(person.name for person in persons)}
            added = [person for name, person in known.items() if name not in gone]
            row.persons = [*(person.as_chair(known.get(person.name)) for person in persons), *added]
            row.save()
        self.delete()


class PreparedPerson(OfficeHolder, Orderable):
    """A person who will be in the chair."""

    seen_by_readers = False
    wagtail_reference_index_ignore = True

    preparation = ParentalKey(
        ChairPreparation, verbose_name="Vorbereitung", related_name="persons", on_delete=models.CASCADE
    )

    panels = [FieldPanel("name"), FieldPanel("office"), FieldPanel("ministry"), FieldPanel("portrait")]

    class Meta(Orderable.Meta):
        verbose_name = "Person"
        verbose_name_plural = "Personen"

    def as_chair(self, known: ChairPerson | None) -> ChairPerson:
        """Return the person of a term, `known` where there is one, with what is prepared here; not saved."""
        person = known or ChairPerson()
        for name in (*OF_PERSON, "sort_order"):
            setattr(person, name, getattr(self, name))
        return person
