"""Properties of what is sold and of who may buy: products, line items, quotes, leads."""

from include.sandbox.hubspot.declared.kinds import (
    choice,
    computed,
    long_text,
    moment,
    number,
    owner,
    text,
)
from include.sandbox.hubspot.property import Property


def _stamps(group: str) -> tuple[Property, ...]:
    return (
        owner(group),
        computed(moment("createdate", "Create date", group)),
        computed(moment("hs_createdate", "Object create date/time", group)),
        computed(moment("hs_lastmodifieddate", "Last modified date", group)),
    )


def _sold(group: str) -> tuple[Property, ...]:
    return (
        text("name", "Name", group),
        long_text("description", "Description", group),
        number("price", "Unit price", group),
        text("hs_sku", "SKU", group),
        number("hs_cost_of_goods_sold", "Unit cost", group),
        text("hs_recurring_billing_period", "Term", group),
    )


PROPERTIES: dict[str, tuple[Property, ...]] = {
    "products": (*_sold("productinformation"), *_stamps("productinformation")),
    "line_items": (
        *_sold("lineiteminformation"),
        number("quantity", "Quantity", "lineiteminformation"),
        number("amount", "Net price", "lineiteminformation"),
        number("discount", "Unit discount", "lineiteminformation"),
        text("hs_product_id", "Product ID", "lineiteminformation"),
        *_stamps("lineiteminformation"),
    ),
    "quotes": (
        text("hs_title", "Quote Name", "quotes_information"),
        moment("hs_expiration_date", "Expiration date", "quotes_information"),
        choice(
            "hs_status",
            "Quote status",
            "quotes_information",
            "DRAFT=Draft; APPROVAL_NOT_NEEDED=Published; PENDING_APPROVAL=Pending approval; "
            "APPROVED=Approved; REJECTED=Rejected",
        ),
        number("hs_quote_amount", "Quote amount", "quotes_information"),
        *_stamps("quotes_information"),
    ),
    "leads": (
        text("hs_lead_name", "Lead name", "lead_information"),
        choice(
            "hs_lead_type",
            "Lead type",
            "lead_information",
            "NEW_BUSINESS=New business; UPSELL=Upsell; RE_ATTEMPTING=Re-attempting",
        ),
        choice("hs_lead_label", "Lead label", "lead_information", "HOT=Hot; WARM=Warm; COLD=Cold"),
        *_stamps("lead_information"),
    ),
}
