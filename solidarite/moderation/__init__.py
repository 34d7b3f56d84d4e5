"""The moderators' one queue: signatures, associations, first requests, reports of abuse and appeals."""
