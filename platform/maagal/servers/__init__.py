"""The servers that come in wheels: where they live, whom they run as, how they start and end."""
