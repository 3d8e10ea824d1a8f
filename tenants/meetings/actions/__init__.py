"""The verbs of meetings: the weekly series, one meeting, what is said of it, and links that open its form."""
