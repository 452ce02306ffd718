"""The form of a resolution: what only shows when fields and rows are looked at together."""

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

from django.forms import ModelForm, ValidationError

from conferences.models.resolution_release import holds
from conferences.rules import agenda_item, ballot
from intmk.base.page_form import SitePageForm
from intmk.base.pages import SitePage


def fault_of_movers(of_laender: bool, movers: Collection[Any]) -> dict[str, str]:
    """Return an error by field where "einzelne Länder" moved it and none is named, or the other way round."""
    if of_laender and not movers:
        return {"movers": "Bitte die Länder wählen."}
    if movers and not of_laender:
        return {"mover_kind": "Länder sind gewählt: Hier gehört „einzelne Länder“ hin."}
    return {}


class ResolutionForm(SitePageForm):
    """Refuses contradictions between the votes, statements and movers beside the field where they are."""

    instance: SitePage
    formsets: dict[str, Any]

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if self.parent_page is not None:  # a new page has no place in the tree yet
            self.instance.conference_id = self.parent_page.pk

    def clean_item(self) -> str:
        """Return the number as it is stored; raise ValidationError for what is none, which a draft keeps as it is."""
        item = self.cleaned_data["item"]
        try:
            return agenda_item.normalised(item)
        except ValueError as error:
            if self.is_deferred_validation:
                return item
            raise ValidationError(str(error)) from None

    def clean(self) -> dict[str, Any]:
        """Check movers, votes and statements against one another."""
        cleaned = super().clean()
        of_laender = cleaned.get("mover_kind") == self._meta.model.MoverKind.LAENDER
        if "movers" not in self.errors:
            for name, fault in fault_of_movers(of_laender, cleaned["movers"]).items():
                self.add_error(name, fault)
        self.check_votes(cleaned)
        self.check_references()
        self.check_statements(cleaned)
        return cleaned

    def check_votes(self, cleaned: dict[str, Any]) -> None:
        """Add errors for a Land with two votes, and where votes and numbers do not fit."""
        rows = list(self.rows("votes"))
        votes = Counter(row.cleaned_data.get("land") for row in rows)
        for row in rows:
            land = row.cleaned_data.get("land")
            if land and votes[land] > 1:
                row.add_error("land", f"{land} hat nur eine Stimme.")
        counts = ballot.Counts(*(cleaned.get(f"votes_{name}") for name in ("yes", "no", "abstained")))
        cast = {
            row.cleaned_data["land"].code: row.cleaned_data["vote"]
            for row in rows
            if row.cleaned_data.get("land") and row.cleaned_data.get("vote")
        }
        for message in ballot.contradictions_of_laender(cleaned.get("outcome", ""), counts, cast):
            self.add_error("votes_yes", message)

    def check_statements(self, cleaned: dict[str, Any]) -> None:
        """Add an error beside a statement that is not released but stands in a source file that is not withheld."""
        paper = cleaned.get("source_file")
        if paper is None or paper.withheld:
            return
        for row in self.rows("statements"):
            if not row.cleaned_data.get("is_released") and holds(paper, [row.cleaned_data.get("text") or ""]):
                row.add_error("is_released", "Der Wortlaut steht in der Quelldatei, die nicht gesperrt ist.")

    def check_references(self) -> None:
        """Add an error beside a reference to the resolution itself or one that stands there twice."""
        seen = set()
        for row in self.rows("references"):
            target, kind = row.cleaned_data.get("target"), row.cleaned_data.get("kind")
            if target and target.pk == self.instance.pk:
                row.add_error("target", "Ein Beschluss kann sich nicht auf sich selbst beziehen.")
            elif target and (target.pk, kind) in seen:
                row.add_error("target", "Dieser Bezug steht schon da.")
            seen.add((target.pk if target else None, kind))

    def rows(self, name: str) -> Iterator[ModelForm]:
        """Yield the filled forms of the rows `name` that are not to be deleted."""
        formset = self.formsets.get(name)
        if formset is None or not self.is_bound:
            return
        formset.is_valid()  # fills cleaned_data
        for form in formset.forms:
            cleaned = getattr(form, "cleaned_data", None)
            if cleaned and not cleaned.get("DELETE"):
                yield form
