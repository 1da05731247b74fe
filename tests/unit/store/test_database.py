import pytest

from linkage.errors import SettingsError, StoreError
from linkage.settings import Settings
from linkage.store.database import connect

SECRETS = ("opensesame", "clerk", "127.0.0.1")


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("postgresql://clerk:opensesame@127.0.0.1:9/index", StoreError),
        ("clerk opensesame 127.0.0.1", SettingsError),
        ("postgresql://clerk:opensesame@127.0.0.1:port/index", SettingsError),
    ],
)
def test_a_database_that_cannot_be_reached_is_told_without_its_address(
    url: str, error: type[Exception]
) -> None:
    with pytest.raises(error) as caught, connect(Settings(database_url=url)):
        pass
    assert not any(secret in str(caught.value) for secret in SECRETS)
    assert caught.value.__suppress_context__
