"""How somebody comes in and goes out.

A link and a code go to the person's own mail; whoever handles other people's files shows a second factor too.
Known and unknown addresses are answered alike, with the same work.
"""
