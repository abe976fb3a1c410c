"""Templates: of Word documents, which a secretary edits in Word (`--template FILE` takes her own), and of the page."""
