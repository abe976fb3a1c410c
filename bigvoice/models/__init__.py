"""What ships: small trained files, each with its card."""
