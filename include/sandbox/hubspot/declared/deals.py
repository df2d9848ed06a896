"""Properties of deals."""

from include.sandbox.hubspot.declared.kinds import (
    choice,
    computed,
    long_text,
    moment,
    number,
    owner,
    switch,
    text,
)
from include.sandbox.hubspot.property import Property

_INFO = "dealinformation"
_REVENUE = "deal_revenue"

PROPERTIES: tuple[Property, ...] = (
    text("dealname", "Deal Name", _INFO),
    Property("pipeline", "Pipeline", "enumeration", "select", _INFO, external=True),
    Property("dealstage", "Deal Stage", "enumeration", "radio", _INFO, external=True),
    choice(
        "dealtype",
        "Deal Type",
        _INFO,
        "newbusiness=New Business; existingbusiness=Existing Business",
        "radio",
    ),
    number("amount", "Amount", _INFO),
    moment("closedate", "Close Date", _INFO),
    long_text("description", "Deal Description", _INFO),
    text("hs_next_step", "Next step", _INFO),
    choice("hs_priority", "Priority", _INFO, "low=Low; medium=Medium; high=High"),
    text("deal_currency_code", "Currency", _INFO),
    long_text("closed_lost_reason", "Closed Lost Reason", _INFO),
    long_text("closed_won_reason", "Closed Won Reason", _INFO),
    text("hs_campaign", "HubSpot Campaign", _INFO),
    number("hs_forecast_probability", "Forecast probability", _INFO),
    number("hs_forecast_amount", "Forecast amount", _INFO),
    number("hs_tcv", "Total contract value", _REVENUE),
    number("hs_acv", "Annual contract value", _REVENUE),
    number("hs_arr", "Annual recurring revenue", _REVENUE),
    number("hs_mrr", "Monthly recurring revenue", _REVENUE),
    owner(_INFO),
    moment("createdate", "Create Date", _INFO),
    computed(moment("hs_createdate", "Object create date/time", _INFO)),
    computed(moment("hs_lastmodifieddate", "Last Modified Date", _INFO)),
    computed(switch("hs_is_closed", "Is Deal Closed?", _INFO)),
    computed(switch("hs_is_closed_won", "Is Closed Won", _INFO)),
    computed(number("hs_deal_stage_probability", "Deal probability", _INFO)),
    computed(number("amount_in_home_currency", "Amount in company currency", _INFO)),
    computed(number("days_to_close", "Days to close", _INFO)),
    computed(number("num_associated_contacts", "Number of Associated Contacts", _INFO)),
    computed(moment("notes_last_contacted", "Last Contacted", _INFO)),
    computed(moment("notes_last_updated", "Last Activity Date", _INFO)),
)
