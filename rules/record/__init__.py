"""What rules have to say on a record's page."""
