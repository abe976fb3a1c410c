"""Documents that people edited and sent back, read as corrections; and the tables made for that."""
