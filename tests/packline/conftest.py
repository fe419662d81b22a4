"""One simulation of one question: many tests begin at a design, and search for the same one."""

import pickle
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def same_courses_once() -> Iterator[None]:
    """Keep what the best designs do under load, by everything that the simulation is told.

    It depends on nothing else: `tests/e2e/runs` shows that another process says the same.
    """
    from packline.design.services import study

    simulate, known = study.courses_of, {}

    def courses_of(*question: object) -> object:
        key = pickle.dumps(question)
        if key not in known:
            known[key] = simulate(*question)
        return dict(known[key])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(study, "courses_of", courses_of)
        yield
