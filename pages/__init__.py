"""Status pages: publishing, links, and what a customer may open."""
