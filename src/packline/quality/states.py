"""Lives of a nonconformance and of a reaction: found, fenced in, decided on, done."""

from __future__ import annotations

from packline.foundation.states import StateMachine

NONCONFORMANCE = StateMachine(
    initial="open",
    moves={
        "open": frozenset({"contained"}),
        "contained": frozenset({"dispositioned"}),
        "dispositioned": frozenset({"closed"}),
        "closed": frozenset(),
    },
)

DISPOSITIONS = ("use_as_is", "rework", "scrap", "return_to_supplier")

REACTION = StateMachine(
    initial="open",
    moves={
        "open": frozenset({"acknowledged"}),
        # a rule that had not fired before asks for somebody once more
        "acknowledged": frozenset({"open", "closed"}),
        "closed": frozenset(),
    },
)

# What a signal turned out to be; `removed` and `measurement` explain points that later limits
# leave out.
VERDICTS = {
    "removed": "A special cause was found and removed",
    "measurement": "The gauge or the reading was wrong, the process was not",
    "changed": "The process was changed knowingly: new limits are due",
    "no_cause": "A cause was looked for and none was found",
}
