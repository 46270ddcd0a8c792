"""The feed of rules, and changes to many of them."""
