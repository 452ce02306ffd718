"""Pages that are set for a moment around a change of the chair, and the accounts that do it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from intmk.pages.models import NewsIndexPage, NewsPage
from intmk.users.models import User

BERLIN = ZoneInfo("Europe/Berlin")
SEPTEMBER = datetime(2017, 9, 20, 12, 0, tzinfo=BERLIN)
BEFORE = datetime(2017, 9, 30, 23, 59, 59, tzinfo=BERLIN)
AFTER = datetime(2017, 10, 1, 0, 0, 0, tzinfo=BERLIN)


def accounts_around_the_change() -> dict[str, User]:
    """Return the accounts of the Land that chairs until then, of the next one, and of the administration."""
    found = {code: User.objects.create_user(f"r-{code}", land_code=code) for code in ("DE-BW", "DE-BY")}
    return found | {"admin": User.objects.create_superuser("admin-test")}


def schedule(account: User | None, moment: datetime, title: str = "Meldung") -> NewsPage:
    """A new page that `account` lets go live at `moment`."""
    page = NewsIndexPage.objects.get().add_child(instance=NewsPage(title=title, live=False, go_live_at=moment))
    page.save_revision(user=account).publish(user=account, skip_permission_checks=True)
    return page
