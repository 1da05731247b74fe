"""Data audit register: who holds what data, for what, under which protocol; for auditors and for everybody."""

from linkage.outcomes.data_register.page import data_register_pages, register_document, register_page
from linkage.outcomes.data_register.register import data_register, data_register_figures

__all__ = [
    "data_register",
    "data_register_figures",
    "data_register_pages",
    "register_document",
    "register_page",
]
