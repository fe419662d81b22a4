"""Importing the statistics must not load what only some of them need."""

import subprocess
import sys


def test_importing_every_public_module_loads_numpy_and_nothing_else_that_is_large():
    script = """
import importlib, pkgutil, sys
import packcalc.stats
for info in pkgutil.walk_packages(packcalc.stats.__path__, "packcalc.stats."):
    if not info.name.endswith(".kernels"):
        importlib.import_module(info.name)
heavy = {"scipy", "numba", "pandas", "statsmodels", "matplotlib", "django", "pyarrow"}
print(sorted(heavy & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
