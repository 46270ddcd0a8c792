"""What a message says: templates, placeholders, Markdown to MJML to HTML, the text part."""
