"""The starter packs: a trade's statuses, templates and rules as readable files."""
