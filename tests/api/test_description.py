"""Whatever a program sends, the API answers in the shape it describes, and never with a fault of ours."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import response_schema_conformance

from tocsin.people import services as people_services

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_answers_as_described(transactional_db: None) -> None:
    headers = {"Authorization": f"Bearer {people_services.create_api_token('tests')[1]}"}
    described = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", WSGIHandler())
    operations = [found.ok() for found in described.get_all_operations()]
    assert len(operations) >= 15
    for operation in operations:
        _try(operation, headers)


def _try(operation: Any, headers: dict[str, str]) -> None:
    @given(case=operation.as_strategy())
    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def ask(case: Any) -> None:
        response = case.call(headers=headers)
        assert response.status_code < 500, f"{case.as_curl_command()}\n{response.text}"
        case.validate_response(response, checks=(response_schema_conformance,))
        if response.status_code >= 400:
            assert set(response.json()) == {"error", "reasons", "fields"}

    ask()
