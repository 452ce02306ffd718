"""Pictures and documents that a Land proposes: its own until readers can see them."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from wagtail.models import Collection, ReferenceIndex

from intmk.models import SiteDocument, SiteImage
from intmk.roles import PROPOSALS


def take_out_of_proposals(sender: type[Model], instance: Model, **kwargs: Any) -> None:
    """Move the files of what readers see from now on to where the chair keeps its own.

    Handler of `page_published` and of saved terms (portraits). Otherwise whoever brought a picture could exchange it
    under the eyes of readers.
    """
    # Now, since Wagtail's own index is brought up to date by a task, maybe later.
    ReferenceIndex.create_or_update_for_object(instance)
    references = ReferenceIndex.get_references_for_object(instance)
    for model in (SiteImage, SiteDocument):
        used = references.filter(to_content_type=ContentType.objects.get_for_model(model))
        ids = [int(pk) for pk in used.values_list("to_object_id", flat=True)]
        proposed = model.objects.filter(pk__in=ids, collection__name=PROPOSALS)
        proposed.update(collection=Collection.get_first_root_node())
