"""The interface of machines and stations, put together from the routers of the stages."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver
from ninja import NinjaAPI, Swagger
from ninja.openapi.schema import OpenAPISchema

from packline.production import api as production
from packline.quality import api as quality
from packline.resources import api as resources
from packline.site.api.description import DESCRIPTION, described
from packline.site.api.problems import problem, tell_problems
from packline.site.api.speaker import Speaker
from packline.site.api.strict import StrictParser

__all__ = ["ROOT", "api", "urls"]

ROOT = "api/v1/"


class Interface(NinjaAPI):
    """The interface, with a description that says of refusals what they are."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """Return the OpenAPI document."""
        return described(super().get_openapi_schema(**options))


api = Interface(
    title="Packline",
    version="1",
    description=DESCRIPTION,
    urls_namespace="api",
    docs=Swagger(settings={"deepLinking": True, "defaultModelsExpandDepth": 0}),
    auth=Speaker(),
    parser=StrictParser(),
)
api.add_router("", resources.router)
api.add_router("", production.orders)
api.add_router("", production.tracing)
api.add_router("", production.uploads)
api.add_router("", production.tally)
api.add_router("/units", production.steps)
api.add_router("/units", production.parts)
api.add_router("/units", production.units)
api.add_router("/nonconformances", quality.router)
tell_problems(api)


def nothing_here(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Answer an address of the interface that does not exist in the interface's own way."""
    return problem(404, "not-found", f"there is nothing at /{ROOT}{rest[:200]}")


def urls() -> list[URLPattern | URLResolver]:
    """Return the addresses of the interface; a token opens them, not a signed-in person."""
    found: list[URLPattern | URLResolver] = api.urls[0]
    for pattern in found:
        if isinstance(pattern, URLPattern):
            pattern.callback = _in_its_own_way(pattern.callback)
    return found


def _in_its_own_way(view: Any) -> Any:
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = view(request, *args, **kwargs)
        if response.status_code == 405:
            allowed = response["Allow"]
            response = problem(405, "method-not-allowed", f"allowed here: {allowed}")
            response["Allow"] = allowed
        if not request.path.endswith("/docs"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    answer.login_required = False  # type: ignore[attr-defined]
    answer.csrf_exempt = True  # type: ignore[attr-defined]  # no cookie opens anything here
    return answer
