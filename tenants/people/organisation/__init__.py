"""What the administration settles for the organisation."""
