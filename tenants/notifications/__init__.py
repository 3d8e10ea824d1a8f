"""What people are told, where and when.

A fact becomes a notice for each person who should hear of it; the notice stands in their inbox, and a mail goes out
through the outbox. Recipients and wishes are worked out when it is sent, so nobody who left is written to.
"""
