"""The report "Vorsitz und Rechte": who sees it, what it says, how it is filtered and taken away."""

import csv
import io

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from openpyxl import load_workbook
from wagtail.log_actions import LogContext
from wagtail.permissions import page_permission_policy

from conferences.models import ChairTerm
from intmk.language.day import today
from intmk.users.models import CHAIR, User
from tests.editing import breakable, give_chair, take_chair, text_of
from tests.test_audit import REPORT, SAARLAND, new_term

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Client:
    client = Client(HTTP_HOST="localhost")
    client.force_login(User.objects.create_superuser("admin-report"))
    return client


def test_the_report_is_for_the_chair_and_for_administrators_at_every_request(account, editor):
    addresses = [REPORT, f"{REPORT}liste/", f"{REPORT}?export=csv", f"{REPORT}?export=xlsx"]

    def answers() -> set[int]:
        return {editor.get(address).status_code for address in addresses}

    assert answers() == {302}
    assert "Vorsitz und Rechte" not in editor.get("/admin/").content.decode()
    account.land_code = ChairTerm.objects.rotation().chair_on(today())
    account.save()
    account.groups.add(Group.objects.get(name=CHAIR))
    assert answers() == {200}
    assert "Vorsitz und Rechte" in editor.get("/admin/").content.decode()
    account.land_code = "DE-BW"
    account.save()
    account.groups.remove(Group.objects.get(name=CHAIR))
    assert answers() == {302}
    account.land_code, account.is_superuser = "", True
    account.save()
    assert answers() == {200}
    account.is_active = False
    account.save()
    assert answers() == {302}


def test_whether_an_account_acts_for_the_chair_is_asked_anew_each_time_in_one_query(account, django_assert_num_queries):
    chair = Group.objects.get(name=CHAIR)
    for member, land in ((True, "DE-BW"), (False, "DE-BY")):
        (account.groups.add if member else account.groups.remove)(chair)
        account.land_code = land
        with django_assert_num_queries(1):
            assert account.acts_for_chair is member  # the same object, as a request keeps it
    account.is_superuser = True
    assert account.acts_for_chair
    account.groups.add(chair)
    account.is_active = False
    assert not account.acts_for_chair  # whatever it is in


def test_who_acts_for_the_chair_is_who_wagtail_lets_publish(account):
    def answers() -> tuple[bool, bool]:
        fresh = User.objects.get(pk=account.pk)
        return fresh.acts_for_chair, page_permission_policy.user_has_permission(fresh, "publish")

    take_chair(account)
    assert answers() == (False, False)
    give_chair(account)
    assert answers() == (True, True)
    take_chair(account)
    assert answers() == (False, False)
    User.objects.filter(pk=account.pk).update(land_code="", is_superuser=True)
    assert answers() == (True, True)
    User.objects.filter(pk=account.pk).update(is_active=False)
    assert answers() == (False, False)


def test_the_report_is_filtered_by_kind_person_and_day(admin, account):
    new_term()

    def lines(**query) -> int:
        return len(admin.get(REPORT, query).context["object_list"])

    every = lines()
    assert lines(action="intmk.term.create") == 1
    assert lines(by="System") == every
    assert lines(timestamp_from=f"{today()}", timestamp_to=f"{today()}") == every
    assert lines(timestamp_to="2020-01-01") == 0
    text = text_of(admin.get(REPORT))
    for heading in ("Zeit", "Wer", "Was", "Von", "Nach"):
        assert heading in text


def test_the_report_can_be_taken_away_as_a_table(admin):
    new_term()
    table = io.StringIO(b"".join(admin.get(REPORT, {"export": "csv"}).streaming_content).decode())
    lines = list(csv.reader(table))
    assert lines[0] == ["Zeit", "Wer", "Was", "Von", "Nach"]
    expected = ["System", "Amtszeit eingetragen: Saarland (2027/28)", "–", SAARLAND]
    assert expected in [[breakable(cell) for cell in line[1:]] for line in lines]
    content = b"".join(admin.get(REPORT, {"export": "xlsx"}).streaming_content)
    rows = [[cell.value for cell in line] for line in load_workbook(io.BytesIO(content)).active.iter_rows()]
    assert rows[0] == lines[0]
    assert expected in [[breakable(cell) for cell in row[1:]] for row in rows]


@pytest.mark.audit
def test_the_report_needs_as_many_queries_for_fifty_entries_as_for_two(admin, django_assert_max_num_queries):
    new_term()
    admin.get(REPORT)
    with django_assert_max_num_queries(100) as few:
        admin.get(REPORT)
    for number in range(50):
        with LogContext(user=User.objects.create_superuser(f"admin-{number}")):
            User.objects.create_user(f"redaktion-{number}", land_code="DE-BY")
    admin.get(REPORT)  # the new accounts come into the group of all Länder first
    with django_assert_max_num_queries(100) as many:
        assert len(admin.get(REPORT).context["object_list"]) == 50
    assert len(many) == len(few)
