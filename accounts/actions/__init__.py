"""What is done with members of organisations, and with the files of moderators."""
