"""The matching engine: plain people in, exact assignments and their receipts out.

It knows no database, no page and no language: whatever it has to say is a stable code that callers put into words.
`round.solve_round` matches everyone waiting and `round.replay` repeats it; `who.who_fits` answers for one person.
"""
