"""What can be asked about assurance: matrices, open points, dossiers, seals. Reads only."""

from packline.assurance.queries.drafts import documents_due, released_without_documents
from packline.assurance.queries.history import device_history
from packline.assurance.queries.labels import (
    label_named,
    label_of_part,
    label_of_unit,
    labels_of_order,
)
from packline.assurance.queries.matrix import (
    MatrixRow,
    documents_of_unit,
    judgements,
    verdicts_of_unit,
    vv_matrix,
)
from packline.assurance.queries.open_points import built_by, open_points
from packline.assurance.queries.seals import Unsealed, unsealed, unsealed_days, unsealed_heads
from packline.assurance.queries.signatures import signature_differences
from packline.assurance.queries.traveller import traveller_of

__all__ = [
    "MatrixRow",
    "Unsealed",
    "built_by",
    "device_history",
    "documents_due",
    "documents_of_unit",
    "judgements",
    "label_named",
    "label_of_part",
    "label_of_unit",
    "labels_of_order",
    "open_points",
    "released_without_documents",
    "signature_differences",
    "traveller_of",
    "unsealed",
    "unsealed_days",
    "unsealed_heads",
    "verdicts_of_unit",
    "vv_matrix",
]
