"""Matching and pairs: who could help whom, and what becomes of the two.

A round or a single question proposes, people decide, and every transition of a pair is kept with who, when and why.
The exact matching engine is the package `matching`, which knows no database and no page.
"""
