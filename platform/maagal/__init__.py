"""What every tenant shares. The floor of the house: it names no capability."""
