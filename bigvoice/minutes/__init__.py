"""The record: Minutes, its JSON home, talk shares."""
