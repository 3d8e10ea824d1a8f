"""One's own page: profile, free hours, how pages look, and who looked at what is kept of one."""
