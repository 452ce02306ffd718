"""A Land's name in a sentence: the Saarland takes an article, the others take none."""

import pytest
from django.template import Context, Template

from intmk.language import land_names
from intmk.users.models import LAND_NAMES

WITHOUT = [name for name in LAND_NAMES.values() if name != "Saarland"]


def forms(name: str) -> list[str]:
    return [form(name) for form in (land_names.who, land_names.who_first, land_names.at, land_names.to, land_names.of)]


@pytest.mark.parametrize("name", WITHOUT)
def test_fifteen_names_take_no_article(name):
    assert len(WITHOUT) == 15
    assert forms(name) == [name, name, f"bei {name}", f"an {name}", f"von {name}"]


def test_the_saarland_takes_one():
    assert forms("Saarland") == ["das Saarland", "Das Saarland", "beim Saarland", "an das Saarland", "vom Saarland"]


def test_nobody_takes_none():
    assert forms("niemand") == ["niemand", "niemand", "bei niemand", "an niemand", "von niemand"]


def test_templates_have_the_same_forms():
    source = "{% load land_names %}{{ x|who }} {{ x|who_first }} {{ x|at_land }} {{ x|to_land }} {{ x|of_land }}"
    shown = Template(source).render(Context({"x": "Saarland"}))
    assert shown == " ".join(forms("Saarland"))
