"""A tenant taken out, back in, and away: exports, backups, restores, erasure, and the change of the master key.

What a tenant owns is read from the catalog, never from a list of tables, and is encrypted before it touches a disk.
"""
