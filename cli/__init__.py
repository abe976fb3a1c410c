"""The command line: one file a command group; each command parses, makes one call into bigvoice, shows the result."""
