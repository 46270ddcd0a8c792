"""The builder: a rule as a form, checked, previewed and saved."""
