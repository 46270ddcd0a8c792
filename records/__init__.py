"""What the business knows: contacts, locations, kinds, records; the one way a record changes."""
