"""Pages of meetings: lists and arranging, the summary, the form behind a link."""
