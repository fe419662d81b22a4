"""Computes: pure calculations for lithium battery packs, arrays and values in and out.

No framework, no database, no clock; of files only the data it ships and what a caller hands it.
Coherent SI units; every public function states its units, shapes and source.
"""
