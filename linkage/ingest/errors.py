"""Files that cannot be taken in, named after what went wrong. Nothing of such a file is loaded.

Messages name the source, the file, columns, row numbers and counts; never a cell.
"""

from linkage.errors import SourceError


class MissingExtractError(SourceError):
    """There is no file where the extract was expected."""


class UnsafePathError(SourceError):
    """The path is not a plain file inside the folder of extracts."""


class ExtractTooLargeError(SourceError):
    """The file is larger than the largest accepted."""


class ExtractChangedError(SourceError):
    """The file changed while it was read."""


class ManifestMismatchError(SourceError):
    """The file is not the one that its manifest describes, or the manifest cannot be read."""


class EmptyFileError(SourceError):
    """The file holds nothing, or a header and no row."""


class WrongFormatError(SourceError):
    """The file is of another kind than the contract says, such as a workbook where text was expected."""


class WrongEncodingError(SourceError):
    """The text is not in the encoding that the contract says."""


class WrongDelimiterError(SourceError):
    """The cells are parted by another character than the contract says."""


class WrongColumnsError(SourceError):
    """Columns are missing, renamed, repeated or not known to the contract."""


class RaggedRowsError(SourceError):
    """Rows have more or fewer cells than the header."""


class TruncatedFileError(SourceError):
    """The file ends in the middle of a row."""


class QuotingError(SourceError):
    """A quotation mark stands where the format allows none, so cells cannot be told apart."""


class ArchiveBombError(SourceError):
    """A workbook would unpack to far more than it may."""


class WorkbookError(SourceError):
    """A workbook is damaged, or is not laid out as one plain table."""
