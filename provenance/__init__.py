"""Records, CIDs and the log. Pure: storage and time are passed in."""
