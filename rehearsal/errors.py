"""Why a rehearsal ends early."""

from linkage.errors import ResidentsIndexError, SettingsError


class ComposeFileError(SettingsError):
    """The Compose file, or the settings beside it, hold something that the rehearsal does not know."""


class RehearsalError(ResidentsIndexError):
    """A service, or the run of the DAG, did not do what the Compose file promises."""

    exit_code = 9
