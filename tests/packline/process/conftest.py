from pathlib import Path

import pytest

from packline.catalog.forms.cells import read_catalogue
from packline.design.services import release_design, study_designs
from packline.process.services import plan_process
from packline.requirements.forms import read_program
from packline.requirements.services import open_program

EXAMPLE = Path(__file__).parents[3] / "examples" / "ebike-48v"


@pytest.fixture
def planned(people, now):
    """The design that the shipped e-bike program leads to, with its routing."""
    program = open_program(spec=read_program(EXAMPLE), by=people.planner, at=now)
    study = study_designs(program=program, cells=read_catalogue(), by=people.engineer, at=now)
    design = release_design(study=study, by=people.engineer, at=now)
    return design, plan_process(design=design, by=people.engineer, at=now)
