"""The search: against the limits of the machine, one page at a time, and as a browser sees it."""
