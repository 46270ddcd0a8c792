"""How changes come in: the HTTP API and the webhooks of shops."""
