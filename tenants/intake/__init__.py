"""Asking for help and being heard.

Anyone may ask on the tenant's public site; a phone number is enough. Coordinators see what waits, oldest and ownerless
first, and bring each request to a decision.
"""
