"""Reading coordinators' own sheets: bytes in, people and plainly worded faults out.

`reading` makes a table, `columns` recognises its headings, `checking` judges every row, `failed` gives rows back.
Nothing here knows a database, a request or a tenant.
"""
