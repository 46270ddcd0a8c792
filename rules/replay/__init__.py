"""What a draft of a rule would have sent in the last weeks, and what it would send in the next, before it is switched on."""
