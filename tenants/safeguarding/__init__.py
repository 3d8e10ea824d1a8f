"""Somebody may be in danger.

A concern can be raised from every page of casework; it reaches both coordinators at once and never the one it is about.
A mentor's access can be stopped with one tap while the concern stays open.
"""
