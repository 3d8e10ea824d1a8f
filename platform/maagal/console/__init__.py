"""The platform operators' pages: organisations on this house and how it runs, on an address of its own.

A login of its own reads the control schema and nothing else. What an operator wants done, others do: the provisioner, or
the organisation's own worker; here is written down that somebody wished it.
"""
