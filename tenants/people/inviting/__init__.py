"""The first administrator of an organisation is invited by its own worker, at the address that its operator or a command named.

The address lies in the control schema until the person is made. Once somebody has come, nobody is let in this way any more.
"""
