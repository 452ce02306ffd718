"""What tests of reported barriers share: a form as the browser gets and sends it."""

from datetime import UTC, datetime, timedelta

import time_machine
from bs4 import BeautifulSoup
from django.test import Client

from conferences.models import ChairTerm, Land
from intmk.accessibility.models import BarrierReport
from intmk.accessibility.rate_limit import new_token
from intmk.language.day import today

FORM = "/barriere-melden/"
NOW = datetime(2027, 1, 31, 9, 0, tzinfo=UTC)  # a day that the next month does not have
TEXT = "Die Tabelle lässt sich mit der Tastatur nicht erreichen."


def token(age: timedelta = timedelta(minutes=1)) -> str:
    """A token of a form that was handed out so long ago."""
    with time_machine.travel(datetime.now(UTC) - age, tick=False):
        return new_token()


def send(client: Client | None = None, **data):
    """What a browser sends that has had the form for a minute; keywords of `headers` and `client` beside the fields."""
    client = client or Client(HTTP_HOST="localhost")
    headers = data.pop("headers", {"Origin": "http://localhost"})
    extra = {name: data.pop(name) for name in ("REMOTE_ADDR",) if name in data}
    return client.post(FORM, {"text": TEXT, "token": token()} | data, headers=headers, **extra)


def stored(**data) -> BarrierReport:
    """A report that came through the form."""
    response = send(**data)
    assert response.status_code == 303, response.content.decode()
    return BarrierReport.objects.get(receipt=response["Location"].split("/")[-2])


def soup(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def chair_now() -> Land:
    """The Land that chairs at the moment of the test."""
    return Land.objects.get(code=ChairTerm.objects.rotation().chair_on(today()))
