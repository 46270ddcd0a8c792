"""The payment ladder of a record: its steps, its pauses, and the brake for payments that nobody has entered yet."""
