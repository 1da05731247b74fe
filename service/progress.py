"""Progress of the pipeline's long stages, shown on the terminal."""

import logging

from service.commands.options import err


class OnTerminal(logging.Handler):
    """Prints each line on standard error, beside whatever a verb shows there."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print the line of a record."""
        err.print(record.getMessage(), markup=False, soft_wrap=True)


def show_progress() -> None:
    """Show how far the long stages of the pipeline are: share done and time left."""
    logger = logging.getLogger("pipeline")
    logger.setLevel(logging.INFO)
    if not any(isinstance(handler, OnTerminal) for handler in logger.handlers):
        logger.addHandler(OnTerminal())
