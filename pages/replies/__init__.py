"""What customers answer on their status page: the page that asks, what was said, and what staff make of it."""
