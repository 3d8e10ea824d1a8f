"""Everyone of a tenant: their names, ways to reach them, free hours and roles.

A person has one account in a tenant and dated memberships in its communities.
Coordinators bring people in from their own sheets, which `roster` reads without touching a database.
"""
