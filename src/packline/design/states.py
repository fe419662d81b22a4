"""Life of a study and of a design."""

from __future__ import annotations

from packline.foundation.states import StateMachine

STUDY = StateMachine(
    initial="open",
    moves={
        "open": frozenset({"feasible", "infeasible"}),
        "feasible": frozenset({"used"}),
        "infeasible": frozenset(),
        "used": frozenset(),
    },
)

DESIGN = StateMachine(
    initial="draft",
    moves={
        "draft": frozenset({"released"}),
        "released": frozenset({"superseded"}),
        "superseded": frozenset(),
    },
)
