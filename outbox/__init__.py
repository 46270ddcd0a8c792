"""How a message gets out: messages, claiming, retries, channels, suppression."""
