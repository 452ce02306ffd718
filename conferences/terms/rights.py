"""Rights that follow the chair: on the first day of a term its Land may publish, and the former one may not.

Wagtail asks for the membership of a group in some fourteen places. So there is one stored group "Vorsitz", and
`update_publishing_rights` corrects who is in it before the first signed-in request after the chair has passed: no
timer has to fire, and no request is answered from yesterday's rights.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.apps import apps
from django.contrib.auth.models import Group
from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone
from wagtail.documents.permissions import permission_policy as document_policy
from wagtail.images import permissions as image_permissions
from wagtail.log_actions import log
from wagtail.models import Collection, GroupApprovalTask, Site

from conferences.handover import open_items
from conferences.models import ChairTerm, Handover, Land
from conferences.models.handover import HANDED_OVER
from conferences.rules.rotation import Rotation, Term
from conferences.terms.preparing import put_prepared_in_force
from intmk.users.models import CHAIR, LAENDER, User
from intmk.users.roles import MODEL_RIGHTS

GROUPS = (CHAIR, LAENDER)
# Sent in the transaction in which memberships were put right.
chair_changed = Signal()
TOLERANCE = timedelta(minutes=2)  # by which the clocks of two servers may differ


def update_publishing_rights(day: date | None = None) -> Rotation:
    """Give exactly the accounts of the Land that chairs on `day` (today in Berlin) the right to publish.

    Returns the rotation, which it had to ask for. Three queries when nothing is to be done. Otherwise all or nothing in
    one transaction, one process after the other. Administrators are left as they are. Raises what the database raises:
    whoever calls it must then let nobody in.
    """
    rotation, latest = rotation_and_record()
    term = rotation.term_on(day or day_after(latest))
    if is_settled(term, latest) and not misplaced(term):
        return rotation
    with transaction.atomic():
        for name in GROUPS:
            Group.objects.get_or_create(name=name)
        groups = {
            group.name: group for group in Group.objects.select_for_update().filter(name__in=GROUPS).order_by("pk")
        }
        # Asked again, the day as well: while we waited midnight may have passed, another process may have been here.
        rotation, latest = rotation_and_record()
        term = rotation.term_on(day or day_after(latest))
        for account in User.objects.filter(pk__in=misplaced(term)):
            place_in_groups(account, term, groups)
        passes_to = None if is_settled(term, latest) else term
        if passes_to:
            put_prepared_in_force(passes_to)
        chair_changed.send(None)
        if passes_to:
            record_handover(passes_to, latest.land_code if latest else None)
    return rotation


@dataclass(frozen=True)
class LatestHandover:
    """What the latest record of a handover says."""

    land_code: str
    start: date


def rotation_and_record() -> tuple[Rotation, LatestHandover | None]:
    """Return the rotation and the latest record of a handover, None without; two queries."""
    rotation = ChairTerm.objects.rotation()
    latest = Handover.objects.order_by("-pk").values_list("land__code", "start").first()
    return rotation, LatestHandover(*latest) if latest else None


def day_after(latest: LatestHandover | None) -> date:
    """Return the day in Berlin, but just before midnight that of the handover which another server has settled already.

    Of several servers one may be late by a moment: it must not hand the chair back.
    """
    now = timezone.localtime(timezone=timezone.get_default_timezone())
    soon = (now + TOLERANCE).date()
    return soon if latest and latest.start == soon else now.date()


def is_settled(term: Term | None, latest: LatestHandover | None) -> bool:
    """Say whether the latest handover on record is that to the Land of `term`."""
    return term is None or (latest is not None and term.land_code == latest.land_code)


def misplaced(term: Term | None) -> list[int]:
    """Return the keys of accounts, but for administrators, that are in one of GROUPS too many or too few; one query."""
    due: dict[int, set[str]] = {}
    memberships: dict[int, set[str]] = defaultdict(set)
    rows = User.objects.filter(is_superuser=False).values_list("pk", "is_active", "land_code", "groups__name")
    for key, is_active, land_code, group in rows:
        due[key] = groups_due(is_active, land_code, term)
        if group in GROUPS:
            memberships[key].add(group)
    return [key for key in due if memberships[key] != due[key]]


def groups_due(is_active: bool, land_code: str, term: Term | None) -> set[str]:
    """Return the names of those of GROUPS to which an account belongs while this term lasts."""
    if not is_active or not land_code:
        return set()
    return {LAENDER, CHAIR} if term and land_code == term.land_code else {LAENDER}


def place_in_groups(account: User, term: Term | None, groups: dict[str, Group]) -> None:
    """Put the account into the groups that its Land gives it, and out of those that it does not."""
    due = groups_due(account.is_active, account.land_code, term)
    for name, group in groups.items():
        (account.groups.add if name in due else account.groups.remove)(group)


def record_handover(term: Term, former: str | None) -> None:
    """Keep who handed over to whom, and what was open at that moment."""
    laender = {land.code: land for land in Land.objects.filter(code__in=[term.land_code, former])}
    if term.land_code not in laender:
        return  # an administrator has deleted the Land; its accounts have their rights all the same
    handover = Handover.objects.create(
        land=laender[term.land_code],
        former_land=laender.get(former or ""),
        start=term.start,
        open_items=open_items(term) if former else [],
    )
    if former:
        log(
            handover,
            HANDED_OVER,
            data={"from": laender[former].name, "to": term.land_name, "open": len(handover.open_items)},
        )


def rights_in_words(account: User) -> list[str]:
    """Return in words what the account may do, asked of Wagtail's own rules: pages, files, snippets, tasks."""
    site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
    found = []
    if site:
        pages = site.root_page.permissions_for_user(account)
        asked = {
            "Entwürfe schreiben": pages.can_edit(),
            "Seiten veröffentlichen": pages.can_publish(),
            "zurückziehen": pages.can_unpublish(),
            "sperren": pages.can_lock(),
            "entsperren": pages.can_unlock(),
            "Zugriff beschränken": pages.can_set_view_restrictions(),
        }
        found = [right for right, granted in asked.items() if granted]
    root = Collection.get_first_root_node()
    for words, policy in (("Bilder", image_permissions.permission_policy), ("Dokumente", document_policy)):
        if policy.collections_user_has_permission_for(account, "change").filter(pk=root.pk).exists():
            found.append(f"{words} ändern")
    found += [f"{words} ändern" for permission, words in changeable_models().items() if account.has_perm(permission)]
    tasks = GroupApprovalTask.objects.filter(active=True)
    if any(task.get_actions(None, account) for task in tasks):
        found.append("Vorschläge freigeben")
    return found


def changeable_models() -> dict[str, str]:
    """Return the rights to change a model that follow the chair, each with what it changes in words."""
    rights = [right.split(".change_") for right in MODEL_RIGHTS[CHAIR] if ".change_" in right]
    return {f"{app}.change_{name}": str(apps.get_model(app, name)._meta.verbose_name_plural) for app, name in rights}
