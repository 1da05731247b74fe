"""What every page of the product shares: how its templates are read, its look, and the tables of which it is made."""

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, select_autoescape


def page_environment(package: str) -> Environment:
    """Where the templates of a package are read, beside those that all pages share.

    Args:
        package: Package with a folder `templates`.

    Returns:
        An environment in which every value is escaped and a value that nobody gave is an error. Pages load nothing:
        the style is included in them.
    """
    made = Environment(
        loader=ChoiceLoader([PackageLoader(package), PackageLoader("linkage.pages")]),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["capitalize_first"] = _with_a_capital
    return made


def _with_a_capital(text: str) -> str:
    """A text as the beginning of a sentence; the rest stays as it is written."""
    return text[:1].upper() + text[1:]


__all__ = ["page_environment"]
