"""What can go wrong, as one tree.

    BigvoiceError
    ├── RecordingError        a recording cannot be read, or holds nothing to work on
    ├── VoiceBookError        a voice book cannot be opened, read or written
    │   └── EnrolmentError    a clip or a person cannot be enrolled
    ├── ModelError            a model is unknown, absent or broken
    ├── CorpusError           a list of recordings and texts, or a vocabulary, cannot be used
    ├── TrainingError         a training cannot begin or go on
    ├── MinutesError          a minutes file cannot be read, or would be overwritten
    ├── DocumentError         a document or its template cannot be written
    └── SettingsError         an option has a value it cannot have

Every message says what went wrong, where (the file, the person, the option) and what to do next. The command line
prints the message and exits with 1 (2 for SettingsError, as for wrong usage); nothing else is shown.
"""


class BigvoiceError(Exception):
    """The root: catch this to catch everything bigvoice raises on purpose."""


class RecordingError(BigvoiceError):
    """A recording cannot be read, or holds nothing to work on."""


class VoiceBookError(BigvoiceError):
    """A voice book cannot be opened, read or written."""


class EnrolmentError(VoiceBookError):
    """A clip or a person cannot be enrolled."""


class ModelError(BigvoiceError):
    """A model is unknown, absent or broken."""


class CorpusError(BigvoiceError):
    """A list of recordings and texts, or a vocabulary, cannot be used."""


class TrainingError(BigvoiceError):
    """A training cannot begin or go on."""


class MinutesError(BigvoiceError):
    """A minutes file cannot be read, or would be overwritten."""


class DocumentError(BigvoiceError):
    """A document or its template cannot be written."""


class SettingsError(BigvoiceError):
    """An option has a value it cannot have."""
