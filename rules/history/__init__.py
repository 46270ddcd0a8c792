"""What a rule was before, and how it comes back."""
