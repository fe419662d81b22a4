"""Programs that the tests design packs for."""

from packline.requirements.calc.spec import ProgramSpec
from tests.packline.requirements.programs import MINIMAL, spec_of


def requirement(ref, quantity, operator, value, unit="", group="performance", method="analysis"):
    """Write one requirement."""
    unit_line = f'unit = "{unit}"\n' if unit else ""
    return (
        f'[[requirement]]\nid = "{ref}"\ngroup = "{group}"\nquantity = "{quantity}"\n'
        f'operator = "{operator}"\nvalue = {value}\n{unit_line}method = "{method}"\n\n'
    )


WINDOW = requirement("P-1", "min_voltage", ">=", 32, "V") + requirement(
    "P-2", "continuous_discharge_current", ">=", 25, "A"
)


def program_spec(folder, more="", design="", limits="") -> ProgramSpec:
    """Read the smallest program with a voltage window and a current, and what is added."""
    text = MINIMAL.replace("[design]\n", f"{WINDOW}{more}[design]\n{design}")
    if limits:
        table = f"[cells.limits]\n{limits}\n\n[cells.population]"
        text = text.replace("[cells.population]", table)
    return spec_of(folder, text)
