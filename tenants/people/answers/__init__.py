"""What matching asks about a person, to be changed at any time: by themself what is theirs, by coordinators all of it."""
