"""Open data: counts of areas, of which none can be taken apart to find a person."""

from linkage.outcomes.open_data.release import open_data, open_data_figures
from linkage.outcomes.open_data.writing import open_data_files

__all__ = ["open_data", "open_data_figures", "open_data_files"]
