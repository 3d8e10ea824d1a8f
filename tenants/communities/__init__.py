"""The communities of a tenant: some fifteen participants, fifteen mentors, advisors and two coordinators.

Its shape is a setting of the tenant; the capacity board shows seats taken and free, the longest wait and what is missing.
"""
