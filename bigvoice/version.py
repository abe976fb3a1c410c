"""Version: bigvoice's own, written once, in pyproject.toml."""


def version() -> str:
    """As "0.1.0"; "unknown" where bigvoice runs from a folder without being installed."""
    from importlib import metadata  # takes longer to import than most commands need for all else

    try:
        return metadata.version("bigvoice")
    except metadata.PackageNotFoundError:
        return "unknown"
