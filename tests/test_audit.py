"""Every change of a term, of a Land of an account, of a right is in the log, with from and to; a report shows it."""

from datetime import date
from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from wagtail.log_actions import LogContext, log
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, ModelLogEntry
from wagtail.test.utils.form_data import nested_form_data

from conferences.models import ChairPerson, ChairTerm, Handover, Land
from intmk.audit.reports import account_log_entries
from intmk.content.models import LoadedContent
from intmk.pages.models import HomePage
from intmk.users.models import CHAIR, LAENDER, User
from intmk.users.roles import permissions
from tests.editing import breakable, text_of

pytestmark = pytest.mark.django_db
REPORT = "/admin/berichte/vorsitz-und-rechte/"


@pytest.fixture
def administrator() -> User:
    return User.objects.create_superuser("admin-audit", first_name="Ada", last_name="Admin")


@pytest.fixture
def admin(administrator) -> Client:
    client = Client(HTTP_HOST="localhost")
    client.force_login(administrator)
    return client


def written(action: str) -> list[tuple[str, str, str]]:
    """(by, from, to) of all entries with this action, the oldest first."""
    found = ModelLogEntry.objects.filter(action=action).order_by("pk")
    return [(entry.data["by"], breakable(entry.data["from"]), breakable(entry.data["to"])) for entry in found]


def new_term() -> ChairTerm:
    return ChairTerm.objects.create(
        land=Land.objects.get(code="DE-SL"), start=date(2027, 7, 1), end=date(2028, 6, 30), source="official"
    )


SAARLAND = "Saarland, 1. Juli 2027 bis 30. Juni 2028"


def test_a_term_is_followed_from_its_beginning_to_its_end(administrator):
    with LogContext(user=administrator):
        term = new_term()
    assert written("intmk.term.create") == [("Ada Admin (admin-audit)", "", SAARLAND)]
    term.end = date(2028, 3, 31)
    term.save()
    assert written("intmk.term.change") == [("System", SAARLAND, "Saarland, 1. Juli 2027 bis 31. März 2028")]
    ChairPerson.objects.create(term=term, name="Eine Ministerin", office="Ministerin")
    term.delete()
    assert written("intmk.term.delete")[0][1:] == (
        "Saarland, 1. Juli 2027 bis 31. März 2028 (Eine Ministerin, Ministerin)",
        "",
    )
    assert len(written("intmk.term.persons")) == 1  # not again when the whole term goes


def test_what_does_not_change_land_days_or_persons_is_no_change_of_a_term():
    term = new_term()
    term.note = "Anmerkung"
    term.save()
    term.save(update_fields=["note"])
    assert written("intmk.term.change") == []


def test_persons_in_the_chair_are_followed():
    person = ChairPerson.objects.create(term=new_term(), name="Erste")
    person.end = date(2027, 12, 31)
    person.save()
    person.delete()
    assert written("intmk.term.persons") == [
        ("System", "", "Erste"),
        ("System", "Erste", "Erste, bis 31.12.2027"),
        ("System", "Erste, bis 31.12.2027", ""),
    ]


def test_an_account_is_followed_from_its_beginning_to_its_end():
    user = User.objects.create_user("redaktion-neu", last_name="Neu", land_code="DE-BY")
    user.land_code = "DE-SL"
    user.save()
    user.is_active = False
    user.save(update_fields=["is_active"])
    user.land_code, user.is_superuser = "", True
    user.save()
    user.groups.add(Group.objects.get(name=LAENDER))
    user.delete()
    assert written("intmk.account.create") == [("System", "", "Land Bayern")]
    assert written("intmk.account.land") == [("System", "Bayern", "Saarland"), ("System", "Saarland", "–")]
    assert written("intmk.account.active") == [("System", "aktiv", "gesperrt")]
    assert written("intmk.account.superuser") == [("System", "keine Administration", "Administration")]
    assert written("intmk.account.delete") == [("System", "Gruppen: Länder; Administration; gesperrt", "")]
    assert {entry.label for entry in ModelLogEntry.objects.filter(action__startswith="intmk.account")} == {
        "Neu (redaktion-neu)"
    }


def test_a_sign_in_and_a_new_name_are_no_change_of_rights(account):
    ModelLogEntry.objects.all().delete()
    Client(HTTP_HOST="localhost").force_login(account)
    account.last_name = "Anders"
    account.save()
    assert not account_log_entries().exists()


def test_groups_are_followed_from_both_sides(account):
    chair = Group.objects.get(name=CHAIR)
    other = User.objects.create_user("redaktion-zwei")
    account.groups.add(chair)
    account.groups.add(chair)  # was there: no change
    chair.user_set.add(other, account)
    chair.user_set.remove(account)
    chair.user_set.clear()
    account.groups.clear()
    assert written("intmk.account.groups") == [
        ("System", "", "Länder"),
        ("System", "Länder", "Länder, Vorsitz"),
        ("System", "", "Vorsitz"),
        ("System", "Länder, Vorsitz", "Länder"),
        ("System", "Vorsitz", ""),
        ("System", "Länder", ""),
    ]


def test_several_steps_of_one_request_are_one_entry(account, administrator):
    ModelLogEntry.objects.all().delete()
    laender, chair = Group.objects.get(name=LAENDER), Group.objects.get(name=CHAIR)
    with LogContext(user=administrator):
        account.groups.set([chair])
    assert written("intmk.account.groups") == [("Ada Admin (admin-audit)", "Länder", "Vorsitz")]
    with LogContext(user=administrator):
        account.groups.set([laender])
        account.groups.set([chair])  # back again: nothing happened
    assert len(written("intmk.account.groups")) == 1


def test_rights_of_a_group_are_followed():
    group = Group.objects.get(name=LAENDER)
    (right,) = permissions(["conferences.change_chairterm"])
    group.permissions.add(right)
    right.group_set.remove(group)
    (publish,) = permissions(["wagtailcore.publish_page"])
    page_right = GroupPagePermission.objects.create(group=group, page=HomePage.objects.get(), permission=publish)
    page_right.delete()
    (delete,) = permissions(["wagtailimages.delete_image"])
    root = Collection.get_first_root_node()
    GroupCollectionPermission.objects.create(group=group, collection=root, permission=delete)
    home = HomePage.objects.get().title
    assert [entry[1:] for entry in written("intmk.group.rights")] == [
        ("", "Amtszeit bearbeiten"),
        ("Amtszeit bearbeiten", ""),
        ("", f"{home}: Seite veröffentlichen"),
        (f"{home}: Seite veröffentlichen", ""),
        ("", f"{root}: Bild löschen"),
    ]


def test_a_deleted_or_renamed_group_is_followed(account):
    group = Group.objects.get(name=LAENDER)
    group.name = "Alle Länder"
    group.save()
    group.delete()
    assert written("intmk.group.name") == [("System", "Länder", "Alle Länder")]
    assert written("intmk.group.delete") == [("System", "Alle Länder; Mitglieder: redaktion-test", "")]
    assert written("intmk.group.rights") == []


def test_the_pages_for_groups_of_the_admin_are_followed_although_they_write_in_bulk(admin):
    group = Group.objects.create(name="Gäste")
    home = HomePage.objects.get()
    empty = {"TOTAL_FORMS": "0", "INITIAL_FORMS": "0", "MIN_NUM_FORMS": "0", "MAX_NUM_FORMS": "1000"}
    page = admin.get(reverse("wagtailusers_groups:edit", args=[group.pk]))
    prefixes = [panel.prefix for panel in page.context["permission_panels"] if hasattr(panel, "prefix")]
    form = {prefix: empty for prefix in prefixes} | {
        "name": "Gäste",
        "page_permissions": empty | {"TOTAL_FORMS": "1", "0-page": home.pk, "0-DELETE": ""},
    }
    ticked = {
        "page_permissions-0-permissions": ["publish_page", "change_page"],
        "permissions": [permissions(["wagtailadmin.access_admin"])[0].pk],
    }
    response = admin.post(reverse("wagtailusers_groups:edit", args=[group.pk]), nested_form_data(form) | ticked)
    assert response.status_code == 302
    assert GroupPagePermission.objects.filter(group=group).count() == 2
    assert written("intmk.group.rights") == [
        (
            "Ada Admin (admin-audit)",
            "",
            f"{home.title}: Seite bearbeiten; {home.title}: Seite veröffentlichen; Redaktion öffnen",
        )
    ]


def test_accounts_that_are_locked_from_the_list_are_followed(admin, account):
    address = reverse("wagtail_bulk_action", args=["users", "user", "set_active_state"])
    response = admin.post(f"{address}?id={account.pk}", {"mark_as_active": "False"})
    assert response.status_code == 302
    assert written("intmk.account.active") == [("Ada Admin (admin-audit)", "aktiv", "gesperrt")]


def test_the_log_names_who_did_it_when_the_account_is_gone(admin, administrator):
    with LogContext(user=administrator):
        new_term()
    User.objects.filter(pk=administrator.pk).delete()
    other = Client(HTTP_HOST="localhost")
    other.force_login(User.objects.create_superuser("admin-zwei"))
    text = text_of(other.get(REPORT))
    assert "Ada Admin (admin-audit) Amtszeit eingetragen" in text
    assert f"– {SAARLAND}" in text
    assert "Konto gelöscht: Ada Admin (admin-audit)" in text
    found = other.get(REPORT, {"by": "Ada Admin (admin-audit)"}).context["object_list"]
    assert [breakable(line.after) for line in found if line.what.startswith("Amtszeit")] == [SAARLAND]


def test_a_handover_is_in_the_report(admin):
    laender = {land.code: land for land in Land.objects.filter(code__in=["DE-RP", "DE-SL"])}
    handover = Handover.objects.create(
        former_land=laender["DE-RP"], land=laender["DE-SL"], start=date(2027, 7, 1), open_items=[]
    )
    entry = log(handover, "intmk.handover", data={"from": "Rheinland-Pfalz", "to": "Saarland"})
    assert entry.message == "Übergabe des Vorsitzes: Rheinland-Pfalz → Saarland"
    assert "System Übergabe des Vorsitzes" in text_of(admin.get(REPORT))


def test_the_demo_accounts_of_a_clone_are_no_change_but_what_happens_to_them_is(settings, tmp_path):
    settings.VAR = tmp_path
    call_command("create_demo_accounts", stdout=StringIO())
    assert User.objects.filter(username__startswith="redaktion-", groups__name=LAENDER).count() == 16
    assert not account_log_entries().exists()
    User.objects.get(username="admin").delete()
    assert [entry.action for entry in account_log_entries()] == ["intmk.account.delete"]


def test_the_initial_content_is_no_change_but_what_a_later_version_brings_is():
    assert LoadedContent.objects.exists()
    assert not account_log_entries().exists()  # although the terms and the rights of the groups were written
    LoadedContent.objects.filter(key__startswith="groups:").delete()
    Group.objects.get(name=LAENDER).permissions.clear()
    ModelLogEntry.objects.all().delete()
    call_command("load_content", verbosity=0)
    (entry,) = written("intmk.group.rights")  # one entry, and none for the group whose rights were in order
    assert entry[:2] == ("System", "")
    assert "Redaktion öffnen" in entry[2]
    assert "Seite bearbeiten" not in entry[2]  # taken away and given again within the command
