"""Who looked at what and who changed what, kept where the application cannot alter it.

Every read of a note, plan, concern or line log leaves a row; a worker chains the rows with hashes in batches. The person
whose file it is can see who read it.
"""
