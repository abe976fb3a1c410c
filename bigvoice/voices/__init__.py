"""Who it is: encoder, voice book, identification."""
