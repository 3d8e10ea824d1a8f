"""Bringing people in from a coordinator's sheet, and an employer's staff from theirs.

A sheet is uploaded, its columns are named, a dry run says what would happen; the good rows come in behind the scenes,
in chunks that may be repeated, and all of it can be taken back.
"""
