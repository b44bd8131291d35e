"""What staff set of the company."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tocsin.kernel.setting_types import Text, language, languages
from tocsin.kernel.settings import Page, declare

LONGEST_COMPANY_NAME = 120

COMPANY = Page(
    "company",
    5,
    "store",
    _("Company"),
    _("What customers know you by, and the languages you write to them in."),
    _("Name and languages"),
)
COMPANY_NAME = declare(
    "people.company_name",
    Text(LONGEST_COMPANY_NAME),
    "Support",
    page=COMPANY,
    environment="TOCSIN_COMPANY",
    label=_("Name towards customers"),
)
COMPANY_LANGUAGE = declare(
    "people.company_language",
    language(),
    "en",
    page=COMPANY,
    environment="TOCSIN_LANGUAGE",
    label=_("The company's own language"),
    help=_("For whoever's language we do not know, and first wherever texts are written."),
)
COMPANY_LANGUAGES = declare(
    "people.company_languages",
    languages(),
    ("en", "el"),
    page=COMPANY,
    label=_("Languages you write to customers in"),
    help=_(
        "The news page, incidents and signatures are written in these; the company's own is always among "
        "them. Acknowledgements go out in the customer's language, whichever of the five it is."
    ),
)
