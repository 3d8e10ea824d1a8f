"""A month of a community or a tenant, counted once and frozen.

A correction is a new revision with figures of its own; nothing already read changes under its readers.
The same snapshot is shown as a page and given out as PDF, workbook and CSV, in any of the house's languages.
"""
