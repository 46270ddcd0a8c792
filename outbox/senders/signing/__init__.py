"""The signature of a sender's mails (DKIM): its key, the record its domain publishes, and whether that is there."""
