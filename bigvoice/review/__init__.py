"""Review: the local page on which a person hears a meeting and corrects its minutes."""
