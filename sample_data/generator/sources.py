"""Every source the generator writes, with the form of its file."""

from collections.abc import Callable
from typing import Protocol

from sample_data.generator.facts import Facts
from sample_data.generator.services.adult_social_care import AdultSocialCare
from sample_data.generator.services.childrens_social_care import ChildrensSocialCare
from sample_data.generator.services.council_tax import CouncilTax
from sample_data.generator.services.electoral_register import ElectoralRegister
from sample_data.generator.services.gazetteer import Gazetteer
from sample_data.generator.services.housing_benefit import HousingBenefit
from sample_data.generator.services.housing_tenancies import HousingTenancies
from sample_data.generator.services.libraries import Libraries
from sample_data.generator.services.national_benefits import NationalBenefits
from sample_data.generator.services.parking_permits import ParkingPermits
from sample_data.generator.services.school_admissions import SchoolAdmissions
from sample_data.generator.services.travel_passes import TravelPasses
from sample_data.generator.sheet import Sheet
from sample_data.generator.writing import Form


class Service(Protocol):
    """Anything that can write down what it knows on a day."""

    def extract(self, day: int) -> Sheet:
        """The extract of a day."""


SOURCES: dict[str, tuple[Form, Callable[[Facts], Service]]] = {
    "gazetteer": (Form("gazetteer.csv"), Gazetteer),
    "council_tax": (Form("council_tax.csv", "cp1252"), CouncilTax),
    "electoral_register": (Form("electoral_register.csv", "utf-8-sig"), ElectoralRegister),
    "housing_tenancies": (Form("housing_tenancies.csv", "cp1252", "|"), HousingTenancies),
    "housing_benefit": (Form("housing_benefit.csv", "cp1252"), HousingBenefit),
    "school_admissions": (Form("school_admissions.xlsx", sheet_name="Applications"), SchoolAdmissions),
    "childrens_social_care": (Form("childrens_social_care.csv"), ChildrensSocialCare),
    "adult_social_care": (Form("adult_social_care.csv"), AdultSocialCare),
    "libraries": (Form("libraries.csv"), Libraries),
    "parking_permits": (Form("parking_permits.csv"), ParkingPermits),
    "travel_passes": (Form("travel_passes.csv", "cp1252"), TravelPasses),
    "national_benefits": (Form("national_benefits.csv"), NationalBenefits),
}
