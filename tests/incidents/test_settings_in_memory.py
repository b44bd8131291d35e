"""A Red Alert, its notices and its public pages ask the database for no setting once they were read."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.incidents.company import Company

from tocsin.incidents import services
from tocsin.kernel.models import SettingRow
from tocsin.notices.models import Notice
from tocsin.people import queries as people
from tocsin.statuspage import queries as statuspage

pytestmark = pytest.mark.django_db


def test_declaring_telling_updating_and_the_news_page(
    announcements_are_heard: None, company: Company
) -> None:
    for number in range(5):
        company.customer(f"c{number}", "mail", language="el" if number % 2 else "")
    people.company()
    with CaptureQueriesContext(connection) as captured:
        incident = company.declare()
        company.update(incident)
        for notice in Notice.objects.filter(record_ref=incident.ref):
            services.write_next_batch(notice.pk)
        statuspage.page_state()
    assert len(captured) > 20
    assert [one["sql"] for one in captured if SettingRow._meta.db_table in one["sql"]] == []
