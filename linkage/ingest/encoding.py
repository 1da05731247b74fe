"""Bytes in the contract's encoding, brought to UTF-8; bytes in any other are refused, never guessed at."""

import codecs
from collections.abc import Iterator

from linkage.ingest.errors import WrongEncodingError, WrongFormatError

CHUNK = 8_000_000
"""Bytes decoded at a time, so that no second copy of the file stands in memory as Python text."""

FOREIGN_STARTS = {
    b"PK\x03\x04": "a workbook or zip archive",
    b"\xd0\xcf\x11\xe0": "an old or password-protected workbook",
    b"\x1f\x8b": "a gzip archive",
    b"%PDF": "a PDF document",
}
SINGLE_BYTE = {"ascii", "cp1252", "iso8859-1", "iso8859-15"}
"""Encodings whose ASCII half is ASCII, so that plain text needs no decoding."""

UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def to_utf8(content: bytes, encoding: str, label: str) -> bytes:
    """The same text in UTF-8, without a byte order mark.

    Args:
        content: Bytes of the file.
        encoding: Encoding that the contract says; for UTF-8 a byte order mark may be there or not.
        label: What messages call the file.

    Raises:
        WrongFormatError: The bytes are not text: a workbook, an archive, or NUL bytes.
        WrongEncodingError: The bytes are not in the encoding, or are UTF-8 where another was agreed. The
            message gives the line.
    """
    codec = codecs.lookup(encoding).name
    _refuse_foreign(content, codec, label)
    if codec in {"utf-8", "utf-8-sig"}:
        bare = content.removeprefix(codecs.BOM_UTF8)
        for _ in _decoded(bare, "utf-8", label):
            pass
        text = bare
    elif content.isascii() and codec in SINGLE_BYTE:
        text = content
    else:
        if not codec.startswith(("utf-16", "utf-32")):
            _refuse_utf8(content, encoding, label)
        text = b"".join(part.encode("utf-8", "surrogatepass") for part in _decoded(content, encoding, label))
    if b"\0" in text:
        raise WrongFormatError(
            f"{label}: holds NUL bytes, so it is not {encoding} text. Export it as text again."
        )
    return text


def _refuse_foreign(content: bytes, codec: str, label: str) -> None:
    for start, kind in FOREIGN_STARTS.items():
        if content.startswith(start):
            raise WrongFormatError(f"{label}: is {kind}, but the contract expects delimited text.")
    if content.startswith(UTF16_MARKS) and not codec.startswith("utf-16"):
        raise WrongEncodingError(f"{label}: is UTF-16, but the contract says {codec}. Export it in {codec}.")


def _refuse_utf8(content: bytes, encoding: str, label: str) -> None:
    """UTF-8 read in a single-byte encoding gives no error, only names spelt like `JosÃ©`."""
    if content.isascii():
        return
    try:
        for _ in _decoded(content, "utf-8", label):
            pass
    except WrongEncodingError:
        return
    raise WrongEncodingError(
        f"{label}: is UTF-8, but the contract says {encoding}. Export it in {encoding}, or correct the "
        "contract."
    )


def _decoded(content: bytes, encoding: str, label: str) -> Iterator[str]:
    """The text in parts."""
    decoder = codecs.getincrementaldecoder(encoding)()
    view = memoryview(content)
    for start in range(0, max(len(content), 1), CHUNK):
        part = bytes(view[start : start + CHUNK])
        try:
            yield decoder.decode(part, final=start + CHUNK >= len(content))
        except UnicodeError as error:
            place = start + getattr(error, "start", 0)
            line = content.count(b"\n", 0, place) + 1
            raise WrongEncodingError(
                f"{label}: line {line:,} holds bytes that are not {encoding}. Export the file in {encoding}, "
                "or correct the encoding in the contract."
            ) from None
