"""Statistics of the line: limits, yields, capability, charts, gauges, sampling, reliability.

Values come in whatever unit the caller measures; results are in the same unit. Where textbooks
and programs disagree, the convention has a name, is an argument, and is stated in the result.
Importing this package imports neither scipy.stats nor numba: what needs them imports them late.
"""
