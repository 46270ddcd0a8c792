"""What comes after sending: blocked addresses, mails that come back, customers who are to be called."""
