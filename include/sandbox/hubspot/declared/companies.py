"""Properties of companies."""

from include.sandbox.hubspot.declared.contacts import LIFECYCLE
from include.sandbox.hubspot.declared.kinds import (
    choice,
    computed,
    long_text,
    moment,
    number,
    owner,
    phone,
    switch,
    text,
)
from include.sandbox.hubspot.property import Property

_INFO = "companyinformation"

_INDUSTRIES = """
ACCOUNTING AIRLINES_AVIATION ALTERNATIVE_DISPUTE_RESOLUTION ALTERNATIVE_MEDICINE ANIMATION
APPAREL_FASHION ARCHITECTURE_PLANNING ARTS_AND_CRAFTS AUTOMOTIVE AVIATION_AEROSPACE BANKING
BIOTECHNOLOGY BROADCAST_MEDIA BUILDING_MATERIALS BUSINESS_SUPPLIES_AND_EQUIPMENT
CAPITAL_MARKETS CHEMICALS CIVIC_SOCIAL_ORGANIZATION CIVIL_ENGINEERING COMMERCIAL_REAL_ESTATE
COMPUTER_NETWORK_SECURITY COMPUTER_GAMES COMPUTER_HARDWARE COMPUTER_NETWORKING
COMPUTER_SOFTWARE INTERNET CONSTRUCTION CONSUMER_ELECTRONICS CONSUMER_GOODS CONSUMER_SERVICES
COSMETICS DAIRY DEFENSE_SPACE DESIGN EDUCATION_MANAGEMENT E_LEARNING
ELECTRICAL_ELECTRONIC_MANUFACTURING ENTERTAINMENT ENVIRONMENTAL_SERVICES EVENTS_SERVICES
EXECUTIVE_OFFICE FACILITIES_SERVICES FARMING FINANCIAL_SERVICES FINE_ART FISHERY
FOOD_BEVERAGES FOOD_PRODUCTION FUND_RAISING FURNITURE GAMBLING_CASINOS
GLASS_CERAMICS_CONCRETE GOVERNMENT_ADMINISTRATION GOVERNMENT_RELATIONS GRAPHIC_DESIGN
HEALTH_WELLNESS_AND_FITNESS HIGHER_EDUCATION HOSPITAL_HEALTH_CARE HOSPITALITY HUMAN_RESOURCES
IMPORT_AND_EXPORT INDIVIDUAL_FAMILY_SERVICES INDUSTRIAL_AUTOMATION INFORMATION_SERVICES
INFORMATION_TECHNOLOGY_AND_SERVICES INSURANCE INTERNATIONAL_AFFAIRS
INTERNATIONAL_TRADE_AND_DEVELOPMENT INVESTMENT_BANKING INVESTMENT_MANAGEMENT JUDICIARY
LAW_ENFORCEMENT LAW_PRACTICE LEGAL_SERVICES LEGISLATIVE_OFFICE LEISURE_TRAVEL_TOURISM
LIBRARIES LOGISTICS_AND_SUPPLY_CHAIN LUXURY_GOODS_JEWELRY MACHINERY MANAGEMENT_CONSULTING
MARITIME MARKET_RESEARCH MARKETING_AND_ADVERTISING MECHANICAL_OR_INDUSTRIAL_ENGINEERING
MEDIA_PRODUCTION MEDICAL_DEVICES MEDICAL_PRACTICE MENTAL_HEALTH_CARE MILITARY MINING_METALS
MOTION_PICTURES_AND_FILM MUSEUMS_AND_INSTITUTIONS MUSIC NANOTECHNOLOGY NEWSPAPERS
NON_PROFIT_ORGANIZATION_MANAGEMENT OIL_ENERGY ONLINE_MEDIA OUTSOURCING_OFFSHORING
PACKAGE_FREIGHT_DELIVERY PACKAGING_AND_CONTAINERS PAPER_FOREST_PRODUCTS PERFORMING_ARTS
PHARMACEUTICALS PHILANTHROPY PHOTOGRAPHY PLASTICS POLITICAL_ORGANIZATION
PRIMARY_SECONDARY_EDUCATION PRINTING PROFESSIONAL_TRAINING_COACHING PROGRAM_DEVELOPMENT
PUBLIC_POLICY PUBLIC_RELATIONS_AND_COMMUNICATIONS PUBLIC_SAFETY PUBLISHING
RAILROAD_MANUFACTURE RANCHING REAL_ESTATE RECREATIONAL_FACILITIES_AND_SERVICES
RELIGIOUS_INSTITUTIONS RENEWABLES_ENVIRONMENT RESEARCH RESTAURANTS RETAIL
SECURITY_AND_INVESTIGATIONS SEMICONDUCTORS SHIPBUILDING SPORTING_GOODS SPORTS
STAFFING_AND_RECRUITING SUPERMARKETS TELECOMMUNICATIONS TEXTILES THINK_TANKS TOBACCO
TRANSLATION_AND_LOCALIZATION TRANSPORTATION_TRUCKING_RAILROAD UTILITIES
VENTURE_CAPITAL_PRIVATE_EQUITY VETERINARY WAREHOUSING WHOLESALE WINE_AND_SPIRITS WIRELESS
WRITING_AND_EDITING MOBILE_GAMES
"""

_TYPES = "PROSPECT=Prospect; PARTNER=Partner; RESELLER=Reseller; VENDOR=Vendor; OTHER=Other"
_INDUSTRY_OPTIONS = "; ".join(
    f"{value}={value.replace('_', ' ').title()}" for value in _INDUSTRIES.split()
)
_LEAD_STATUS = (
    "NEW=New; OPEN=Open; IN_PROGRESS=In Progress; OPEN_DEAL=Open Deal; CONNECTED=Connected"
)

PROPERTIES: tuple[Property, ...] = (
    text("name", "Company name", _INFO),
    text("domain", "Company Domain Name", _INFO),
    text("website", "Website URL", _INFO),
    text("hs_additional_domains", "Additional Domains", _INFO),
    phone("phone", "Phone Number", _INFO),
    choice("industry", "Industry", _INFO, _INDUSTRY_OPTIONS),
    choice("type", "Type", _INFO, _TYPES),
    number("numberofemployees", "Number of Employees", _INFO),
    number("annualrevenue", "Annual Revenue", _INFO),
    text("address", "Street Address", _INFO),
    text("address2", "Street Address 2", _INFO),
    text("city", "City", _INFO),
    text("state", "State/Region", _INFO),
    text("zip", "Postal Code", _INFO),
    text("country", "Country/Region", _INFO),
    text("timezone", "Time Zone", _INFO),
    text("founded_year", "Year Founded", _INFO),
    text("total_money_raised", "Total Money Raised", _INFO),
    text("hs_country_code", "Country code", _INFO),
    switch("is_public", "Is Public", _INFO),
    long_text("description", "Description", _INFO),
    long_text("about_us", "About Us", _INFO),
    long_text("web_technologies", "Web Technologies", _INFO),
    choice("lifecyclestage", "Lifecycle Stage", _INFO, LIFECYCLE, "radio"),
    choice("hs_lead_status", "Lead Status", _INFO, _LEAD_STATUS, "radio"),
    owner(_INFO),
    text("linkedin_company_page", "LinkedIn Company Page", "socialmediainformation"),
    text("linkedinbio", "LinkedIn Bio", "socialmediainformation"),
    text("twitterhandle", "Twitter Handle", "socialmediainformation"),
    text("facebook_company_page", "Facebook Company Page", "socialmediainformation"),
    moment("closedate", "Close Date", _INFO),
    computed(moment("createdate", "Create Date", _INFO)),
    computed(moment("hs_lastmodifieddate", "Last Modified Date", _INFO)),
    computed(text("hs_pipeline", "Pipeline", _INFO)),
    computed(number("hs_parent_company_id", "Parent Company", _INFO)),
    computed(number("hs_num_child_companies", "Number of child companies", _INFO)),
    computed(number("num_associated_contacts", "Number of Associated Contacts", _INFO)),
    computed(number("num_associated_deals", "Number of Associated Deals", _INFO)),
    computed(moment("notes_last_contacted", "Last Contacted", _INFO)),
    computed(moment("notes_last_updated", "Last Activity Date", _INFO)),
)
