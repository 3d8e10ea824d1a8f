"""Figures for whoever watches the house: what processes counted and what the control schema says, told on a private port."""
