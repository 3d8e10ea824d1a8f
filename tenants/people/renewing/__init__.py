"""A new second step for somebody who lost theirs.

They say so at the door, after their mailbox was shown; two other people make sure that it is them, each with a second step of
their own; a night passes in which everybody concerned may refuse; then a link lets them set up a new one.
"""
