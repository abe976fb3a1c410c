"""How the parts were made: one recipe a part, each ending in an exported model and its card."""
