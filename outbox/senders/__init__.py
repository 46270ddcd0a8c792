"""The addresses beside the house's own that mails go out from: kept, tried, and counted."""
