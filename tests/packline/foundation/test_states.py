import pytest

from packline.foundation.states import StateMachine


def test_a_machine_with_an_undeclared_state_cannot_be_written():
    with pytest.raises(ValueError, match=r"undeclared states: \['gone'\]"):
        StateMachine("new", {"new": frozenset({"gone"})})


def test_a_machine_with_an_unreachable_state_cannot_be_written():
    with pytest.raises(ValueError, match=r"unreachable states: \['island'\]"):
        StateMachine("new", {"new": frozenset(), "island": frozenset()})
