"""What was said: recognisers, where their models live, and words given to turns."""
