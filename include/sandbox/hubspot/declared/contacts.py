"""Properties of contacts."""

from include.sandbox.hubspot.declared.kinds import (
    choice,
    computed,
    day,
    long_text,
    moment,
    number,
    owner,
    phone,
    switch,
    text,
)
from include.sandbox.hubspot.property import Property

_INFO = "contactinformation"
_MAIL = "emailinformation"
_ANALYTICS = "analyticsinformation"
_CONVERSION = "conversioninformation"
_SALES = "sales_properties"

LIFECYCLE = (
    "subscriber=Subscriber; lead=Lead; marketingqualifiedlead=Marketing Qualified Lead; "
    "salesqualifiedlead=Sales Qualified Lead; opportunity=Opportunity; customer=Customer; "
    "evangelist=Evangelist; other=Other"
)
"""In the order a contact goes through them."""

_LEAD_STATUS = (
    "NEW=New; OPEN=Open; IN_PROGRESS=In Progress; OPEN_DEAL=Open Deal; UNQUALIFIED=Unqualified; "
    "ATTEMPTED_TO_CONTACT=Attempted to Contact; CONNECTED=Connected; BAD_TIMING=Bad Timing"
)
_EMPLOYEES = "1-5; 5-25; 25-50; 50-100; 100-500; 500-1000; 1000+"
_SOURCE = (
    "ORGANIC_SEARCH=Organic Search; PAID_SEARCH=Paid Search; EMAIL_MARKETING=Email Marketing; "
    "SOCIAL_MEDIA=Organic Social; REFERRALS=Referrals; OTHER_CAMPAIGNS=Other Campaigns; "
    "DIRECT_TRAFFIC=Direct Traffic; OFFLINE=Offline Sources; PAID_SOCIAL=Paid Social"
)

PROPERTIES: tuple[Property, ...] = (
    text("email", "Email", _INFO),
    text("hs_additional_emails", "Additional email addresses", _INFO),
    text("firstname", "First Name", _INFO),
    text("lastname", "Last Name", _INFO),
    text("salutation", "Salutation", _INFO),
    text("jobtitle", "Job Title", _INFO),
    text("company", "Company Name", _INFO),
    text("website", "Website URL", _INFO),
    phone("phone", "Phone Number", _INFO),
    phone("mobilephone", "Mobile Phone Number", _INFO),
    phone("fax", "Fax Number", _INFO),
    text("address", "Street Address", _INFO),
    text("city", "City", _INFO),
    text("state", "State/Region", _INFO),
    text("zip", "Postal Code", _INFO),
    text("country", "Country/Region", _INFO),
    text("industry", "Industry", _INFO),
    text("annualrevenue", "Annual Revenue", _INFO),
    choice("numemployees", "Number of Employees", _INFO, _EMPLOYEES),
    choice("lifecyclestage", "Lifecycle Stage", _INFO, LIFECYCLE, "radio"),
    choice("hs_lead_status", "Lead Status", _SALES, _LEAD_STATUS, "radio"),
    text("leadsource", "Lead Source", "salesforceinformation"),
    text("date_of_birth", "Date of birth", _INFO),
    text("gender", "Gender", _INFO),
    text("degree", "Degree", _INFO),
    text("field_of_study", "Field of study", _INFO),
    text("graduation_date", "Graduation date", _INFO),
    text("marital_status", "Marital Status", _INFO),
    text("military_status", "Military status", _INFO),
    text("relationship_status", "Relationship Status", _INFO),
    text("school", "School", _INFO),
    text("seniority", "Seniority", _INFO),
    day("start_date", "Start date", _INFO),
    text("work_email", "Work email", _INFO),
    long_text("message", "Message", _INFO),
    text("job_function", "Job function", _INFO),
    text("hs_language", "Preferred language", _INFO),
    text("hs_persona", "Persona", _INFO),
    text("hs_timezone", "Time Zone", _INFO),
    text("twitterhandle", "Twitter Username", "socialmediainformation"),
    text("hs_linkedin_url", "LinkedIn URL", "socialmediainformation"),
    owner(_SALES),
    number("hubspotscore", "HubSpot Score", _INFO),
    moment("closedate", "Close Date", _INFO),
    computed(moment("createdate", "Create Date", _INFO)),
    computed(moment("lastmodifieddate", "Last Modified Date", _INFO)),
    computed(text("hs_email_domain", "Email Domain", _INFO)),
    computed(text("hs_full_name_or_email", "Full name or email", _INFO)),
    computed(text("hs_all_contact_vids", "All vids for a contact", _INFO)),
    computed(text("hs_calculated_merged_vids", "Merged vids with timestamps", _INFO)),
    computed(switch("hs_is_contact", "Is a contact", _INFO)),
    computed(switch("hs_is_unworked", "Contact unworked", _SALES)),
    computed(choice("hs_pipeline", "Pipeline", _INFO, "contacts-lifecycle-pipeline", "select")),
    computed(number("associatedcompanyid", "Primary Associated Company ID", _INFO)),
    computed(number("num_associated_deals", "Number of Associated Deals", _SALES)),
    computed(switch("hs_email_optout", "Unsubscribed from all email", _MAIL)),
    computed(switch("hs_email_is_ineligible", "Is globally ineligible", _MAIL)),
    computed(text("hs_email_hard_bounce_reason_enum", "Email hard bounce reason", _MAIL)),
    computed(number("hs_email_delivered", "Marketing emails delivered", _MAIL)),
    computed(number("hs_email_open", "Marketing emails opened", _MAIL)),
    computed(number("hs_email_click", "Marketing emails clicked", _MAIL)),
    computed(number("hs_email_bounce", "Marketing emails bounced", _MAIL)),
    computed(moment("hs_email_last_send_date", "Last marketing email send date", _MAIL)),
    computed(moment("hs_email_last_open_date", "Last marketing email open date", _MAIL)),
    computed(moment("hs_email_last_click_date", "Last marketing email click date", _MAIL)),
    computed(text("hs_email_last_email_name", "Last marketing email name", _MAIL)),
    computed(number("hs_analytics_num_page_views", "Number of Pageviews", _ANALYTICS)),
    computed(number("hs_analytics_num_visits", "Number of Sessions", _ANALYTICS)),
    choice("hs_analytics_source", "Original Traffic Source", _ANALYTICS, _SOURCE),
    choice("hs_latest_source", "Latest Traffic Source", _ANALYTICS, _SOURCE),
    computed(moment("first_conversion_date", "First Conversion Date", _CONVERSION)),
    computed(text("first_conversion_event_name", "First Conversion", _CONVERSION)),
    computed(moment("recent_conversion_date", "Recent Conversion Date", _CONVERSION)),
    computed(text("recent_conversion_event_name", "Recent Conversion", _CONVERSION)),
    computed(number("num_conversion_events", "Number of Form Submissions", _CONVERSION)),
    computed(moment("notes_last_contacted", "Last Contacted", _SALES)),
    computed(moment("notes_last_updated", "Last Activity Date", _SALES)),
    computed(number("num_notes", "Number of Sales Activities", _SALES)),
    computed(switch("hs_is_unworked_by_owner", "Unworked by owner", _SALES)),
)
