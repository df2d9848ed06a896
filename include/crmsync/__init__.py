"""Two-way sync of HubSpot and Salesforce."""
