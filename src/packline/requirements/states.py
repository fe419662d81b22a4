"""Life of a program, and the closed lists that the tables of this stage are held to."""

from __future__ import annotations

from packline.foundation.states import StateMachine

PROGRAM = StateMachine(
    initial="open",
    moves={"open": frozenset({"closed"}), "closed": frozenset()},
)

OPERATORS = (">=", "<=", "==", "between")
METHOD_NAMES = ("test", "analysis", "inspection", "demonstration")
PROOF_KINDS = ("design", "eol", "type", "document")
