"""When a message is planned: triggers, matching, the builder, the starter packs."""
