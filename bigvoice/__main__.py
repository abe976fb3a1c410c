"""`python -m bigvoice` is `bigvoice`."""

from bigvoice.cli.app import main

if __name__ == "__main__":
    main()
