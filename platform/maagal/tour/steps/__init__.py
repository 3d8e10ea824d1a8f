"""The nine steps of the main job, a file each; each takes the world, does its part, and says what it did."""
