"""How good it is: error counts that add."""
