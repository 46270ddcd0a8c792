"""Messages that a person writes by hand, beginning with a template filled with a record."""
