"""How long a whole design search takes: the catalogue, and the best candidates under load.

`python benchmarks/design.py [PROGRAM]` prints the search, the simulation after warm-up, and the
ratio to the same simulation in plain NumPy, measured in one run.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("PACKLINE_DATA", tempfile.mkdtemp())
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "packline.site.settings")


def main(program: Path) -> None:
    import django

    django.setup()
    from packcalc.design import DesignRules, find_designs
    from packcalc.design.best import simulate_best
    from packcalc.design.course import design_pack
    from packcalc.design.stand_in import stand_in_circuit
    from packcalc.pack import constant_current, simulate
    from packline.catalog.calc.spec import to_spec
    from packline.catalog.forms import read_catalogue
    from packline.design.calc.rows import kept_of
    from packline.design.calc.targets import question_of
    from packline.requirements.forms import read_program

    spec = read_program(program)
    question = question_of(spec)
    cells = [to_spec(sheet) for sheet in read_catalogue()]

    def search():
        return find_designs(cells, question.targets, spec.design.objective)

    def best(study):
        return simulate_best(kept_of(study, spec.design), question.targets)

    best(search())  # compiles what is not compiled yet
    times = []
    for _ in range(5):
        start = time.perf_counter()
        study = search()
        middle = time.perf_counter()
        found = best(study)
        times.append((middle - start, time.perf_counter() - middle))
    found_in, simulated_in = sorted(times, key=sum)[2]
    tried = len(study.feasible) + len(study.rejected)
    ran = [s for s in found if s.course is not None]
    print(f"{tried} arrangements of {len(cells)} cells searched in {found_in:.2f} s")
    print(f"{len(ran)} of {len(found)} best simulated under load in {simulated_in:.2f} s")
    print(f"together {found_in + simulated_in:.2f} s (median of 5, after warm-up; goal 5 s)")

    one = ran[0].candidate
    circuit = stand_in_circuit(one.cell)
    pack = design_pack(
        one.cell, circuit, one.series, one.parallel, one.figures.layout, DesignRules()
    )
    load = constant_current(one.parallel * circuit.capacity / 3600, 3600.0, 10.0)
    each = {}
    for engine in ("numba", "numpy"):
        start = time.perf_counter()
        simulate(pack, load, soc=1.0, beyond_current=True, engine=engine)
        each[engine] = time.perf_counter() - start
    print(
        f"one discharge: {each['numba'] * 1e3:.1f} ms compiled, {each['numpy'] * 1e3:.0f} ms in "
        f"NumPy: {each['numpy'] / each['numba']:.0f} x"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "examples/ebike-48v"))
