"""Who signs in: users, roles, sessions, API keys."""
