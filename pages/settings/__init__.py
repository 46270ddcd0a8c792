"""What admins set about status pages: per kind and per status, with versions and a preview."""
