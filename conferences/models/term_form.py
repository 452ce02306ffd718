"""The form of a term: what it changes in the rotation is shown before it is saved."""

from datetime import date

from django.core.exceptions import ValidationError
from wagtail.admin.forms import WagtailAdminModelForm

from conferences.rules.rotation import Term
from conferences.rules.term_changes import Effects, TermChange, TermRefusedError, effects_of, with_term
from intmk.language import land_names
from intmk.language.dates import EXACT, german_day, problems

CONFIRMED = "effects_confirmed"
NOT_SAVED = (
    "Noch nicht gespeichert. Bitte lesen Sie unter „Was sich ändert“, was die Änderung bewirkt, und bestätigen Sie sie."
)


class ChairTermForm(WagtailAdminModelForm):
    """A term with its persons; Land and days, which only administrators have, are saved once they are confirmed.

    effects: what is to be confirmed, None when nothing is. Whoever validates and saves holds the lock of
    `one_after_another` (conferences/terms/views.py), so that what was shown is what is saved.
    """

    effects: Effects | None = None
    change: TermChange | None = None

    def __init__(self, *args, day: date, **kwargs) -> None:
        """Take Wagtail's arguments and the day as of which to say who loses the right to publish."""
        super().__init__(*args, **kwargs)
        self.day = day

    def clean(self) -> dict:
        """Work out the change of the rotation; an overlap or a gap becomes an error beside the day."""
        cleaned = super().clean()
        land, start, end = (cleaned.get(name) for name in ("land", "start", "end"))
        # Days far off are the model's to refuse, beside the field; there is no day after 31 December 9999 to work with.
        if land and start and end and not problems(start, end, EXACT):
            terms = type(self.instance).objects.by_key()
            old, new = terms.get(self.instance.pk), Term(land.code, start, end)
            try:
                self.change = None if new == old else with_term(list(terms.values()), new, old)
            except TermRefusedError as refusal:
                self.add_error(refusal.field, refusal.message)
            self.instance.joins_neighbours = True  # or it is refused by now
        return cleaned

    def is_valid(self) -> bool:
        """Say whether everything fits and, where the rotation changes, the effects are those that were confirmed."""
        valid = super().is_valid()
        if not self.is_bound:
            return False
        valid = self.persons_take_turns() and valid
        if not valid or self.change is None:
            return valid
        try:
            following = self.following(self.change)
        except ValidationError as error:
            self.add_error("end", error)
            return False
        self.effects = effects_of(self.change, self.day, self.warnings(following))
        if self.data.get(CONFIRMED) == self.effects.fingerprint:
            return True
        self.add_error(None, ValidationError(NOT_SAVED, code="unconfirmed"))
        return False

    def persons_take_turns(self) -> bool:
        """Say whether no two persons' known days overlap; if they do, put an error beside the later one's first day."""
        formset = self.formsets.get("persons")
        if formset is None or not formset.is_valid():
            return formset is None
        seen: list = []
        for form in formset.forms:
            person = form.instance
            days = person.known_days
            if form in formset.deleted_forms or days is None:
                continue
            clash = next(
                (other for other in seen if days[0] <= other.known_days[1] and other.known_days[0] <= days[1]), None
            )
            if clash:
                form.add_error(
                    "start" if person.start else "end",
                    f"Die Zeit überschneidet sich mit der von {clash.name} ({clash.period}). "
                    "Der letzte Tag der einen Person ist der Tag vor dem ersten der anderen.",
                )
                return False
            seen.append(person)
        return True

    def following(self, change: TermChange):
        """Return the next stored term with its new first day, None when it stays.

        Raises ValidationError when it would become too long, or when a person's days would lie outside it.
        """
        moved = change.moved
        if moved is None:
            return None
        following = type(self.instance).objects.get(start=moved.start)
        following.start = next(term for term in change.after if term.end == moved.end).start
        errors = []
        for part in (following, *following.persons.all()):
            if part is not following:
                part.term = following
            try:
                part.clean()
            except ValidationError as error:
                errors += [f"{part}: {message}" for message in error.messages]
        if errors:
            raise ValidationError(
                f"Die Amtszeit danach ({moved.land_name}) begänne dann am {german_day(following.start)}. Dazu passt "
                f"nicht, was dort eingetragen ist. {' '.join(errors)}"
            )
        return following

    def warnings(self, following) -> list[str]:
        """Return a sentence for each conference that would no longer fit its term, or get another chair."""
        changed = [(row, row.as_term()) for row in (self.instance, following) if row is not None and row.pk]
        sentences = []
        for row, term in changed:
            for conference in row.conferences.chronological():
                name = (
                    f"„{conference.title}“ ({conference.period})" if str(conference.period) else f"„{conference.title}“"
                )
                if conference.period.lies_outside(term.start, term.end):
                    sentences.append(
                        f"{name} liegt dann nicht mehr in der Amtszeit, der sie zugeordnet ist ({term.land_name}, "
                        f"{term.period}). Bitte wählen Sie danach bei der Konferenz die richtige Amtszeit."
                    )
                elif row is self.instance and "land" in self.changed_data:
                    sentences.append(f"{name} nennt dann {land_names.who(term.land_name)} als Vorsitz.")
        return sentences

    def save(self, commit: bool = True):
        """Save the term, and the first day of the next one; first the one that makes room, so that none overlap."""
        if not commit or self.change is None or self.change.moved is None:
            return super().save(commit)
        following = self.following(self.change)
        if following.start > self.change.moved.start:
            following.save(update_fields=["start"])
            return super().save(commit)
        term = super().save(commit)
        following.save(update_fields=["start"])
        return term
