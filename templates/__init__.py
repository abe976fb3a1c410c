"""Word templates of the documents; a secretary edits them in Word, and `--template FILE` takes her own."""
