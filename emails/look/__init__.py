"""How a company looks to its customers: colour, logo, layout, signature and legal lines."""
