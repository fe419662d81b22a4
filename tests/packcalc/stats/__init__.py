"""Tests of packcalc.stats: published answers, laws, other programs as second opinion."""
