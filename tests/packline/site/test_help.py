"""What a command says of itself."""

import pytest
from typer.testing import CliRunner

from packline.site.cli import app


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("match", "Largest OCV difference in a group. [mV]"),
        ("equip", "tables [[station]], [[gauge]], [[tool]]"),
        ("run", "[default: ./packline-data]"),
    ],
)
def test_help_shows_what_stands_in_brackets(command: str, said: str) -> None:
    wide = {"COLUMNS": "400", "TERMINAL_WIDTH": "400"}
    assert said in CliRunner().invoke(app, [command, "--help"], env=wide).output


def test_help_flows_to_the_width_of_the_terminal() -> None:
    wide = {"COLUMNS": "400", "TERMINAL_WIDTH": "400"}
    shown = CliRunner().invoke(app, ["run", "--help"], env=wide).output
    assert "such packs end as released (virtual), not for shipment" in shown
