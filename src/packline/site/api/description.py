"""What the OpenAPI document says besides the operations themselves."""

from __future__ import annotations

from typing import Any, cast

from ninja.openapi.schema import OpenAPISchema

__all__ = ["DESCRIPTION", "described"]

DESCRIPTION = """The interface of machines and stations.

A **token** speaks for one station and has scopes: `Authorization: Bearer TOKEN`. People sign
in at a station by badge and PIN (`POST /attendance`); what is done there names who was signed in
with `Packline-Attendance`, also when it waited in a queue.

Every POST carries an **Idempotency-Key**: sent again with the same key and the same body it is
done once and answered as before; with another body it is refused (409). Only accepted writes are
kept under their key (32 days or more): a refusal wrote nothing, and may be tried again with the
same key.

A unit's **ETag** is the head of its chain of events. `If-Match` holds a write to the version that
was seen (412), `If-None-Match` spares an answer that is known (304).

Refusals are `application/problem+json` (RFC 9457). 409 `blocked` names every record that stands
in the way and what clears it; 422 names every field. 429 and 503 say in `Retry-After` when to
try again.
"""


def described(schema: OpenAPISchema) -> OpenAPISchema:
    """Say of refusals that they are problem details, and that any operation may be unavailable."""
    for operations in schema["paths"].values():
        for operation in operations.values():
            responses = cast(dict[Any, Any], operation["responses"])
            for status, response in responses.items():
                if int(status) >= 400 and "application/json" in response.get("content", {}):
                    content = response["content"]
                    content["application/problem+json"] = content.pop("application/json")
            if operation["operationId"] == "file":
                binary = {"schema": {"type": "string", "format": "binary"}}
                responses[200]["content"] = {"application/octet-stream": binary}
            if 401 in responses:
                responses[503] = {**responses[401], "description": "Service Unavailable"}
    return schema
