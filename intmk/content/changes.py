"""Tells what of the initial content people have left as `load_content` wrote it."""

import json
from hashlib import sha256
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.forms import model_to_dict
from modelcluster.models import ClusterableModel
from wagtail.models import ModelLogEntry, Page, PageLogEntry

from intmk.content.models import LoadedContent
from intmk.proposals.changes import stored_version, without_keys, written_fields


def digest(data: Any) -> str:
    """Return the checksum of plain data; fields without a value do not count, so that a later program may have more."""
    return sha256(json.dumps(said(data), sort_keys=True, default=str).encode()).hexdigest()


def said(data: Any) -> Any:
    """Return what the data say: nothing empty, at whatever depth, and lists of keys in one order."""
    if isinstance(data, dict):
        told = {name: said(value) for name, value in data.items()}
        return {name: value for name, value in told.items() if value not in (None, "", [], {}, False)}
    if isinstance(data, list):
        told_all = [said(value) for value in data]
        return sorted(told_all) if all(type(value) is int for value in told_all) else told_all
    return data


def checksum_of(thing: Model) -> str:
    """Return the checksum of all that people can write into it."""
    if isinstance(thing, Page):
        return state_of_version(type(thing), stored_version(thing))
    if isinstance(thing, ClusterableModel):
        return digest(without_keys(json.loads(thing.to_json())))
    told = model_to_dict(thing)
    return digest(
        {name: [row.pk for row in value] if isinstance(value, list) else value for name, value in told.items()}
    )


def state_of_version(page_type: type[Page], version: dict[str, Any]) -> str:
    """Return the same checksum of a page as a version of it is stored."""
    return digest(without_keys({name: version.get(name) for name in written_fields(page_type)}))


def is_untouched(record: LoadedContent, thing: Model) -> bool:
    """Say whether it still is what `record` says was written.

    Where that was not noted yet, it is unless a person stands in its log or it has a second version.
    """
    if isinstance(thing, Page) and (not thing.live or thing.has_unpublished_changes):
        return False
    if record.state:
        return record.state == checksum_of(thing)
    if isinstance(thing, Page):
        by_people = PageLogEntry.objects.filter(page=thing.pk, user__isnull=False)
        return not by_people.exists() and thing.revisions.count() <= 1
    kind = ContentType.objects.get_for_model(thing)
    return not ModelLogEntry.objects.filter(content_type=kind, object_id=str(thing.pk), user__isnull=False).exists()
