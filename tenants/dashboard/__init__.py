"""What a coordinator sees first.

Exceptions before anything else, then the capacity of each community, its pairs and the next meetings.
"""
