"""Pages of intake: asking for help, the coordinators' queue, and one's own request."""
