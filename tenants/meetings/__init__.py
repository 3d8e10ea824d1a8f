"""The weekly meetings of a pair.

A series makes meetings, reminders go out before them, and each side says in under a minute whether they took place.
Missed twice, or nothing for fourteen days, reaches the coordinator once.
"""
