"""Names within libraries that the site relies on: the first test that fails after an upgrade, and says why."""

from inspect import signature

import pytest
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db.models import FileField
from django.db.models.deletion import Collector, get_candidate_relations_to_delete
from django.db.models.fields.files import FieldFile
from django.db.models.query import QuerySet
from wagtail.models import Page, ReferenceIndex


@pytest.mark.parametrize(
    ("owner", "name", "parameters"),
    [
        (ReferenceIndex, "_extract_references_from_object", ["object"]),  # intmk/media/unpublished.py
        (PasswordResetTokenGenerator, "_make_hash_value", ["self", "user", "timestamp"]),  # intmk/users/invitations.py
        (PasswordResetTokenGenerator, "_make_token_with_timestamp", ["self", "user", "timestamp", "secret"]),
        (
            QuerySet,
            "_insert",
            ["self", "objs", "fields"],
        ),  # intmk/benchmark/, intmk/trash/
        (QuerySet, "_raw_delete", ["self", "using"]),  # intmk/benchmark/synthetic_archive.py
    ],
)
def test_what_the_site_calls_within_a_library_is_still_there(owner, name, parameters):
    assert list(signature(getattr(owner, name)).parameters)[: len(parameters)] == parameters


def test_a_file_still_says_whether_it_is_stored():  # intmk/media/files.py
    assert FieldFile(None, FileField(), "name")._committed is True


@pytest.mark.django_db
def test_a_deletion_still_tells_what_it_collects():  # intmk/trash/keeping.py
    collector = Collector(using="default")
    collector.collect(Page.objects.filter(depth=2))
    assert Page in collector.data
    assert all(queryset.model for queryset in collector.fast_deletes)
    assert all(len(key) == 2 for key in collector.field_updates)
    assert get_candidate_relations_to_delete(Page._meta)


@pytest.mark.django_db
def test_wagtail_still_keeps_the_route_of_a_request(rf):  # intmk/pages/routing.py
    request, page = rf.get("/"), Page.objects.get(depth=2)
    assert Page.route_for_request(request, "/") == request._wagtail_route_for_request
    assert request._wagtail_route_for_request.page.pk == page.pk
