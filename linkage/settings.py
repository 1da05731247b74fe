"""Settings: read once at the door, frozen, passed down."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from linkage.errors import SettingsError

PACKAGED_CONTRACTS = Path(__file__).parent / "contracts"
LONGEST_DATA_DIR = 80
"""Characters: a longer path would move the embedded server's socket to a folder that others can open."""


Engine = Literal["household", "recordlinkage"]
Nation = Literal["england", "wales"]


class Settings(BaseSettings):
    """What a run needs to know that is neither data nor model.

    Each field is the environment variable of its name with the prefix `RESIDENT_INDEX_`.
    """

    model_config = SettingsConfigDict(env_prefix="RESIDENT_INDEX_", frozen=True, extra="ignore")

    data_dir: Path = Field(
        default=Path("var"), description="Folder for runs, reports and the embedded database."
    )
    extracts_dir: Path = Field(
        default=Path("sample_data/extracts"),
        description="Folder of extracts: <source>/<YYYY-MM-DD>/<file named in the contract>.",
    )
    truth_dir: Path | None = Field(
        default=None,
        description="Folder of truth files; where known, linkage precision and recall are measured against it.",
    )
    contracts_dir: Path = Field(
        default=PACKAGED_CONTRACTS, description="Folder of source contracts, one YAML each."
    )
    database_url: str | None = Field(
        default=None,
        repr=False,
        description="PostgreSQL to hold the index; the embedded server when not set.",
    )
    engine: Engine = Field(
        default="household",
        description="Linkage engine: household (household-aware) or recordlinkage (the toolkit's, plain and slow).",
    )
    increments: bool = Field(
        default=True,
        description="Whether a run works only on what differs from the run before; the index is the same either way.",
    )
    nation: Nation = Field(
        default="england",
        description="Whose electoral law holds: england (voters from 18) or wales (from 16).",
    )
    largest_extract_mb: int = Field(
        default=2048, ge=1, description="Largest extract accepted, unpacked, in MB."
    )

    @classmethod
    def load(cls, **overrides: object) -> Self:
        """Read the environment once.

        Args:
            **overrides: Values that win over the environment; `None` means not given.

        Returns:
            Frozen settings with absolute paths.

        Raises:
            SettingsError: A value is malformed; the message names the setting, not its value.
        """
        given = {name: value for name, value in overrides.items() if value is not None}
        try:
            read = cls(**given)  # type: ignore[arg-type]
        except ValidationError as error:
            names = ", ".join(sorted({f"RESIDENT_INDEX_{str(e['loc'][0]).upper()}" for e in error.errors()}))
            raise SettingsError(
                f"Settings not understood: {names}. See docs/reference/settings.md."
            ) from None
        paths = ("data_dir", "extracts_dir", "contracts_dir", "truth_dir")
        absolute = {p: getattr(read, p).expanduser().resolve() for p in paths if getattr(read, p) is not None}
        return read.model_copy(update=absolute)

    def check_data_dir(self) -> None:
        """Refuse a data directory whose path would make the embedded server unsafe.

        Raises:
            SettingsError: The path is too long for a private socket.
        """
        if self.database_url is None and len(str(self.data_dir)) > LONGEST_DATA_DIR:
            raise SettingsError(
                f"The data directory's path has {len(str(self.data_dir))} characters; the embedded database "
                f"needs {LONGEST_DATA_DIR} or fewer to keep its socket private. Set RESIDENT_INDEX_DATA_DIR to a "
                "shorter path."
            )
