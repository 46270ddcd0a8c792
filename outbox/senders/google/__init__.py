"""Asking the owner of a Google account whether we may send in its name, and taking the answer."""
