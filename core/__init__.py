"""What every room stands on: configuration, database, clock, queue, journal, languages, web manners."""
