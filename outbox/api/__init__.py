"""The reading half of the HTTP API: what was sent, what waits, and a record's biography."""
