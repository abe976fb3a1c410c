"""Corpora: recordings whose words are known, as lists that training and measuring read."""
