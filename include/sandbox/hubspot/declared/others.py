"""Object types a sync has little to do with, and that connectors read all the same.

Each has its number, what records of it are called, and a few of its properties; `#` marks a
number and `@` a moment. What is not named here can be added like any property.
"""

from include.sandbox.hubspot.declared.kinds import computed, moment, number, owner, text
from include.sandbox.hubspot.object_types import ObjectType
from include.sandbox.hubspot.property import Property

_TOLD = (
    ("appointments", "0-421", "hs_appointment_name @hs_appointment_start @hs_appointment_end"),
    ("carts", "0-142", "hs_cart_name hs_cart_url hs_currency_code #hs_total_price"),
    ("commerce_payments", "0-101", "hs_customer_email #hs_initial_amount hs_latest_status"),
    ("conversations", "0-11", "hs_thread_status hs_channel_source"),
    ("courses", "0-410", "hs_course_name hs_course_id hs_level_of_experience"),
    ("deal_splits", "0-72", "#hs_deal_split_percentage #hs_deal_split_amount #hs_deal_id"),
    ("discounts", "0-84", "hs_label hs_type #hs_value"),
    ("feedback_submissions", "0-19", "hs_survey_name hs_survey_type #hs_value hs_content"),
    ("fees", "0-85", "hs_label hs_type #hs_value"),
    ("forms", "0-28", "hs_name hs_form_type"),
    ("goal_targets", "0-74", "hs_goal_name #hs_target_amount @hs_start_datetime @hs_end_datetime"),
    ("invoices", "0-53", "hs_number hs_title hs_currency hs_invoice_status #hs_amount_billed"),
    ("listings", "0-420", "hs_name hs_listing_type #hs_price hs_city"),
    ("marketing_events", "0-54", "hs_event_name hs_event_type @hs_start_datetime"),
    ("orders", "0-123", "hs_order_name hs_currency_code hs_fulfillment_status #hs_total_price"),
    ("projects", "0-970", "hs_name hs_status @hs_target_due_date"),
    ("services", "0-162", "hs_name hs_description @hs_start_date #hs_amount_paid"),
    ("subscriptions", "0-69", "hs_name hs_status hs_recurring_billing_frequency"),
    ("taxes", "0-86", "hs_label hs_type #hs_value"),
    ("users", "0-115", "hs_email hs_given_name hs_family_name hs_job_title"),
)
_KINDS = {"#": number, "@": moment}


def _property(told: str, group: str) -> Property:
    make, name = _KINDS.get(told[0], text), told.lstrip("#@")
    return make(name, name.removeprefix("hs_").replace("_", " ").capitalize(), group)


def _properties(name: str, told: str) -> tuple[Property, ...]:
    group = f"{name}_information"
    return (
        *(_property(one, group) for one in told.split()),
        owner(group),
        computed(moment("createdate", "Create date", group)),
        computed(moment("hs_createdate", "Object create date/time", group)),
        computed(moment("hs_lastmodifieddate", "Object last modified date/time", group)),
    )


def _singular(name: str) -> str:
    return name.removesuffix("es") if name == "taxes" else name.removesuffix("s")


TYPES = tuple(
    ObjectType(name, _singular(name), id_, searched=(told.split()[0].lstrip("#@"),))
    for name, id_, told in _TOLD
)
PROPERTIES = {name: _properties(name, told) for name, _, told in _TOLD}
